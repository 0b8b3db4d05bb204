/** Asks the consents what may be granted, of the ticket and of an RPT brought along (UMA Grant §3.3.4, §3.3.5.1). */
import type { Instant } from '../../../base/instant.ts';
import type { Client } from '../../authorization-server/client.ts';
import type { ClientStore } from '../../authorization-server/client-store.ts';
import type { RequestingParty } from '../party/requesting-party.ts';
import { isWithinRegistrations, type ReachDeps, registrationsBehind } from '../party/within-registrations.ts';
import { includesAll, mergePermissions, stillRegistered } from '../permission/permission.ts';
import { approvedPermissions } from '../submitted/approved-permissions.ts';
import type { RecalledRequest } from '../submitted/submitted-request-store.ts';
import type { Ticket } from '../ticket/ticket-store.ts';
import type { Wanted } from '../ticket/wanted.ts';
import type { Approval } from './approval-store.ts';
import {
  type DecidePermissionsDeps,
  decidePermissions,
  outOfReach,
  type PermissionAnswer,
  type PermissionQuestion,
} from './decide-permissions.ts';
import type { Earlier } from './upgrade-rpt.ts';

export type AssessDeps = DecidePermissionsDeps & ReachDeps & { readonly clients: Pick<ClientStore, 'find'> };

export type Answered = PermissionAnswer & {
  /** The client is not registered for the patient. */
  readonly isOutOfReach: boolean;
  /** Its permissions are all among those granted, so that it is replaced. */
  readonly upgraded?: Approval;
};

/** A ticket, what it was presented with, and by whom. */
export type Asked = Wanted & {
  readonly ticket: Ticket;
  /** What was put to the patient in this process. */
  readonly submitted?: RecalledRequest;
  readonly party: RequestingParty;
  readonly client: Client;
  readonly at: Instant;
};

export async function assessRequest(deps: AssessDeps, asked: Asked, before?: Earlier): Promise<Answered> {
  const upgrade = before && (await assessTogether(deps, asked, before));
  return upgrade ?? (await decideWithinReach(deps, questionOf(asked), asked));
}

/** Undefined unless something of the ticket and all of the old is granted: then the old RPT stays what it is. */
async function assessTogether(
  deps: AssessDeps,
  asked: Asked,
  { approval, resources }: Earlier,
): Promise<Answered | undefined> {
  const old = approval.permissions;
  const permissions = mergePermissions([...asked.permissions, ...stillRegistered(old, resources)]);
  const all = new Map([...asked.resources, ...resources].map((each) => [each.id, each]));
  const together = { ...asked, permissions, resources: [...all.values()] };
  const answer = await decideWithinReach(deps, questionOf(together), asked);
  const isGranted = asked.permissions.some((permission) =>
    permission.scopes.some((scope) =>
      includesAll(answer.granted, [{ resourceId: permission.resourceId, scopes: [scope] }]),
    ),
  );
  return isGranted && includesAll(answer.granted, old) ? { ...answer, upgraded: approval } : undefined;
}

const questionOf = (asked: Asked): PermissionQuestion => ({
  patient: asked.ticket.patient,
  party: asked.party,
  permissions: asked.permissions,
  resources: asked.resources,
  at: asked.at,
  approved: approvedPermissions(asked.submitted, asked),
});

/**
 * Outside its registration a client is answered as without consent (interfaces.md, Scopes). The consents are asked all
 * the same, so that the time it takes tells nothing, and what was asked is on record.
 */
async function decideWithinReach(
  deps: AssessDeps,
  question: PermissionQuestion,
  { client }: Pick<Asked, 'client'>,
): Promise<Answered> {
  const [answer, isInReach] = await Promise.all([
    decidePermissions(deps, question),
    isWithinRegistrations(deps, question.patient, registrationsBehind(deps, client, question.party)),
  ]);
  return isInReach ? { ...answer, isOutOfReach: false } : { ...outOfReach(answer), isOutOfReach: true };
}
