import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseVerbatim } from '../../src/base/verbatim-json.ts';

test.each([
  '{"a":1.10}',
  '{"a":[1.0,2,3.500]}',
  '{"a":12345678901234567890}',
  '{"a":-12345678901234567890}',
  '{"a":1e3,"b":1E+3,"c":1.5e-7}',
  '{"a":-0,"b":-0.0,"c":0.10}',
  '{"a":0.1000000000000000055511151231257827}',
  '[1.10]',
  '1.10',
])('the digits of `%s` are kept', (text) => {
  expect(JSON.stringify(parseVerbatim(text))).toBe(text);
});

test('numbers that are written as they were read are numbers', () => {
  const text = '{"a":1.5,"b":-7,"c":[0,12.25],"d":1.50}';
  expect(parseVerbatim(text)).toMatchObject({ a: 1.5, b: -7, c: [0, 12.25] });
});

test('text that looks like such a number is text', () => {
  const value = { note: 'dose: 1.10', list: '[1.0, 2.0', 'key:1.0': ',1e5' };
  expect(parseVerbatim(JSON.stringify(value))).toEqual(value);
});

const digits = fc.stringMatching(/^-?(?:0|[1-9]\d{0,24})(?:\.\d{1,24})?(?:[eE][-+]?\d{1,2})?$/);

test('whatever the numbers, white space is all that is lost', () => {
  fc.assert(
    fc.property(fc.array(digits), fc.jsonValue(), (numbers, other) => {
      const rest = JSON.stringify(other);
      const value = parseVerbatim(`{ "n" : [ ${numbers.join(' , ')} ], "rest" :\n${rest} }`);
      expect(JSON.stringify(value)).toBe(`{"n":[${numbers.join(',')}],"rest":${rest}}`);
    }),
  );
});

test('what has no such number reads as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.stringify(parseVerbatim(text))).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});
