/** Consents there and back between R4 and R5, each of them valid. */
import { expect } from 'vitest';
import { convertConsent } from '../../src/consent/convert-consent.ts';
import { validateConsent } from '../../src/consent/validate-consent.ts';
import type { Resource } from '../../src/fhir/resource.ts';

export const scope = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
};
export const loinc = { coding: [{ system: 'http://loinc.org', code: '59284-0' }] };
export const basis = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentpolicycodes', code: 'hipaa-auth' }],
};
export const optOut = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }],
};
export const to = (reference: string) => ({ reference });
export const carrying = (release: string, path: string) =>
  `http://hl7.org/fhir/${release}/StructureDefinition/extension-Consent.${path}`;

export const r4 = (members: object): Resource => ({
  resourceType: 'Consent',
  status: 'active',
  scope,
  category: [loinc],
  patient: to('Patient/ann'),
  policyRule: basis,
  provision: { type: 'permit' },
  ...members,
});

export const r5 = (members: object): Resource => ({
  resourceType: 'Consent',
  status: 'active',
  category: [scope, loinc],
  subject: to('Patient/ann'),
  regulatoryBasis: [basis],
  decision: 'permit',
  ...members,
});

export function to5(members: object) {
  const converted = convertConsent(r4(members), '4.0', '5.0');
  if (!converted) throw new Error('R5 can say all of R4');
  expect(validateConsent(converted.resource, '5.0')).toMatchObject({ ok: true });
  return converted;
}

export function to4(members: object) {
  const converted = convertConsent(r5(members), '5.0', '4.0');
  if (!converted) throw new Error('it is about a patient');
  expect(validateConsent(converted.resource, '4.0')).toMatchObject({ ok: true });
  return converted;
}

export const comesBackTo4 = (members: object) =>
  expect(convertConsent(to5(members).resource, '5.0', '4.0')).toEqual({
    resource: r4(members),
    lossy: false,
  });
export const comesBackTo5 = (members: object) =>
  expect(convertConsent(to4(members).resource, '4.0', '5.0')?.resource).toEqual(r5(members));

export const purpose = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }];
export const observation = { system: 'http://hl7.org/fhir/resource-types', code: 'Observation' };
export const report = { system: 'http://loinc.org', code: '11488-4' };
