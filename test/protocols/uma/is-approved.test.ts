/** When a patient's yes counts as the approval in person that a consent asks for (consent-decisioning.md O-4). */
import { expect, it } from 'vitest';
import { asInstant, plusSeconds } from '../../../src/base/instant.ts';
import type { RequestingParty } from '../../../src/protocols/uma/party/requesting-party.ts';
import type { OfferedResource } from '../../../src/protocols/uma/permission/resource-store.ts';
import { isApproved } from '../../../src/protocols/uma/submitted/is-approved.ts';
import type { RecalledRequest } from '../../../src/protocols/uma/submitted/submitted-request-store.ts';

const at = asInstant(0);
const party: RequestingParty = {
  issuer: 'https://idp.example',
  subject: 'dr-t',
  requester: { type: 'practitioner', clientId: 'app' },
  purposes: ['TREAT'],
  asserted: { purpose_of_use: [{ code: 'TREAT' }] },
  expiresAt: plusSeconds(at, 60),
};
const observations = 'http://hl7.org/fhir/Observation';
const submitted = {
  party,
  permissions: [{ resourceId: 'r', scopes: ['read'], type: observations }],
  answer: 'approved',
  answeredAt: at,
  isStanding: true,
} as unknown as RecalledRequest;
const registered = (type?: string): OfferedResource =>
  ({
    id: 'r',
    description: { resource_scopes: ['read', 'correct'], ...(type ? { type } : {}) },
  }) as OfferedResource;
const asked = {
  party,
  permissions: [{ resourceId: 'r', scopes: ['read'] }],
  resources: [registered(observations)],
  at,
};

it('counts for what the patient was shown', () => {
  expect(isApproved(submitted, asked)).toBe(true);
});

it.each<[string, Partial<typeof asked>]>([
  ['another party', { party: { ...party, subject: 'dr-u' } }],
  ['the same party in another role', { party: { ...party, requester: { ...party.requester, roles: [] } } }],
  ['another purpose', { party: { ...party, purposes: ['TREAT', 'HRESCH'] } }],
  ['another scope', { permissions: [{ resourceId: 'r', scopes: ['read', 'correct'] }] }],
  ['another resource', { permissions: [{ resourceId: 'other', scopes: ['read'] }] }],
  ['a resource of another type by now', { resources: [registered('http://hl7.org/fhir/Patient')] }],
  ['a resource of any type by now', { resources: [registered()] }],
])('does not count for %s', (_, given) => {
  expect(isApproved(submitted, { ...asked, ...given })).toBe(false);
});

it('does not count once a consent it filed is not as it was filed, or has ended', () => {
  expect(isApproved({ ...submitted, isStanding: false }, asked)).toBe(false);
  const week = 7 * 86_400;
  expect(isApproved(submitted, { ...asked, at: plusSeconds(at, week - 1) })).toBe(true);
  expect(isApproved(submitted, { ...asked, at: plusSeconds(at, week) })).toBe(false);
});

it('does not count before it was said, nor once it was no', () => {
  expect(isApproved(undefined, asked)).toBe(false);
  expect(isApproved({ ...submitted, answer: 'refused' }, asked)).toBe(false);
});
