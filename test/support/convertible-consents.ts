/** Generated consents with every element that FHIR versions say differently, and bodies that are no consents at all. */
import fc from 'fast-check';
import { codeSystems } from '../../src/fhir/coding.ts';
import type { Resource, StoredResource } from '../../src/fhir/resource.ts';
import type { FhirVersion } from '../../src/fhir/version.ts';
import {
  action,
  effect,
  label,
  purpose,
  some,
  stored,
  type,
  usually,
  withoutAbsent,
  year,
} from './arbitrary-consents.ts';

const one = <T>(...values: T[]) => fc.constantFrom(...values);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const to = (...references: string[]) => one(...references).map((reference) => ({ reference }));
const record = (members: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(members).map(withoutAbsent) as fc.Arbitrary<Record<string, unknown>>;
const full = (of: fc.Arbitrary<object>) => of.filter((value) => Object.keys(value).length > 0);

const policies = ['urn:policy:a', 'urn:policy:b', 'urn:policy:c'];

/** Codes that `class`, `resourceType` and `documentType` tell apart, or do not. */
const content: fc.Arbitrary<object> = fc.oneof(
  { weight: 3, arbitrary: type },
  fc.constantFrom<object>(
    { code: 'Observation' },
    { system: 'urn:ietf:rfc:3986', code: 'http://example.org/StructureDefinition/vitals' },
    { system: 'urn:ietf:rfc:3986', code: 'http://example.org/StructureDefinition/Patient' },
    {
      system: 'http://hl7.org/fhir/resource-types',
      code: 'http://hl7.org/fhir/StructureDefinition/Condition',
    },
    { code: 'http://hl7.org/fhir/StructureDefinition/Condition' },
    { system: codeSystems.loinc, code: '11488-4' },
    { system: codeSystems.loinc, code: 'Note' },
    { display: 'only in words' },
  ),
);

const limit = {
  url: 'http://hl7.org/fhir/StructureDefinition/consent-provision-limit',
  extension: [{ url: 'control', valueCodeableConcept: { coding: [{ code: 'NORDSCLCD' }] } }],
};

const role = one(
  { coding: [{ code: 'IRCP' }] },
  { coding: [{ code: 'CST' }] },
  { coding: [{ code: 'AUT' }] },
  { coding: [{ system: 'urn:roles', code: 'nurse' }] },
);
const someone = to('Practitioner/t', 'Practitioner/b', 'Organization/h', 'Organization/c', 'Group/lost');
const actorR4 = fc.record({ role, reference: someone });
const actorR5 = fc.oneof(actorR4, fc.record({ role }), fc.record({ reference: someone }));

const conditions = {
  purpose: some(purpose),
  action: some(action),
  securityLabel: some(label),
  code: usually(fc.constant([{ coding: [{ system: codeSystems.loinc, code: '1-8' }] }])),
  dataPeriod: usually(year),
  data: usually(fc.constant([{ meaning: 'authoredby', reference: { reference: 'Practitioner/z' } }])),
  modifierExtension: usually(fc.constant([limit])),
  extension: usually(fc.constant([{ url: 'urn:x', valueBoolean: true }])),
};
const conditionsR4 = { ...conditions, actor: some(actorR4), class: some(content) };
const expression = one(
  { language: 'text/fhirpath', expression: 'true' },
  { language: 'text/cql', reference: 'urn:x' },
);
const conditionsR5 = {
  ...conditions,
  actor: some(actorR5),
  resourceType: some(content),
  documentType: some(content),
  expression: usually(expression),
};

function provisions(
  members: Record<string, fc.Arbitrary<unknown>>,
  depth: number,
): fc.Arbitrary<readonly object[] | undefined> {
  if (depth === 0) return fc.constant(undefined);
  const provision = provisions(members, depth - 1);
  const each = full(record({ ...members, period: usually(year), provision }));
  return fc.option(fc.array(each, { minLength: 1, maxLength: 2 }), { nil: undefined });
}

const nestedR4 = provisions({ ...conditionsR4, type: maybe(effect) }, 2);
const sparse = Object.fromEntries(Object.keys(conditionsR4).map((name) => [name, fc.constant(undefined)]));

/** Half of all roots have no conditions, so that they are plain. */
const rootR4 = fc.oneof(
  record({ ...conditionsR4, type: maybe(effect), period: usually(year), provision: nestedR4 }),
  record({ ...sparse, type: maybe(effect), period: maybe(year), provision: nestedR4 }),
);

const concept = (system: string, code: string) => ({ coding: [{ system, code }] });
const policyRule: fc.Arbitrary<object> = fc.constantFrom<object>(
  { coding: [{ code: 'OPTOUT' }] },
  { coding: [{ system: codeSystems.actCode, code: 'OPTIN' }], text: 'opt-in' },
  { coding: [{ code: 'OPTIN' }, { code: 'OPTOUT' }] },
  concept(codeSystems.consentPolicy, 'hipaa-auth'),
);
const scope = one(
  concept(codeSystems.consentScope, 'patient-privacy'),
  concept(codeSystems.consentScope, 'adr'),
  concept('urn:x', 'local'),
);
const category = one(
  concept(codeSystems.loinc, '59284-0'),
  concept(codeSystems.consentCategory, 'acd'),
  concept(codeSystems.consentScope, 'treatment'),
);
const identifier = maybe(fc.constant([{ system: 'urn:ids', value: '1' }]));
const dateTime = one('2026', '2026-01', '2026-01-01', '2026-01-01T23:30:00-05:00', '2026-01-01T10:00:00.5Z');
const because = { extension: [{ url: 'urn:because', valueString: 'so' }] };

const membersR4 = {
  identifier,
  status: one('active', 'active', 'draft', 'proposed', 'rejected', 'inactive', 'entered-in-error'),
  _status: usually(fc.constant(because)),
  scope,
  category: fc.array(category, { minLength: 1, maxLength: 2 }),
  patient: fc.constant({ reference: 'Patient/ann' }),
  dateTime: maybe(dateTime),
  _dateTime: usually(fc.constant(because)),
  performer: some(to('Patient/ann', 'RelatedPerson/r')),
  organization: some(to('Organization/h', 'Organization/c')),
  policyRule: maybe(policyRule),
  policy: fc
    .array(one({ uri: policies[0] }, { uri: policies[1], authority: 'urn:by' }), {
      minLength: 1,
      maxLength: 2,
    })
    .map((list) => list),
  verification: usually(
    fc.constant([{ verified: true, verificationDate: '2026', verifiedWith: { reference: 'Patient/ann' } }]),
  ),
  provision: maybe(full(rootR4)),
};

const sourceR4 = one(
  {},
  { sourceReference: { reference: 'Consent/before' } },
  { sourceAttachment: { contentType: 'application/pdf', url: 'http://example.org/a', size: 3, title: 'a' } },
);

const bodyR4: fc.Arbitrary<Resource> = fc
  .tuple(record(membersR4), sourceR4)
  .map(([members, source]) => ({ resourceType: 'Consent', ...members, ...source }) as Resource);

const nothingButR5 = (path: string, reference: string) => ({
  url: `http://hl7.org/fhir/5.0/StructureDefinition/extension-Consent.${path}`,
  valueReference: { reference },
});

/** As FAST files them. */
const fastR4 = fc
  .tuple(
    bodyR4,
    fc.uniqueArray(
      one(
        nothingButR5('grantee', 'Organization/g'),
        nothingButR5('manager', 'Organization/c'),
        nothingButR5('manager', 'Organization/h'),
        nothingButR5('controller', 'Organization/c'),
      ),
      { minLength: 1 },
    ),
  )
  .map(([body, extension]): Resource => ({ ...body, extension }));

const keeper = to('Organization/h', 'Organization/c', 'Practitioner/t');
const membersR5 = {
  identifier,
  status: one('active', 'active', 'draft', 'inactive', 'not-done', 'unknown', 'entered-in-error'),
  category: some(fc.oneof(category, scope)),
  subject: one({ reference: 'Patient/ann' }, { reference: 'Patient/ann' }, { identifier: { value: '7' } }),
  date: maybe(one('2026', '2026-01-02')),
  period: maybe(year),
  grantor: some(to('Patient/ann', 'CareTeam/c')),
  grantee: usually(fc.array(to('Organization/g'), { minLength: 1, maxLength: 2 })),
  manager: some(keeper),
  controller: some(keeper),
  sourceReference: some(to('Consent/before', 'DocumentReference/d')),
  sourceAttachment: usually(
    fc.constant([{ contentType: 'application/pdf', url: 'http://example.org/a', size: '3' }]),
  ),
  regulatoryBasis: some(policyRule),
  policyBasis: usually(
    one(
      { url: policies[2] },
      { reference: { reference: 'PlanDefinition/p' } },
      { url: policies[0], ...because },
    ),
  ),
  policyText: usually(fc.constant([{ reference: 'DocumentReference/t' }])),
  verification: usually(
    fc.constant([
      {
        verified: false,
        verificationType: concept('urn:x', 'family'),
        verifiedBy: { reference: 'Practitioner/t' },
        verificationDate: ['2025', '2026'],
      },
    ]),
  ),
  decision: fc.option(effect, { nil: undefined, freq: 9 }),
  provision: provisions(conditionsR5, 2),
};

const bodyR5: fc.Arbitrary<Resource> = record(membersR5).map(
  (members) => ({ resourceType: 'Consent', ...members }) as Resource,
);

const filed = (bodies: fc.Arbitrary<Resource>, version: '4.0' | '5.0'): fc.Arbitrary<StoredResource> =>
  fc.tuple(bodies, fc.uuid()).map(([body, id]) => stored(body, id, version));

export const plainR4 = filed(bodyR4, '4.0');
export const convertible = fc.oneof(plainR4, filed(fastR4, '4.0'), filed(bodyR5, '5.0'));

export const readingSettings = fc
  .record({
    timezone: one('UTC', 'Europe/Berlin', 'America/New_York'),
    rootMeans: one('ambiguous', 'scope', 'exception'),
    policyBases: fc.dictionary(one(...policies), one('permit', 'deny', 'default-deny')),
    custodian: maybe(one('Organization/h', 'Organization/c')),
  })
  .map(withoutAbsent);

/** Extensions of ours, whole and damaged, for places where they do and do not belong. */
const carriedPaths = [
  ['provision', { valueBoolean: true }],
  ['provision', { valueBoolean: false }],
  ['provision.type', { valueCode: 'permit' }],
  ['provision.type', { valueCode: 'neither' }],
  ['provision.class', { valueCoding: { code: 'Observation' } }],
  ['provision.class', { valueString: 'Observation' }],
  ['provision.documentType', { valueCoding: { code: 'x' } }],
  ['provision.expression', { valueExpression: { expression: 'true' } }],
  ['policyRule', { valueCodeableConcept: { coding: [{ code: 'OPTIN' }] } }],
  ['policy', { extension: [{ url: 'uri', valueUri: 'urn:policy:a' }] }],
  ['controller', { valueReference: { reference: 'Organization/c' } }],
  ['status', { valueCode: 'proposed' }],
  ['dateTime', { valueDateTime: '2026-01-01T10:00:00Z' }],
  [
    'decision',
    {
      extension: [
        { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'not-applicable' },
      ],
    },
  ],
  ['grantor', { valueReference: { reference: 'Patient/bob' } }],
  ['', { valueBoolean: true }],
] as const;
const forged = fc
  .tuple(one('4.0', '5.0'), fc.constantFrom<(typeof carriedPaths)[number]>(...carriedPaths))
  .map(([release, [path, value]]) => ({
    url: `http://hl7.org/fhir/${release}/StructureDefinition/extension-Consent${path && `.${path}`}`,
    ...value,
  }));

const junk = fc.oneof(
  fc.constantFrom<unknown>(null, 1, 'text', true, [], {}, [null], [[]], ['text'], { code: 'a' }),
  fc.array(forged, { minLength: 1, maxLength: 2 }),
);
const names = [
  ...Object.keys({ ...membersR4, ...membersR5, ...conditionsR4, ...conditionsR5 }),
  'sourceReference',
  'sourceAttachment',
  '_decision',
  '_date',
  'type',
  '_type',
  'meta',
  'unheardOf',
];
const holders = one('extension', 'modifierExtension');
type Damage = readonly [place: number, name: string, value: unknown];
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(fc.nat(9), one(...names), junk),
  fc.tuple(fc.nat(9), holders, fc.array(forged, { minLength: 1, maxLength: 3 })),
);

/** Every object in the body, the body first. */
const objectsIn = (value: unknown): Record<string, unknown>[] => {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
};

export const unruly: fc.Arbitrary<StoredResource> = fc
  .tuple(
    convertible,
    fc.array(damage, { maxLength: 3 }),
    fc.constantFrom<FhirVersion | undefined>('4.0', '5.0', undefined),
  )
  .map(([whole, damages, version]) => {
    const resource = JSON.parse(JSON.stringify(whole.resource)) as Resource;
    for (const [place, name, value] of damages) {
      const places = objectsIn(resource);
      const at = places[place % places.length];
      if (at) at[name] = JSON.parse(JSON.stringify(value));
    }
    return { ...whole, resource, fhirVersion: version ?? whole.fhirVersion };
  });
