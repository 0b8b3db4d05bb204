/** The UMA grant (UMA Grant §3.3): a ticket and claims about the requesting party become an RPT, or an answer why not. */
import type { DecideAccess } from '../../access/decide-access.ts';
import { splitScope } from '../../access/scope.ts';
import type { Failure } from '../../base/failure.ts';
import type { JsonObject } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Client } from '../authorization-server/client.ts';
import type { ClientStore } from '../authorization-server/client-store.ts';
import { type Grant, type GrantCall, grantTypes, readParameters } from '../authorization-server/grants.ts';
import { requestedPermissions } from './assess.ts';
import { registrationsBehind } from './client-behind.ts';
import { type ClaimsDeps, collectClaims, requiredClaims } from './collect-claims.ts';
import {
  decidePermissions,
  outOfReach,
  type PermissionAnswer,
  type PermissionQuestion,
  withheld,
} from './decide-permissions.ts';
import { type ClaimProblem, type UmaProblem, umaFailure } from './failures.ts';
import { type IssueDeps, issueRpt, recordRefusal } from './issue-rpt.ts';
import type { Permission } from './permission.ts';
import type { OfferedResource } from './resource-store.ts';
import { consumeTicket, issueTicket, type TicketDeps } from './ticket.ts';
import type { Presented, Ticket } from './ticket-store.ts';
import { umaTokenRequest } from './wire.ts';
import { isWithinRegistrations, type ReachDeps } from './within-registrations.ts';

export type RedeemDeps = TicketDeps &
  ClaimsDeps &
  ReachDeps &
  IssueDeps & {
    readonly clients: Pick<ClientStore, 'find'>;
    readonly decide: DecideAccess;
  };

export const umaGrant = (deps: RedeemDeps): Grant => ({
  type: grantTypes.umaTicket,
  async answer(call) {
    // Read before the ticket is touched: a request that makes no sense is not a presentation of it.
    const parameters = readParameters(umaTokenRequest, call.parameters);
    if (!parameters.ok) return parameters;
    const presented = await present(deps, parameters.value.ticket, call);
    if (!presented.ok) return err(umaFailure(presented.failure));
    const { ticket } = presented.value;
    const wanted = wantedOf(presented.value, call.client, splitScope(parameters.value.scope));
    if (!wanted.ok) return err(umaFailure(wanted.failure));
    const party = await collectClaims(deps, parameters.value, ticket, call.client, call.at);
    if (!party.ok) return err(await needInfo(deps, ticket, call, party.failure));
    const { permissions, resources, resourceServer } = wanted.value;
    const question = { patient: ticket.patient, party: party.value, permissions, resources, at: call.at };
    const answer = await decideWithinReach(deps, question, call.client);
    return await conclude(deps, { ...call, ticket, party: party.value, resourceServer, answer });
  },
});

type Checked<T> = Result<T, UmaProblem>;

/** Consumed whatever follows, also when it turns out to be another client's (UMA Grant §5.5). */
async function present(
  deps: RedeemDeps,
  secret: string,
  { client, at }: GrantCall,
): Promise<Checked<Presented>> {
  const presented = await consumeTicket(deps, secret, at);
  if (!presented) return err({ reason: 'ticket-not-live' });
  const { clientId } = presented.ticket;
  const isOwn = clientId === undefined || clientId === client.id;
  return isOwn ? ok(presented) : err({ reason: 'ticket-of-another-client' });
}

type Wanted = {
  readonly permissions: readonly Permission[];
  readonly resources: readonly OfferedResource[];
  readonly resourceServer: { readonly id: string; readonly resource: string };
};

/** What is in question now: a resource or scope withdrawn since the ticket was issued is not (uma2.md §4). */
function wantedOf(
  { ticket, audience, resources }: Presented,
  client: Client,
  requested: readonly string[],
): Checked<Wanted> {
  if (audience === undefined || resources.length === 0)
    return err({ reason: 'ticket-outlived-its-resources' });
  const permissions = requestedPermissions({
    registered: client.scopes,
    requested,
    ticket: ticket.permissions,
    available: new Map(resources.map((each) => [each.id, each.description.resource_scopes])),
  });
  if (!permissions.ok) return err({ reason: 'scope-fits-no-resource', scope: permissions.failure.scope });
  const resourceServer = { id: ticket.resourceServer, resource: audience };
  return ok({ permissions: permissions.value, resources, resourceServer });
}

/**
 * Outside its registration a client is answered as without consent (interfaces.md, Scopes). The consents are asked all
 * the same, so that the time it takes tells nothing, and what was asked is on record.
 */
async function decideWithinReach(
  deps: RedeemDeps,
  question: PermissionQuestion,
  client: Client,
): Promise<PermissionAnswer> {
  const [answer, isInReach] = await Promise.all([
    decidePermissions(deps, question),
    isWithinRegistrations(deps, question.patient, registrationsBehind(deps, client, question.party)),
  ]);
  return isInReach ? answer : outOfReach(answer);
}

/** UMA Grant §3.3.6: the successor ticket belongs to this client, and takes over whatever the ticket carried. */
async function needInfo(
  deps: RedeemDeps,
  ticket: Ticket,
  call: GrantCall,
  why: ClaimProblem,
): Promise<Failure> {
  const successor = await issueTicket(deps, { ...ticket, clientId: call.client.id }, call.at);
  return umaFailure({
    reason: 'claims-needed',
    ticket: successor,
    required: await requiredClaims(deps),
    why,
  });
}

/** No consent, a refusal and a permit of something else all end alike (interfaces.md, Tokens). */
async function conclude(
  deps: RedeemDeps,
  redemption: Parameters<typeof issueRpt>[1],
): Promise<Result<JsonObject, Failure>> {
  const rpt = redemption.answer.granted.length > 0 ? await issueRpt(deps, redemption) : undefined;
  if (rpt) return ok(rpt);
  await recordRefusal(deps, { ...redemption, answer: withheld(redemption.answer) });
  return err(umaFailure({ reason: 'denied' }));
}
