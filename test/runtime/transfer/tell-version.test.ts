/** The FHIR version of a resource that does not say. */
import { expect, it } from 'vitest';
import { tellVersion } from '../../../src/runtime/transfer/tell-version.ts';
import { consentR4, consentR5 } from '../../protocols/fhir-api/consents.ts';

const consent = (members: object) => tellVersion({ resourceType: 'Consent', ...members } as never);

it('a Consent is told by its shape', () => {
  expect([tellVersion(consentR4('ann') as never), tellVersion(consentR5('ann') as never)]).toEqual([
    '4.0',
    '5.0',
  ]);
});

it.each([
  [{ subject: {} }, '5.0'],
  [{ decision: 'deny' }, '5.0'],
  [{ _decision: {} }, '5.0'],
  [{ provision: [{}] }, '5.0'],
  [{ sourceAttachment: [{}] }, '5.0'],
  [{ patient: {} }, '4.0'],
  [{ provision: {} }, '4.0'],
  [{ policyRule: {}, subject: {}, scope: {} }, '4.0'],
  [{ subject: {}, decision: 'deny', patient: {} }, '5.0'],
  [{ subject: {}, patient: {} }, '4.0'],
  [{ status: 'active' }, '4.0'],
])('a Consent with %j is of %s', (members, version) => {
  expect(consent(members)).toBe(version);
});

it('others are read alike in every version', () => {
  expect(tellVersion({ resourceType: 'Patient', subject: {} })).toBe('4.0');
});
