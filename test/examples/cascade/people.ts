// Who is in the story, where they work, and what lies in the record. Everything here is made up.

import type { JsonObject } from '../../../src/base/json.ts';
import { actReason, type Coding } from '../../../src/sdk/index.ts';
import type { StaffMember } from './parties/hospital/settings.ts';

export const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
export const npi = 'http://hl7.org/fhir/sid/us-npi';
const roleSystem = 'http://terminology.hl7.org/CodeSystem/practitioner-role';

export const restricted: Coding = { system: confidentiality, code: 'R' };
export const treatment: Coding = { system: actReason, code: 'TREAT' };
export const research: Coding = { system: actReason, code: 'HRESCH' };

export const clinicianName = 'Adaeze Okafor';

/** Two colleagues: one treats patients, the other studies them. */
export const clinician: StaffMember = {
  username: 'dr.okafor',
  password: 'a password that only she knows',
  subject: 'staff-81',
  personId: `${npi}|1234567893`,
  roles: [{ system: roleSystem, code: 'doctor' }],
  purposes: ['TREAT'],
};
export const researcher: StaffMember = {
  username: 'dr.lindqvist',
  password: 'another password entirely',
  subject: 'staff-12',
  roles: [{ system: roleSystem, code: 'researcher' }],
  purposes: ['HRESCH'],
};

/** The hospital's own name for the patient's record. */
export const recordId = 'record-1001';

const observation = (id: string, label: string, text: string): JsonObject => ({
  resourceType: 'Observation',
  id,
  meta: { security: [{ system: confidentiality, code: label }] },
  status: 'final',
  code: { text },
  subject: { reference: 'Patient/1001' },
  effectiveDateTime: '2026-10-01',
});

/** One everyday value, and one the patient would rather keep to herself. */
export const ordinary = observation('blood-pressure', 'N', 'Blood pressure');
export const sensitive = observation('hiv-test', 'R', 'HIV test');

/** Policies the consents refer to; hl7-b2b names them to other networks (udap-b2b.md §6.1). */
export const sharingPolicy = 'https://policies.example.org/treatment-sharing-1';
export const researchPolicy = 'https://policies.example.org/no-research-1';
