/** When a patient's yes counts as the approval in person that a consent asks for (consent-decisioning.md O-4). */
import { expect, it } from 'vitest';
import { asInstant, plusSeconds } from '../../../src/base/instant.ts';
import type { RequestingParty } from '../../../src/protocols/uma/party/requesting-party.ts';
import type { OfferedResource } from '../../../src/protocols/uma/permission/resource-store.ts';
import { approvedPermissions } from '../../../src/protocols/uma/submitted/approved-permissions.ts';
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
  resources: [registered(observations)],
  at,
};

it('counts for what the patient was shown', () => {
  expect(approvedPermissions(submitted, asked)).toEqual(submitted.permissions);
});

it.each<[string, Partial<typeof asked>]>([
  ['another party', { party: { ...party, subject: 'dr-u' } }],
  ['the same party in another role', { party: { ...party, requester: { ...party.requester, roles: [] } } }],
  ['another purpose', { party: { ...party, purposes: ['TREAT', 'HRESCH'] } }],
  ['a resource of another type by now', { resources: [registered('http://hl7.org/fhir/Patient')] }],
  ['a resource of any type by now', { resources: [registered()] }],
])('does not count for %s', (_, given) => {
  expect(approvedPermissions(submitted, { ...asked, ...given })).toEqual([]);
});

it('does not count once a consent it filed is not as it was filed, or has ended', () => {
  expect(approvedPermissions({ ...submitted, isStanding: false }, asked)).toEqual([]);
  const week = 7 * 86_400;
  expect(approvedPermissions(submitted, { ...asked, at: plusSeconds(at, week - 1) })).not.toEqual([]);
  expect(approvedPermissions(submitted, { ...asked, at: plusSeconds(at, week) })).toEqual([]);
});

it('does not count before it was said, nor once it was no', () => {
  expect(approvedPermissions(undefined, asked)).toEqual([]);
  expect(approvedPermissions({ ...submitted, answer: 'refused' }, asked)).toEqual([]);
});
