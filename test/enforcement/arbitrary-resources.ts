/** Generated clinical data of one patient that leaves open, says twice and says under old names what resources may. */
import fc from 'fast-check';
import type { Json } from '../../src/base/json.ts';
import { type Coding, codeSystems } from '../../src/fhir/coding.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { usually, withoutAbsent } from '../support/arbitrary-consents.ts';

const coded = (system: string, ...codes: readonly string[]): readonly Coding[] =>
  codes.map((code) => ({ system, code }));

export const standardLabels: readonly Coding[] = [
  ...coded(codeSystems.confidentiality, 'U', 'L', 'N', 'R', 'V'),
  ...coded(codeSystems.actCode, 'MH', 'PSY', 'SUD', 'HIV', 'RESCOMPT', 'NOPAT'),
  ...coded(codeSystems.actReason, 'TREAT', 'HRESCH', 'BTG', 'HTEST'),
];

/** Old names, retired codes, purposes of exchange networks, and what nobody knows (L-2, L-3). */
const oddLabels: readonly Coding[] = [
  ...coded('http://hl7.org/fhir/v3/Confidentiality', 'R', 'N', 'PSY'),
  ...coded('urn:oid:2.16.840.1.113883.5.4', 'MH'),
  ...coded('urn:oid:2.16.840.1.113883.5.8', 'HRESCH'),
  ...coded('http://healthit.gov/nhin/purposeofuse', 'TREATMENT', 'RESEARCH', 'ABUSE'),
  ...coded(codeSystems.confidentiality, 'X'),
  ...coded(codeSystems.actReason, 'NOBODYKNOWS'),
  ...coded(codeSystems.actCode, '_ActInformationSensitivityPolicy', '42CFRPart2'),
  ...coded('http://terminology.hl7.org/CodeSystem/v3-ObservationValue', 'PATRPT'),
  ...coded('urn:example:labels', 'R'),
  { code: 'R' },
];

export const everyLabel = [...standardLabels, ...oddLabels];

export const clinicalCodes: readonly Coding[] = [
  ...coded('http://loinc.org', '1234-5', '55758-7'),
  ...coded('http://snomed.info/sct', '36923009'),
];
export const documentTypes: readonly Coding[] = [
  ...coded('http://loinc.org', '11488-4', '34109-9'),
  ...coded('urn:ietf:bcp:13', 'application/pdf'),
];
export const profiles = ['http://example.org/fhir/profile-a', 'http://example.org/fhir/profile-b'];
export const encounters = ['Encounter/e1', 'Encounter/e2'];
export const practitioners = ['Practitioner/z', 'Practitioner/t'];

const dates = fc.constantFrom(
  ...['2020', '2021-12-31', '2022-01', '2022-06-15', '2022-12-31T23:59:59Z', '2022-01-01T00:00:00.000Z'],
  ...['2023-01-01', '2023-01-01T00:00:00+14:00', '2021'],
);
const period = fc.oneof(
  fc.record({ start: dates }),
  fc.record({ end: dates }),
  fc.constant({ start: '2021-06-01', end: '2022-03-01' }),
  fc.constant({ start: '2022-06-01', end: '2022-07-01' }),
  fc.constant({}),
);
const concept = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...clinicalCodes).map((code) => ({ coding: [code] })) },
  { weight: 1, arbitrary: fc.constant({ text: 'in words alone' }) },
  { weight: 1, arbitrary: fc.constant({ coding: [{ code: '1234-5' }] }) },
);
const kind = fc.constantFrom(...documentTypes).map((code) => ({ coding: [code] }));
const encounter = fc
  .constantFrom(...encounters, 'Encounter/e1/_history/2')
  .map((reference) => ({ reference }));
const practitioner = fc.oneof(
  fc.constantFrom(...practitioners).map((reference) => ({ reference })),
  fc.constant({ identifier: { system: 'urn:npi', value: '17' } }),
);
const often = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 3 });
const one = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 1, maxLength: 2 });

const bodies: Readonly<Record<string, fc.Arbitrary<object>>> = {
  Observation: fc.record({
    code: concept,
    component: usually(one(concept.map((code) => ({ code })))),
    effectiveDateTime: usually(dates),
    effectiveTiming: usually(fc.constant({ event: ['2022-05-05'] })),
    issued: usually(fc.constant('2022-02-02T10:00:00Z')),
    encounter: often(encounter),
    performer: often(one(practitioner)),
  }),
  Condition: fc.record({
    code: often(concept),
    onsetDateTime: often(dates),
    onsetAge: usually(fc.constant({ value: 40 })),
    recordedDate: often(dates),
    encounter: often(encounter),
    recorder: usually(practitioner),
    asserter: usually(practitioner),
  }),
  Encounter: fc.record({
    period: often(period),
    partOf: usually(encounter),
    type: often(one(concept)),
    class: fc.constantFrom('IMP', 'AMB').map((code) => ({ code })),
  }),
  DocumentReference: fc.record({
    type: often(kind),
    date: often(fc.constantFrom('2022-02-02T10:00:00Z', '2021-02-02T10:00:00Z')),
    author: often(one(practitioner)),
    content: one(
      fc.record(
        {
          attachment: fc.constantFrom({ contentType: 'application/pdf' }, { contentType: 'text/plain' }, {}),
          format: fc.constantFrom(...documentTypes),
        },
        { requiredKeys: ['attachment'] },
      ),
    ),
    context: usually(fc.record({ encounter: one(encounter) })),
  }),
  Composition: fc.record({
    type: kind,
    date: dates,
    author: one(practitioner),
    encounter: usually(encounter),
  }),
  Organization: fc.record({ name: fc.constant('a clinic') }),
};

export const types = Object.keys(bodies);

const meta = (labels: readonly Coding[]) =>
  fc.record({
    security: fc.array(fc.constantFrom(...labels), { maxLength: 3 }),
    profile: fc.subarray(profiles),
    lastUpdated: fc.constantFrom('2022-03-03T10:00:00.000Z', '2023-03-03T10:00:00.000Z'),
    versionId: fc.constantFrom('1', '2'),
  });

/** Without an id; see `numbered`. */
export const resourceLabelled = (labels: readonly Coding[]): fc.Arbitrary<Resource> =>
  fc
    .constantFrom(...types)
    .chain((resourceType) =>
      fc
        .tuple(meta(labels), bodies[resourceType] as fc.Arbitrary<object>)
        .map(([own, body]) => ({ ...withoutAbsent(body), resourceType, meta: bare(own) }) as Resource),
    );

/** FHIR has no empty lists. */
const bare = (own: object): Json =>
  Object.fromEntries(Object.entries(own).filter(([, value]) => value.length > 0)) as Json;

/** So many of them, e1 and d1 among their ids, the same for the same seed. */
export const sampled = (labels: readonly Coding[], count: number, seed: number): readonly Resource[] =>
  fc
    .sample(resourceLabelled(labels), { numRuns: count, seed })
    .map(
      (resource, at) =>
        ({ ...resource, id: `${resource.resourceType.charAt(0).toLowerCase()}${at}` }) as Resource,
    );
