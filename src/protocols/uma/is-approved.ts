/** Whether what is asked is what the patient said yes to: a person approved it, in person (consent-decisioning.md O-4). */
import { includesAll, type Permission } from './permission.ts';
import { isSameParty, type RequestingParty } from './requesting-party.ts';
import type { SubmittedRequest } from './submitted-request-store.ts';

type Asked = { readonly party: RequestingParty; readonly permissions: readonly Permission[] };

/** By the same party in the same role, for no other purpose, and nothing beside. */
export const isApproved = (submitted: SubmittedRequest | undefined, { party, permissions }: Asked): boolean =>
  submitted?.answer === 'approved' &&
  isSameParty(submitted.party, party) &&
  JSON.stringify(submitted.party.requester) === JSON.stringify(party.requester) &&
  party.purposes.every((purpose) => submitted.party.purposes.includes(purpose)) &&
  includesAll(submitted.permissions, permissions);
