import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64Url, encodeBase64Url } from '../../src/base/base64url.ts';
import { parseForm } from '../../src/base/form.ts';
import { randomId, timeOrderedKey } from '../../src/base/ids.ts';
import { asInstant } from '../../src/base/instant.ts';
import { parseJson, parseJsonObject } from '../../src/base/json.ts';

const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

test('base64url reads back and uses no character that a URL must escape', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = encodeBase64Url(bytes);
      expect(text).toMatch(/^[\w-]*$/);
      expect(decodeBase64Url(text)).toEqual(bytes);
    }),
  );
});

test('what is not base64url is refused', () => {
  for (const text of ['a', 'ab=', 'a+b/', 'ä']) expect(decodeBase64Url(text)).toBeUndefined();
});

test('ids are UUIDs of their version, and keys sort by time', () => {
  expect(randomId(random)).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  const keys = [3, 1, 2].map((second) => timeOrderedKey(asInstant(second * 1000), random));
  expect(keys.toSorted()).toEqual([keys[1], keys[2], keys[0]]);
});

test('a parameter that comes twice is refused, one without a value is absent (RFC 6749 §3.2)', () => {
  expect(parseForm('a=1&b=2&a=3')).toEqual({ ok: false, failure: { repeated: 'a' } });
  expect(parseForm('a=1&b=')).toMatchObject({ ok: true, value: { a: '1' } });
  expect(parseForm('__proto__=1')).toMatchObject({ ok: true });
});

test('JSON that reaches for a prototype, or nests without end, is refused', () => {
  expect(parseJson('{"a":{"__proto__":{"admin":true}}}')).toEqual({
    ok: false,
    failure: 'forbidden member name',
  });
  expect(parseJson(`${'['.repeat(100)}${']'.repeat(100)}`)).toEqual({
    ok: false,
    failure: 'nested too deeply',
  });
  expect(parseJson('{"a":')).toEqual({ ok: false, failure: 'not JSON' });
  expect(parseJsonObject('[]')).toEqual({ ok: false, failure: 'not an object' });
});

test.each([
  ['{"decision":"deny","decision":"permit"}', 'repeated member name'],
  ['{"a":1,"\\u0061":2}', 'repeated member name'],
  ['[{"x":[{"b":{"a":":"},"a":1}]},{"a":{"b":1,"b":1}}]', 'repeated member name'],
  ['{"":1,"":1}', 'repeated member name'],
  ['{"a":1e400}', 'number out of range'],
  ['[-1e400]', 'number out of range'],
  ['{"a":"\\u0000"}', 'NUL in a string'],
  ['{"\\u0000":1}', 'NUL in a string'],
  ['["\\ud800"]', 'lone surrogate in a string'],
  ['{"\\udc00\\ud800":1}', 'lone surrogate in a string'],
] as const)('%s is refused: not I-JSON, or with NUL (RFC 7493 §2, AuthZEN T7)', (text, failure) => {
  expect(parseJson(text)).toEqual({ ok: false, failure });
});

test.each([
  '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
  '{"a:b":"c:d","\\\\":":","e\\"f:":"\\\\\\":"}',
  '{"a":"{\\"b\\":1,\\"b\\":2}"}',
  '"\\ud83d\\ude00 \ud83d\ude00"',
  '[1e308,-0,9007199254740993]',
])('%s is taken', (text) => {
  expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
});

test('whatever JSON was written reads back, whichever names it holds', () => {
  const names = fc.string({ unit: fc.constantFrom('a', ':', '"', '\\', '{', ' ') });
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, names, fc.integer(), tie('list'), tie('object')),
    list: fc.array(tie('value')),
    object: fc.dictionary(names, tie('value')),
  })).value;
  fc.assert(
    fc.property(json, fc.constantFrom(undefined, 2), (value, indent) => {
      expect(parseJson(JSON.stringify(value, undefined, indent))).toMatchObject({ ok: true });
    }),
  );
});
