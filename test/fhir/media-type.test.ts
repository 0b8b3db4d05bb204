/** Accept and Content-Type (RFC 9110 §8.3, §12.5.1). */
import { expect, it } from 'vitest';
import { parseAccept, parseMediaType } from '../../src/fhir/media-type.ts';

it('reads type and parameters, quoted or not, in any case', () => {
  expect(parseMediaType('Application/FHIR+json; FhirVersion="5.0"; x="a;b\\"c"')).toEqual({
    type: 'application/fhir+json',
    parameters: { fhirversion: '5.0', x: 'a;b"c' },
    quality: 1,
  });
});

it('orders by quality, keeps the order among equals and drops what is refused', () => {
  const types = parseAccept('a/a;q=0.2, b/b, c/c;q=0, d/d;q=1, e/e;q=0.5').map(({ type }) => type);
  expect(types).toEqual(['b/b', 'd/d', 'e/e', 'a/a']);
});

it('survives whatever a stranger sends', () => {
  for (const header of ['', ',', ';', ';;q=,', '"', 'a/b;q=x', '"a,b', 'a/b;=', '='.repeat(10_000)]) {
    expect(() => parseAccept(header)).not.toThrow();
  }
  expect(parseAccept('a/b;q=x')).toMatchObject([{ type: 'a/b', quality: 1 }]);
});

it('splits where nothing is quoted alone', () => {
  expect(parseAccept('a/a;x="b,c/c",d/d;y="\\",e"').map(({ type }) => type)).toEqual(['a/a', 'd/d']);
  expect(parseAccept('a/a;x="b,c/c')).toHaveLength(1);
});

it('takes no more steps than a header has characters', () => {
  const hostile = `a/b;x=${'"'.repeat(500_001)}`;
  const started = performance.now();
  expect(parseMediaType(hostile).type).toBe('a/b');
  expect(performance.now() - started).toBeLessThan(1000);
});

it('accepts nothing for a header of more than 1 KB', () => {
  const range = 'application/json';
  expect(parseAccept(range.padStart(1024))).toHaveLength(1);
  expect(parseAccept(range.padStart(1025))).toEqual([]);
});
