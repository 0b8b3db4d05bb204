/** Consents to send, of both shapes, valid until a test spoils them. */
type Members = Readonly<Record<string, unknown>>;

export const consentR4 = (patient: string, changes: Members = {}): Members => ({
  resourceType: 'Consent',
  status: 'active',
  scope: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
  },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${patient}` },
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
  provision: {
    type: 'deny',
    purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }],
  },
  ...changes,
});

export const consentR5 = (patient: string, changes: Members = {}): Members => ({
  resourceType: 'Consent',
  status: 'active',
  subject: { reference: `Patient/${patient}` },
  decision: 'deny',
  provision: [{ purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }] }],
  ...changes,
});
