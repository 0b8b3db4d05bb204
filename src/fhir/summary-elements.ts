/** Which elements a summary holds (Σ) and which no answer may leave out, as the definitions of each type say. */
import { type FhirVersion, isR5 } from './version.ts';

/** The members that are kept: whole, or in turn some of theirs. */
export type Summary = { readonly [member: string]: true | Summary };

export const summaryOf = (type: string, version: FhirVersion): Summary => {
  const table = isR5(version) ? { ...ofBoth, ...ofR5 } : { ...ofBoth, ...ofR4 };
  return table[type] ?? {};
};

/** Elements that are required or modify others, besides those that every resource has. */
export const isMandatory = (type: string, name: string, version: FhirVersion): boolean =>
  (isR5(version) ? mandatoryR5 : mandatoryR4)[type]?.includes(name) ?? false;

const all = (members: string): Summary => Object.fromEntries(members.split(' ').map((name) => [name, true]));

/** fhir-consent.md §1: neither actors nor nested rules are in the summary of R4 or R5. */
const ruleR4 = all('type period action securityLabel purpose class code dataPeriod data');
const ruleR5 = all('period action securityLabel purpose documentType resourceType code dataPeriod data');

const person = 'identifier active name telecom gender birthDate address';

const ofBoth: Readonly<Record<string, Summary>> = {
  Patient: all(`${person} deceasedBoolean deceasedDateTime managingOrganization link`),
  Practitioner: all(person),
  PractitionerRole: all('identifier active period practitioner organization code specialty location telecom'),
  Organization: all('identifier active type name'),
  RelatedPerson: all(`${person} patient relationship`),
  CareTeam: all('identifier status category name subject encounter period'),
};

const ofR4: Readonly<Record<string, Summary>> = {
  Consent: {
    ...all(
      'identifier status scope category patient dateTime performer organization sourceAttachment sourceReference policyRule',
    ),
    verification: all('verified'),
    provision: ruleR4,
  },
  Group: all('identifier active type actual code name quantity managingEntity'),
  Device: all('udiCarrier status'),
  AuditEvent: {
    ...all('type subtype action recorded outcome outcomeDesc purposeOfEvent'),
    agent: all('who requestor'),
    source: all('observer'),
    entity: { what: true, name: true, query: true },
  },
};

const ofR5: Readonly<Record<string, Summary>> = {
  Consent: {
    ...all('identifier status category subject date period grantor grantee decision'),
    verification: all('verified'),
    provision: ruleR5,
  },
  Group: all('identifier active type membership code name quantity managingEntity'),
  Device: all('definition udiCarrier status'),
  AuditEvent: {
    ...all('category code action recorded authorization'),
    outcome: all('code detail'),
    patient: true,
    agent: all('who requestor'),
    source: all('observer'),
    entity: { what: true, query: true },
  },
};

const mandatoryR4: Readonly<Record<string, readonly string[]>> = {
  Consent: ['status', 'scope', 'category'],
  Patient: ['active', 'deceasedBoolean', 'deceasedDateTime', 'link'],
  RelatedPerson: ['active', 'patient'],
  Group: ['active', 'type', 'actual'],
  CareTeam: ['status'],
  Device: ['status'],
  AuditEvent: ['type', 'recorded', 'agent', 'source'],
};

const mandatoryR5: Readonly<Record<string, readonly string[]>> = {
  Consent: ['status', 'decision'],
  Patient: ['active', 'deceasedBoolean', 'deceasedDateTime', 'link'],
  RelatedPerson: ['active', 'patient'],
  Group: ['active', 'type', 'membership'],
  CareTeam: ['status'],
  Device: ['status'],
  AuditEvent: ['code', 'recorded', 'agent', 'source'],
};
