/** Search parameters as published (fhir-consent.md §7): the values of a resource by the FHIRPath expression of each. */
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import r5 from 'fhirpath/fhir-context/r5';
import type { Json, JsonObject } from '../../src/base/json.ts';

export type Release = 'R4' | 'R5';

export type Published = {
  readonly type: 'token' | 'reference' | 'date' | 'uri';
  readonly R4?: string;
  readonly R5?: string;
  /** Of a code without a system of its own. */
  readonly system?: string;
  readonly targets?: readonly string[];
};

const both = (type: Published['type'], expression: string, rest: Partial<Published> = {}): Published => ({
  type,
  R4: expression,
  R5: expression,
  ...rest,
});

const actors = 'CareTeam Device Group Organization Patient Practitioner PractitionerRole RelatedPerson'.split(
  ' ',
);
const grantees =
  'CareTeam HealthcareService Organization Patient Practitioner PractitionerRole RelatedPerson'.split(' ');
const signers = ['Organization', 'Patient', 'Practitioner', 'PractitionerRole', 'RelatedPerson'];
const keepers = ['HealthcareService', 'Organization', 'Patient', 'Practitioner'];

export const publishedParameters: Readonly<Record<string, Published>> = {
  _tag: both('token', 'Consent.meta.tag'),
  _security: both('token', 'Consent.meta.security'),
  _source: both('uri', 'Consent.meta.source'),
  _lastUpdated: both('date', 'Consent.meta.lastUpdated'),
  action: both('token', 'Consent.provision.action'),
  actor: both('reference', 'Consent.provision.actor.reference', { targets: actors }),
  category: both('token', 'Consent.category'),
  consentor: { type: 'reference', R4: 'Consent.performer', targets: signers },
  controller: { type: 'reference', R5: 'Consent.controller', targets: keepers },
  data: both('reference', 'Consent.provision.data.reference'),
  date: { type: 'date', R4: 'Consent.dateTime', R5: 'Consent.date' },
  grantee: { type: 'reference', R5: 'Consent.grantee', targets: grantees },
  identifier: both('token', 'Consent.identifier'),
  manager: { type: 'reference', R5: 'Consent.manager', targets: keepers },
  organization: { type: 'reference', R4: 'Consent.organization', targets: ['Organization'] },
  patient: { type: 'reference', R4: 'Consent.patient', R5: 'Consent.subject', targets: ['Patient'] },
  period: both('date', 'Consent.provision.period'),
  purpose: both('token', 'Consent.provision.purpose'),
  scope: { type: 'token', R4: 'Consent.scope' },
  'security-label': both('token', 'Consent.provision.securityLabel'),
  'source-reference': both('reference', 'Consent.sourceReference', {
    R4: 'Consent.source.ofType(Reference)',
    targets: ['Consent', 'Contract', 'DocumentReference', 'QuestionnaireResponse'],
  }),
  status: both('token', 'Consent.status', { system: 'http://hl7.org/fhir/consent-state-codes' }),
  subject: { type: 'reference', R5: 'Consent.subject', targets: ['Patient', 'Group', 'Practitioner'] },
  verified: {
    type: 'token',
    R5: 'Consent.verification.verified',
    system: 'http://hl7.org/fhir/special-values',
  },
  'verified-date': { type: 'date', R5: 'Consent.verification.verificationDate' },
  // Ours, which see every provision.
  'provision-actor': both('reference', 'Consent.repeat(provision).actor.reference', { targets: actors }),
  'provision-purpose': both('token', 'Consent.repeat(provision).purpose'),
  'effective-period': { type: 'date', R4: 'Consent.provision.period', R5: 'Consent.period' },
};

const models = { R4: r4, R5: r5 };

type Evaluate = (resource: JsonObject) => readonly Json[];

const compiled = new Map<string, Evaluate>();
/** Of each resource, since it is looked at by every search. */
const known = new WeakMap<JsonObject, Map<string, readonly Json[]>>();

function evaluatorOf(release: Release, expression: string): Evaluate {
  const key = `${release} ${expression}`;
  const evaluate =
    compiled.get(key) ?? (fhirpath.compile(expression, models[release], { async: false }) as Evaluate);
  compiled.set(key, evaluate);
  return evaluate;
}

const isTarget = (targets: readonly string[] | undefined, value: Json): boolean => {
  const type = /([A-Z]\w+)\/[^/]+$/.exec(String((value as JsonObject)['reference'] ?? ''))?.[1];
  return !targets || !type || targets.includes(type);
};

/** What the parameter speaks of; the elements it may not refer to are left out, as `where(resolve() is …)` would. */
export function valuesOf(name: string, release: Release, resource: JsonObject): readonly Json[] {
  const { targets, [release]: expression } = publishedParameters[name] ?? { type: 'token' };
  if (!expression) return [];
  const before = known.get(resource) ?? new Map<string, readonly Json[]>();
  const values =
    before.get(name) ??
    evaluatorOf(release, expression)(resource).filter((value) => isTarget(targets, value));
  known.set(resource, before.set(name, values));
  return values;
}
