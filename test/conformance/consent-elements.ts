/** The tables of fhir-consent.md §§1–2 as data: path, cardinality, type, and what it refers to or takes codes from. */

export type Row = {
  readonly path: string;
  readonly card: '0..1' | '1..1' | '0..*' | '1..*';
  readonly type: keyof typeof samples;
  readonly targets?: readonly string[];
  readonly codes?: readonly string[];
};

const concept = { coding: [{ system: 'urn:x', code: 'a' }] };

/** Of each type one value that fits and some that do not. */
export const samples = {
  boolean: { fits: true, misfits: ['true', 1, {}] },
  code: { fits: '', misfits: [1, ' a', {}] },
  uri: { fits: 'urn:x', misfits: [1, 'a b', {}] },
  url: { fits: 'http://a.example', misfits: [1, 'a b', {}] },
  date: { fits: '2026-01-01', misfits: ['2026-13', '2026-01-01T00:00:00Z', 1, {}] },
  dateTime: { fits: '2026-01-01T10:00:00+01:00', misfits: ['yesterday', '2026-01-01T10:00', 1, {}] },
  Period: { fits: { start: '2026' }, misfits: ['2026', { from: '2026' }, { start: 'a' }] },
  Coding: { fits: concept.coding[0], misfits: ['a', { value: 'a' }, { code: 1 }] },
  CodeableConcept: { fits: concept, misfits: ['a', { code: 'a' }, { coding: [1] }] },
  Identifier: { fits: { system: 'urn:x', value: '1' }, misfits: ['1', { code: 'a' }, { use: 'nonsense' }] },
  Reference: { fits: { display: 'a' }, misfits: ['Patient/1', { url: 'a' }, { reference: 1 }] },
  Attachment: {
    fits: { contentType: 'application/pdf', url: 'http://a.example' },
    misfits: ['a', { uri: 'a' }],
  },
  Expression: { fits: { language: 'text/fhirpath', expression: 'true' }, misfits: ['true', { code: 'a' }] },
  Backbone: { fits: {}, misfits: ['a', 1, true] },
} as const;

const words = (text: string): readonly string[] => text.split(' ');

const actor = words('Device Group CareTeam Organization Patient Practitioner RelatedPerson PractitionerRole');
const source = words('Consent DocumentReference Contract QuestionnaireResponse');
const party = words(
  'CareTeam HealthcareService Organization Patient Practitioner RelatedPerson PractitionerRole',
);
const keeper = words('HealthcareService Organization Patient Practitioner');
const effects = words('deny permit');
const meanings = words('instance related dependents authoredby');

/** What §1 and §2 say of a provision alike. */
const ofProvision: readonly Row[] = [
  { path: 'provision.period', card: '0..1', type: 'Period' },
  { path: 'provision.actor', card: '0..*', type: 'Backbone' },
  { path: 'provision.action', card: '0..*', type: 'CodeableConcept' },
  { path: 'provision.securityLabel', card: '0..*', type: 'Coding' },
  { path: 'provision.purpose', card: '0..*', type: 'Coding' },
  { path: 'provision.code', card: '0..*', type: 'CodeableConcept' },
  { path: 'provision.dataPeriod', card: '0..1', type: 'Period' },
  { path: 'provision.data', card: '0..*', type: 'Backbone' },
  { path: 'provision.data.meaning', card: '1..1', type: 'code', codes: meanings },
  { path: 'provision.data.reference', card: '1..1', type: 'Reference' },
  { path: 'provision.provision', card: '0..*', type: 'Backbone' },
];

/** §1. */
export const r4: readonly Row[] = [
  { path: 'identifier', card: '0..*', type: 'Identifier' },
  {
    path: 'status',
    card: '1..1',
    type: 'code',
    codes: words('draft proposed active rejected inactive entered-in-error'),
  },
  { path: 'scope', card: '1..1', type: 'CodeableConcept' },
  { path: 'category', card: '1..*', type: 'CodeableConcept' },
  { path: 'patient', card: '0..1', type: 'Reference', targets: ['Patient'] },
  { path: 'dateTime', card: '0..1', type: 'dateTime' },
  {
    path: 'performer',
    card: '0..*',
    type: 'Reference',
    targets: words('Organization Patient Practitioner RelatedPerson PractitionerRole'),
  },
  { path: 'organization', card: '0..*', type: 'Reference', targets: ['Organization'] },
  { path: 'sourceAttachment', card: '0..1', type: 'Attachment' },
  { path: 'sourceReference', card: '0..1', type: 'Reference', targets: source },
  { path: 'policy', card: '0..*', type: 'Backbone' },
  { path: 'policy.authority', card: '0..1', type: 'uri' },
  { path: 'policy.uri', card: '0..1', type: 'uri' },
  { path: 'policyRule', card: '0..1', type: 'CodeableConcept' },
  { path: 'verification', card: '0..*', type: 'Backbone' },
  { path: 'verification.verified', card: '1..1', type: 'boolean' },
  {
    path: 'verification.verifiedWith',
    card: '0..1',
    type: 'Reference',
    targets: words('Patient RelatedPerson'),
  },
  { path: 'verification.verificationDate', card: '0..1', type: 'dateTime' },
  { path: 'provision', card: '0..1', type: 'Backbone' },
  { path: 'provision.type', card: '0..1', type: 'code', codes: effects },
  ...ofProvision,
  { path: 'provision.actor.role', card: '1..1', type: 'CodeableConcept' },
  { path: 'provision.actor.reference', card: '1..1', type: 'Reference', targets: actor },
  { path: 'provision.class', card: '0..*', type: 'Coding' },
];

/** §2. */
export const r5: readonly Row[] = [
  { path: 'identifier', card: '0..*', type: 'Identifier' },
  {
    path: 'status',
    card: '1..1',
    type: 'code',
    codes: words('draft active inactive not-done entered-in-error unknown'),
  },
  { path: 'category', card: '0..*', type: 'CodeableConcept' },
  { path: 'subject', card: '0..1', type: 'Reference', targets: words('Patient Practitioner Group') },
  { path: 'date', card: '0..1', type: 'date' },
  { path: 'period', card: '0..1', type: 'Period' },
  { path: 'grantor', card: '0..*', type: 'Reference', targets: party },
  { path: 'grantee', card: '0..*', type: 'Reference', targets: party },
  { path: 'manager', card: '0..*', type: 'Reference', targets: keeper },
  { path: 'controller', card: '0..*', type: 'Reference', targets: keeper },
  { path: 'sourceAttachment', card: '0..*', type: 'Attachment' },
  { path: 'sourceReference', card: '0..*', type: 'Reference', targets: source },
  { path: 'regulatoryBasis', card: '0..*', type: 'CodeableConcept' },
  { path: 'policyBasis', card: '0..1', type: 'Backbone' },
  { path: 'policyBasis.reference', card: '0..1', type: 'Reference' },
  { path: 'policyBasis.url', card: '0..1', type: 'url' },
  { path: 'policyText', card: '0..*', type: 'Reference', targets: ['DocumentReference'] },
  { path: 'verification', card: '0..*', type: 'Backbone' },
  { path: 'verification.verified', card: '1..1', type: 'boolean' },
  { path: 'verification.verificationType', card: '0..1', type: 'CodeableConcept' },
  {
    path: 'verification.verifiedBy',
    card: '0..1',
    type: 'Reference',
    targets: words('Organization Practitioner PractitionerRole'),
  },
  {
    path: 'verification.verifiedWith',
    card: '0..1',
    type: 'Reference',
    targets: words('Patient RelatedPerson'),
  },
  { path: 'verification.verificationDate', card: '0..*', type: 'dateTime' },
  { path: 'decision', card: '0..1', type: 'code', codes: effects },
  { path: 'provision', card: '0..*', type: 'Backbone' },
  ...ofProvision,
  { path: 'provision.actor.role', card: '0..1', type: 'CodeableConcept' },
  { path: 'provision.actor.reference', card: '0..1', type: 'Reference', targets: actor },
  { path: 'provision.documentType', card: '0..*', type: 'Coding' },
  { path: 'provision.resourceType', card: '0..*', type: 'Coding' },
  { path: 'provision.expression', card: '0..1', type: 'Expression' },
];

type Body = { [name: string]: unknown };

/** A Consent with one value for every row, but those of `source[x]` that exclude each other; nothing else is in it. */
export function fullConsent(rows: readonly Row[]): Body {
  const body: Body = { resourceType: 'Consent' };
  for (const row of rows) put(body, row, [sampleOf(row)]);
  return body;
}

export function sampleOf({ type, codes, targets }: Row): unknown {
  if (codes) return codes[0];
  if (targets) return { reference: `${targets[0]}/1` };
  return structuredClone(samples[type].fits);
}

/** Sets the row's element to these values, as its cardinality writes them. */
export function put(body: Body, { path, card }: Row, values: readonly unknown[]): void {
  const { holder, name } = place(body, path);
  holder[name] = card.endsWith('*') ? values : values[0];
}

export function place(body: Body, path: string): { readonly holder: Body; readonly name: string } {
  const steps = path.split('.');
  const name = steps.pop() ?? '';
  const holder = steps.reduce<Body>((at, step) => first(at[step]), body);
  return { holder, name };
}

const first = (value: unknown): Body => (Array.isArray(value) ? value[0] : value) as Body;
