/** What of a request the patient said yes to: a person approved it, in person (consent-decisioning.md O-4). */

import type { Instant } from '../../../base/instant.ts';
import { isSameParty, type RequestingParty } from '../party/requesting-party.ts';
import type { AskedPermission } from '../permission/permission.ts';
import type { OfferedResource } from '../permission/resource-store.ts';
import { approvedUntil } from './approving-consent.ts';
import type { RecalledRequest } from './submitted-request-store.ts';

type Asked = {
  readonly party: RequestingParty;
  /** As they are registered now. */
  readonly resources: readonly OfferedResource[];
  readonly at: Instant;
};

/**
 * What the patient was shown, for the same party in the same role and no other purpose, as long as what the yes filed is in
 * force; whatever is asked beside awaits approval still.
 */
export const approvedPermissions = (
  submitted: RecalledRequest | undefined,
  { party, resources, at }: Asked,
): readonly AskedPermission[] =>
  submitted?.answer === 'approved' &&
  isInForce(submitted, at) &&
  isSameParty(submitted.party, party) &&
  JSON.stringify(submitted.party.requester) === JSON.stringify(party.requester) &&
  party.purposes.every((purpose) => submitted.party.purposes.includes(purpose))
    ? submitted.permissions.filter(isOfSameType(resources))
    : [];

/** Unchanged, a consent ends when it was filed to end. */
const isInForce = ({ isStanding, answeredAt }: RecalledRequest, at: Instant): boolean =>
  isStanding && answeredAt !== undefined && at < approvedUntil(answeredAt);

/** A resource that has become another kind of data is not what the patient was shown. */
const isOfSameType =
  (resources: readonly OfferedResource[]) =>
  ({ resourceId, type }: AskedPermission): boolean => {
    const registered = resources.find(({ id }) => id === resourceId);
    return registered === undefined || registered.description.type === type;
  };
