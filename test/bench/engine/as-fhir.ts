/** The same world in FHIR, as it would be filed: what our engine is given. */
import { asInstant, formatInstant } from '../../../src/base/instant.ts';
import { codeSystems } from '../../../src/fhir/coding.ts';
import type { Resource, StoredResource } from '../../../src/fhir/resource.ts';
import type { FhirVersion } from '../../../src/fhir/version.ts';
import type { Code, Conditions, Meaning, Rule, Span } from './meaning.ts';
import { askedAt, type Data, type Kind, parentOf } from './world.ts';

export const patient = 'Patient/ann';

const time = (at: number): string => formatInstant(asInstant(at));
const period = ({ start, end }: Span) => ({ start: time(start), end: time(end) });
const concept = (...coding: readonly Code[]) => ({ coding });
const under = (system: string, codes: readonly string[]) => codes.map((code) => ({ system, code }));

function stored(resource: Resource, fhirVersion: FhirVersion): StoredResource {
  const { resourceType: type, id = '', status } = resource;
  return {
    type,
    id,
    version: 1,
    fhirVersion,
    patient: type === 'Consent' ? 'ann' : undefined,
    updatedAt: asInstant(askedAt),
    filedBy: 'bench',
    status: typeof status === 'string' ? status : undefined,
    resource,
  };
}

export function consentOf(meaning: Meaning): StoredResource {
  return stored(meaning.fhirVersion === '4.0' ? inR4(meaning) : inR5(meaning), meaning.fhirVersion);
}

const inR4 = ({ id, base, scope, rules, period: span }: Meaning): Resource => ({
  resourceType: 'Consent',
  id,
  status: 'active',
  scope: concept({ system: codeSystems.consentScope, code: 'patient-privacy' }),
  category: [concept({ system: codeSystems.loinc, code: '59284-0' })],
  patient: { reference: patient },
  dateTime: '2026-01-10T09:30:00Z',
  policyRule: concept({ system: codeSystems.actCode, code: base === 'permit' ? 'OPTIN' : 'OPTOUT' }),
  provision: {
    type: base,
    period: period(span),
    ...conditionsOf(scope, 'class'),
    provision: rules.map((rule) => provisionOf(rule, '4.0')),
  },
});

const inR5 = ({ id, base, rules, period: span }: Meaning): Resource => ({
  resourceType: 'Consent',
  id,
  status: 'active',
  category: [concept({ system: codeSystems.loinc, code: '59284-0' })],
  subject: { reference: patient },
  date: '2026-01-10',
  period: period(span),
  decision: base,
  provision: rules.map((rule) => provisionOf(rule, '5.0')),
});

type Json = Resource[string];

function provisionOf(rule: Rule, version: FhirVersion): { readonly [name: string]: Json } {
  const isR4 = version === '4.0';
  const exceptions = rule.exceptions.map((each) => provisionOf(each, version));
  return {
    ...(isR4 ? { type: rule.effect } : {}),
    ...(rule.period ? { period: period(rule.period) } : {}),
    ...conditionsOf(rule, isR4 ? 'class' : 'resourceType'),
    ...(exceptions.length > 0 ? { provision: exceptions } : {}),
  };
}

const recipient = concept({
  system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  code: 'IRCP',
});

function conditionsOf(conditions: Conditions, types: 'class' | 'resourceType') {
  const { purposes = [], actions = [], actors = [], codes = [], dataPeriod } = conditions;
  const { confidentiality, sensitivity = [] } = conditions;
  const labels = [
    ...under(codeSystems.confidentiality, confidentiality === undefined ? [] : [confidentiality]),
    ...under(codeSystems.actCode, sensitivity),
  ];
  return present({
    actor: actors.map((reference) => ({ role: recipient, reference: { reference } })),
    action: under(codeSystems.consentAction, actions).map((code) => concept(code)),
    purpose: under(codeSystems.actReason, purposes),
    securityLabel: labels,
    [types]: under('http://hl7.org/fhir/resource-types', conditions.types ?? []),
    code: codes.map((code) => concept(code)),
    dataPeriod: dataPeriod ? period(dataPeriod) : [],
  });
}

const present = (members: Readonly<Record<string, Json>>) =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );

/** What each type calls the element that says what it is about, and the time that matters. */
const subjects: Partial<Record<Kind, string>> = {
  DocumentReference: 'type',
  MedicationRequest: 'medicationCodeableConcept',
  Immunization: 'vaccineCode',
};
const times: Record<Kind, string> = {
  Observation: 'effectiveDateTime',
  DiagnosticReport: 'effectiveDateTime',
  DocumentReference: 'date',
  Condition: 'onsetDateTime',
  Procedure: 'performedDateTime',
  AllergyIntolerance: 'onsetDateTime',
  MedicationRequest: 'authoredOn',
  Immunization: 'occurrenceDateTime',
};

export function resourceOf({ type, id, confidentiality, sensitivity, codes, moment }: Data): Resource {
  const security = [
    ...under(codeSystems.confidentiality, confidentiality === undefined ? [] : [confidentiality]),
    ...under(codeSystems.actCode, sensitivity),
  ];
  return {
    resourceType: type,
    id,
    ...(security.length > 0 ? { meta: { security } } : {}),
    [subjects[type] ?? 'code']: codes.length > 0 ? concept(...codes) : { text: 'as said by the patient' },
    ...(moment === undefined ? {} : { [times[type]]: time(moment) }),
  };
}

export function directoryEntry(name: string): StoredResource {
  const [resourceType = '', id = ''] = name.split('/');
  const identifier = [{ system: `https://registry.example.org/${resourceType}`, value: id }];
  const parent = resourceType === 'Organization' ? parentOf(name) : undefined;
  const partOf = parent === undefined ? {} : { partOf: { reference: parent } };
  return stored({ resourceType, id, identifier, active: true, ...partOf }, '4.0');
}

export const patientOnFile: StoredResource = stored(
  { resourceType: 'Patient', id: 'ann', birthDate: '1979-03-14', name: [{ family: 'Ash', given: ['Ann'] }] },
  '4.0',
);
