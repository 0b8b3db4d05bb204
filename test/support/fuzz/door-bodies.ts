/** A good request for each endpoint that takes JSON; `{patient}`, `{resource}` … stand for what is known once there is a server. */
import type { Json } from '../../../src/base/json.ts';
import type { Knock } from './knock.ts';

const practitioner = {
  type: 'practitioner',
  reference: 'Practitioner/t',
  organization: 'Organization/h',
  identifiers: [{ system: 'urn:ids', value: 't' }],
  roles: [{ system: 'urn:roles', code: 'doctor' }],
};
const observation = {
  resourceType: 'Observation',
  id: 'o1',
  meta: {
    security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'N' }],
    lastUpdated: '2026-01-01T00:00:00Z',
  },
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
  subject: { reference: 'Patient/{patient}' },
  effectivePeriod: { start: '2026-01-01', end: '2026-02-01' },
  performer: [{ reference: 'Practitioner/t' }],
};
const question = {
  patient: 'Patient/{patient}',
  requester: practitioner,
  action: 'access',
  purposes: ['TREAT'],
  resourceTypes: ['Observation', 'Condition'],
  breakGlass: { reason: 'urgent', acknowledged: true },
  candidates: [observation, { resourceType: 'Condition', id: 'c1' }],
};
const target = {
  fhirVersion: '4.0',
  labels: [{ system: 'urn:labels', code: 'R' }],
  datedTypes: ['Observation'],
  sql: { key: 'r.id', tables: 'phr.fact', parametersBefore: 2 },
};

const subject = {
  type: 'practitioner',
  id: 'Practitioner/t',
  properties: {
    organization_id: 'Organization/h',
    role: ['doctor'],
    identifiers: ['urn:ids|t'],
    client_id: 'k',
  },
};
const evaluation = {
  subject,
  action: { name: 'read' },
  resource: {
    type: 'Observation',
    id: 'o1',
    properties: { patient: 'Patient/{patient}', resource: observation },
  },
  context: { purpose_of_use: ['TREAT'], supported_obligations: ['urn:x'], break_glass: { reason: 'urgent' } },
};
const told = {
  type: 'Observation',
  id: '*',
  properties: {
    patient: 'Patient/{patient}',
    security_labels: ['N'],
    codes: ['http://loinc.org|85354-9'],
    author: 'Practitioner/t',
    created: '2026-01-01',
    period: { start: '2026', end: '2026-02' },
  },
};
const evaluations = {
  ...evaluation,
  evaluations: [
    { resource: told },
    { action: { name: 'update' } },
    { subject: { type: 'patient', id: 'Patient/{patient}' } },
  ],
  options: { evaluations_semantic: 'permit_on_first_permit' },
};
const page = { limit: 2, token: '' };

const consult = {
  hook: 'patient-consent-consult',
  hookInstance: '0b9f6a43-9b53-4a6e-8f0a-3f1f5c2f7c11',
  context: {
    patientId: [{ system: 'urn:ietf:rfc:3986', value: '{issuer}/fhir/R4/Patient/{patient}' }],
    actor: [
      { system: 'urn:ids', value: 't' },
      { system: 'urn:ietf:rfc:3986', value: '{issuer}/fhir/R4/Organization/h' },
    ],
    purposeOfUse: ['TREAT'],
    category: [{ system: 'http://loinc.org', code: '59284-0' }],
    class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }],
    content: {
      resourceType: 'Bundle',
      type: 'searchset',
      total: 1,
      entry: [{ resource: observation, search: { mode: 'match' } }],
    },
  },
};

const registration = {
  resource_owner: 'Patient/{patient}',
  resource_scopes: ['patient/Observation.rs', 'read'],
  name: 'a record',
  type: 'http://hl7.org/fhir/Observation',
};
const permission = { resource_id: '{resource}', resource_scopes: ['patient/Observation.rs'] };

export type Door = readonly [as: Knock['as'], method: string, path: string, body: Json];

export const askingDoors: readonly Door[] = [
  ['asker', 'POST', '/decisions', question],
  ['asker', 'POST', '/decisions/filter', { ...question, target }],
  ['explainer', 'POST', '/decisions/explain', { ...question, asOf: '2026-09-01T00:00:00Z' }],
  ['asker', 'POST', '/access/v1/evaluation', evaluation],
  ['asker', 'POST', '/access/v1/evaluations', evaluations],
  ['asker', 'POST', '/access/v1/search/subject', { ...evaluation, resource: told, page }],
  ['asker', 'POST', '/access/v1/search/action', { ...evaluation, page }],
  [
    'asker',
    'POST',
    '/access/v1/search/resource',
    {
      ...evaluation,
      resource: {
        type: 'Observation',
        properties: { patient: 'Patient/{patient}', candidates: [observation] },
      },
      page,
    },
  ],
  ['asker', 'POST', '/cds-services/patient-consent-consult', consult],
];
export const umaDoors: readonly Door[] = [
  ['server', 'POST', '/uma/resources', registration],
  ['server', 'PUT', '/uma/resources/{resource}', registration],
  ['server', 'POST', '/uma/permission', permission],
  ['server', 'POST', '/uma/permission', [permission, permission]],
];
