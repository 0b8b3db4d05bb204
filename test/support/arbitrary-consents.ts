/** Generated consents, requests and resources that speak of the same few people, codes and dates, so that they meet. */
import fc from 'fast-check';
import { parseInstant } from '../../src/base/instant.ts';
import type { AccessRequest } from '../../src/decision/request.ts';
import { codeSystems } from '../../src/fhir/coding.ts';
import type { Resource, StoredResource } from '../../src/fhir/resource.ts';

export const at = parseInstant('2026-06-15T12:00:00Z') as AccessRequest['at'];

const purposes = ['TREAT', 'ETREAT', 'BTG', 'HPAYMT', 'HRESCH', 'CLINTRCH'];
const labelCodes = ['L', 'N', 'R', 'V', 'PSY', 'MH', 'SUD', 'ETH'];
const people = ['Practitioner/t', 'Practitioner/b', 'Organization/h', 'Organization/c', 'Group/lost'];
const types = ['Observation', 'Condition', 'Encounter'];
const years = ['2021', '2022', '2023'];

export const label = fc.constantFrom(...labelCodes).map((code) => ({
  system: 'LNRV'.includes(code) ? codeSystems.confidentiality : codeSystems.actCode,
  code,
}));
/** And those that limit the use of data by themselves. */
const dataLabel = fc.oneof(
  { weight: 5, arbitrary: label },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { system: codeSystems.actReason, code: 'TREAT' },
      { system: codeSystems.actReason, code: 'BTG' },
      { system: codeSystems.actCode, code: 'RESCOMPT' },
      { system: codeSystems.actCode, code: 'NOPAT' },
    ),
  },
);
export const purpose = fc.constantFrom(...purposes).map((code) => ({ system: codeSystems.actReason, code }));
export const action = fc
  .constantFrom('access', 'disclose', 'collect', 'correct')
  .map((code) => ({ coding: [{ system: codeSystems.consentAction, code }] }));
const actor = fc
  .constantFrom(...people)
  .map((reference) => ({ role: { coding: [{ code: 'IRCP' }] }, reference: { reference } }));
export const type = fc
  .constantFrom(...types)
  .map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code }));
export const year = fc.constantFrom(...years).map((start) => ({ start, end: start }));
const concept = fc
  .constantFrom('85354-9', '72166-2')
  .map((code) => ({ coding: [{ system: codeSystems.loinc, code }] }));
/** What a provision asks of whoever receives the data (O-3). */
const limit = fc.constantFrom('DEID', 'NORDSCLCD').map((code) => [
  {
    url: 'http://hl7.org/fhir/StructureDefinition/consent-provision-limit',
    extension: [
      { url: 'control', valueCodeableConcept: { coding: [{ system: codeSystems.actCode, code }] } },
    ],
  },
]);
export const some = <T>(of: fc.Arbitrary<T>) =>
  fc.option(fc.array(of, { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 3 });
export const usually = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 5 });
export const rarely = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: of });

export const withoutAbsent = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));

const conditions = (typeElement: 'class' | 'resourceType') => ({
  purpose: some(purpose),
  action: some(action),
  actor: some(actor),
  securityLabel: some(label),
  [typeElement]: some(type),
  code: rarely(fc.array(concept, { minLength: 1, maxLength: 2 })),
  modifierExtension: rarely(limit),
  dataPeriod: rarely(year),
  data: rarely(fc.constant([{ meaning: 'authoredby', reference: { reference: 'Practitioner/z' } }])),
});

export const effect = fc.constantFrom('permit', 'deny');

function provisions(version: 'R4' | 'R5', depth: number): fc.Arbitrary<readonly object[] | undefined> {
  if (depth === 0) return fc.constant(undefined);
  const members = {
    ...conditions(version === 'R5' ? 'resourceType' : 'class'),
    ...(version === 'R4' ? { type: fc.option(effect, { nil: undefined }) } : {}),
    period: rarely(year),
    provision: provisions(version, depth - 1),
  };
  return fc.option(fc.array(fc.record(members).map(withoutAbsent), { minLength: 1, maxLength: 2 }), {
    nil: undefined,
  });
}

/** Forms and dates that meet often, so that one consent takes the place of another (C-3). */
const signature = fc.record({
  policy: rarely(fc.constantFrom('urn:policy:a', 'urn:policy:b')),
  date: fc.constantFrom('2025-01-01', '2026-01-01', '2026-01-01T10:00:00Z'),
});
const holder = { reference: 'Organization/h' };
const category = [{ coding: [{ system: codeSystems.loinc, code: '59284-0' }] }];

const r4: fc.Arbitrary<Resource> = fc
  .record({
    root: fc.record({
      type: fc.option(effect, { nil: undefined, freq: 9 }),
      ...conditions('class'),
      provision: provisions('R4', 3),
    }),
    signed: signature,
  })
  .map(({ root, signed: { policy, date } }) => ({
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: codeSystems.consentScope, code: 'patient-privacy' }] },
    category,
    patient: { reference: 'Patient/ann' },
    dateTime: date,
    ...(policy === undefined ? {} : { organization: [holder], policy: [{ uri: policy }] }),
    policyRule: { coding: [{ code: 'OPTOUT' }] },
    provision: withoutAbsent(root) as never,
  }));

const r5: fc.Arbitrary<Resource> = fc
  .record({ decision: effect, provision: provisions('R5', 3), signed: signature })
  .map(
    ({ signed: { policy, date }, ...members }) =>
      ({
        resourceType: 'Consent',
        status: 'active',
        subject: { reference: 'Patient/ann' },
        category,
        date: date.slice(0, 10),
        ...(policy === undefined ? {} : { controller: [holder], policyBasis: { url: policy } }),
        ...(withoutAbsent(members) as object),
      }) as Resource,
  );

export const stored = (resource: Resource, id: string, fhirVersion: '4.0' | '5.0'): StoredResource => ({
  type: resource.resourceType,
  id,
  version: 1,
  fhirVersion,
  patient: 'ann',
  status: 'active',
  resource,
  updatedAt: at,
  filedBy: 'test',
});

export const consent: fc.Arbitrary<StoredResource> = fc
  .oneof(
    r4.map((resource) => [resource, '4.0'] as const),
    r5.map((resource) => [resource, '5.0'] as const),
  )
  .chain(([resource, version]) => fc.uuid().map((id) => stored(resource, id, version)));

export const consents = fc.array(consent, { minLength: 1, maxLength: 3 });

export const request: fc.Arbitrary<AccessRequest> = fc.record({
  patient: fc.constant('Patient/ann'),
  requester: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant('practitioner' as const),
        reference: fc.constantFrom('Practitioner/t', 'Practitioner/b'),
        organization: fc.constantFrom('Organization/h', 'Organization/c'),
        roles: fc.constantFrom([], [{ code: 'doctor' }]),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'patient' as const, reference: 'Patient/ann' }) },
    {
      weight: 1,
      arbitrary: fc.constant({ type: 'related-person' as const, reference: 'RelatedPerson/mum' }),
    },
  ),
  action: fc.constantFrom('access', 'disclose', 'collect', 'correct'),
  purposes: fc.oneof(
    { weight: 4, arbitrary: fc.uniqueArray(fc.constantFrom(...purposes), { maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constantFrom(['PATRQT'], ['FAMRQT']) },
  ),
  breakGlass: fc.constantFrom({}, { reason: 'unconscious', acknowledged: true }),
  at: fc.constant(at),
});

export const resource: fc.Arbitrary<Resource> = fc
  .record({
    resourceType: fc.constantFrom(...types),
    id: fc.constantFrom('1', '2'),
    meta: rarely(fc.record({ security: fc.array(dataLabel, { maxLength: 2 }) })),
    status: fc.option(fc.constantFrom('final', 'preliminary'), { nil: undefined }),
    code: fc.option(concept, { nil: undefined }),
    date: fc.option(fc.constantFrom(...years), { nil: undefined }),
    author: fc.option(
      fc.constantFrom('Practitioner/z', 'Practitioner/t').map((reference) => [{ reference }]),
      { nil: undefined },
    ),
  })
  .map((members) => withoutAbsent(members) as Resource);
