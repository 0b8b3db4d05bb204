/** A text that is no longer what it was meant to be: cut, repeated, mixed with what does not belong there. */
import fc from 'fast-check';

/** A text cut, repeated or mixed with what does not belong there. */
export type Damage = {
  readonly at: number;
  readonly length: number;
  readonly insert: string;
  readonly times: number;
};

const pieces = [
  ...['{', '}', '[', ']', '"', ',', ':', '\\', '\\u0000', '\\ud800', '\ufeff', '\0', '1e999', '-', '01'],
  ...['NaN', 'tru', '/*', '"__proto__":{"a":1},', '"status":"draft",', '"resourceType":"Patient",'],
  ...['1'.repeat(5000), '['.repeat(5000), '{"a":'.repeat(5000), '\r\n', ' '.repeat(5000)],
];

export const damages: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.record({
    at: fc.nat(99_999),
    length: fc.oneof(fc.constant(0), fc.nat(60)),
    insert: fc.oneof(
      fc.constant(''),
      fc.constantFrom(...pieces),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    times: fc.constantFrom(1, 1, 1, 2, 50),
  }),
  { minLength: 1, maxLength: 3 },
);

export const damaged = (text: string, all: readonly Damage[]): string =>
  all.reduce((damagedText, { at, length, insert, times }) => {
    const from = at % (damagedText.length + 1);
    return damagedText.slice(0, from) + insert.repeat(times) + damagedText.slice(from + length);
  }, text);
