/** What nobody should send: values and texts that have broken servers before. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/base/json.ts';

const nested = (depth: number, inner: Json = 1): Json =>
  Array.from({ length: depth }).reduce<Json>(
    (value, _, n) => (n % 2 ? [value] : { provision: value }),
    inner,
  );

/** An own member of that name, as `JSON.parse` would make it. */
const reaching = (name: string): JsonObject => Object.fromEntries([[name, { isAdmin: true }]]);

const numbers = [0, -0, -1, 1e308, 5e-324, 2 ** 31, 2 ** 53 + 1, 0.1 + 0.2, 1e21];

const texts = [
  ...['', ' ', '\t', '\n', '\0', '\u0007', '\u001f', '\u007f', '\u0085', '\ufeff', '\u202e', '\ud800'],
  ...['\udc00\ud800'],
  ...['é', 'e\u0301', '𝔘', 'null', 'NaN', '__proto__', 'constructor', 'hasOwnProperty', '../../etc/passwd'],
  ...["'; drop table resource; --", '<script>alert(1)</script>', '$' + '{7*7}', '%00', '%s%n', '{{7*7}}'],
  ...['\\', '"', '{"a":"b\\\\c"}', '\\x00', '2026-02-30', '2026-13', '0000'],
  ...['9999-12-31T23:59:59.999+14:00', '2026-06-15T12:00:60Z', '2026-06-15T24:00:00Z', 'Patient/'],
  ...['Patient/ann/_history/', 'Patient/../x', '#', '#a', 'urn:uuid:x', 'http://', 'https://[::1'],
  ...['javascript:alert(1)'],
];

const long = [300, 2700, 9000, 70_000].flatMap((length) => [
  'x'.repeat(length),
  '€'.repeat(length),
  'a b,'.repeat(length / 4),
]);

export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...texts) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.constantFrom(...long) },
);

export const anyValue: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<Json>(null, true, false, [], {}, [null], [[]], [{}], { '': '' }, ...numbers),
  },
  { weight: 3, arbitrary: anyText },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Json>(
      nested(10),
      nested(63),
      nested(70),
      nested(3000),
      reaching('__proto__'),
      reaching('constructor'),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Json>(
      { reference: 'Patient/ann' },
      { coding: [{ code: 'x' }] },
      { start: '2026', end: '2025' },
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 2, max: 12_000 })
      .map((length) => Array.from({ length }, () => ({ code: 'a' }))),
  },
  { weight: 2, arbitrary: fc.jsonValue() as fc.Arbitrary<Json> },
);
