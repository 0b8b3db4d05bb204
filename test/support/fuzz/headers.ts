/** Headers that are strange, and media types that mostly fit. */
import fc from 'fast-check';
import { one } from './request.ts';
import { anyText } from './values.ts';

const fhirJson = 'application/fhir+json';
export const jsonPatch = 'application/json-patch+json';
export const mediaType = fc.oneof(
  { weight: 30, arbitrary: fc.constant(fhirJson) },
  {
    weight: 3,
    arbitrary: one('4.0', '4.3', '5.0', '3.0', '', '"5.0"', '5.0.0').map(
      (version) => `${fhirJson}; fhirVersion=${version}`,
    ),
  },
  {
    weight: 2,
    arbitrary: one(
      'application/json',
      'text/plain',
      jsonPatch,
      'application/fhir+xml',
      `${fhirJson};charset=utf-16`,
      ';',
      'a/b/c',
      '*/*;q=x',
      '',
    ),
  },
);

const headerValues: Readonly<Record<string, readonly string[]>> = {
  'if-match': [
    ...['W/"1"', '"1"', '*', 'W/"0"', 'W/"-1"', 'W/"99999999999999999999"', 'W/"1", W/"2"', '1', '""', ','],
  ],
  'if-none-match': ['W/"1"', '*', 'W/"1", W/"2"', 'x', ''],
  'if-modified-since': ['Thu, 01 Oct 2026 10:00:00 GMT', 'yesterday', '0', 'Thu, 99 Foo 9999 99:99:99 GMT'],
  'if-none-exist': [
    ...['identifier=urn:ids|x', 'Consent?patient=ann', '?', '', '&&=&', '_count=1', 'foo=1'],
    ...['status:not=active', 'patient=%FF', '_id={hidden}', '%00=1'],
  ],
  prefer: [
    ...['return=minimal', 'return=OperationOutcome', 'return=representation, handling=strict'],
    ...['handling=strict', 'respond-async', 'return=', ';;', '"'],
  ],
  accept: [
    ...[fhirJson, `${fhirJson}; fhirVersion=5.0`, 'application/fhir+xml', 'text/html, */*;q=0.1'],
    ...['*/*;q=0', 'x', ',,;', ';q=', 'a'.repeat(5000)],
  ],
  'x-request-id': ['a', 'a b', 'é', 'x'.repeat(500)],
  'content-encoding': ['gzip', 'identity', 'x'],
  'x-forwarded-for': ['1.2.3.4', 'é'],
  'content-language': ['é'],
};
/** Mostly none; else some of these, with these values or with any. */
export function headersOf(
  values: Readonly<Record<string, readonly string[]>>,
): fc.Arbitrary<Readonly<Record<string, string>>> {
  const strange = fc
    .array(
      one(...Object.entries(values)).chain(([name, known]) =>
        fc
          .oneof({ weight: 5, arbitrary: one(...known) }, { weight: 1, arbitrary: anyText })
          .map((value) => [name, value] as const),
      ),
      { maxLength: 3 },
    )
    .map((pairs) => Object.fromEntries(pairs));
  return fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: strange });
}

export const someHeaders = headersOf(headerValues);
