/** Consents that have every element a search parameter speaks of, at the first level and below it. */
import type { JsonObject } from '../../src/base/json.ts';

const coded = (system: string, code: string, text: string): JsonObject => ({
  coding: [{ system, code, display: `${text} display` }, { code: `${code}-bare` }],
  text,
});
const to = (reference: string): JsonObject => ({ reference });

const meta: JsonObject = {
  lastUpdated: '2026-01-02T03:04:05Z',
  profile: ['http://example.org/StructureDefinition/consent', 'http://example.org/StructureDefinition/other'],
  source: 'http://example.org/source#1',
  security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }],
  tag: [{ system: 'urn:tags', code: 'demo', display: 'Demo' }],
};

const identifier: readonly JsonObject[] = [
  {
    type: { coding: [{ system: 'urn:types', code: 'MR' }], text: 'Medical record' },
    system: 'urn:ids',
    value: 'A|1',
  },
  { value: 'no-system' },
];

const provision = (tag: string, nested: readonly JsonObject[]): JsonObject => ({
  period: { start: '2026-01-01', end: '2026-06' },
  actor: [
    { role: { text: 'recipient' }, reference: to(`Organization/${tag}`) },
    { role: { text: 'recipient' }, reference: to('http://elsewhere.example/fhir/Practitioner/9') },
  ],
  action: [coded('http://terminology.hl7.org/CodeSystem/consentaction', `access-${tag}`, 'Access')],
  securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }],
  purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: `TREAT-${tag}` }],
  data: [{ meaning: 'instance', reference: to(`Observation/${tag}`) }],
  provision: nested,
});

const category = [coded('http://loinc.org', '59284-0', 'Patient Consent')];

export const r4Consents: readonly JsonObject[] = [
  {
    resourceType: 'Consent',
    id: 'full',
    meta,
    identifier,
    status: 'active',
    scope: coded('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy', 'Privacy'),
    category,
    patient: to('Patient/ann'),
    dateTime: '2026-01-01T10:00:00+02:00',
    performer: [to('RelatedPerson/mum'), to('Patient/ann')],
    organization: [to('Organization/h')],
    sourceReference: to('DocumentReference/d'),
    provision: {
      type: 'permit',
      ...provision('first', [
        { type: 'deny', ...provision('second', [{ type: 'permit', ...provision('third', []) }]) },
      ]),
    },
  },
  {
    resourceType: 'Consent',
    status: 'inactive',
    scope: { text: 'in words alone' },
    category: [{ text: 'in words alone' }],
    patient: { identifier: { system: 'urn:ids', value: 'A1' } },
    dateTime: '2025-12',
    provision: { type: 'deny', period: { start: '2026-03-01' } },
  },
  { resourceType: 'Consent', status: 'draft', category },
];

export const r5Consents: readonly JsonObject[] = [
  {
    resourceType: 'Consent',
    id: 'full',
    meta,
    language: 'de-CH',
    identifier,
    status: 'active',
    category,
    subject: to('Patient/ann'),
    date: '2026-01-01',
    period: { start: '2026-01-01', end: '2026-12-31' },
    grantor: [to('Patient/ann')],
    grantee: [to('HealthcareService/s'), to('CareTeam/t')],
    manager: [to('Organization/m')],
    controller: [to('Organization/c'), to('Practitioner/p')],
    sourceReference: [to('DocumentReference/d'), to('Contract/c')],
    verification: [
      { verified: true, verificationDate: ['2026-01-01', '2026-02-01T10:00:00Z'] },
      { verified: false },
    ],
    decision: 'deny',
    provision: [provision('first', [provision('second', [provision('third', [])])]), provision('other', [])],
  },
  {
    resourceType: 'Consent',
    status: 'unknown',
    subject: to('Group/g'),
    date: '2026',
    period: { end: '2026-03-01T10:00:00.500Z' },
    provision: [{ period: { start: '2027' } }, {}],
  },
  { resourceType: 'Consent', status: 'draft' },
];
