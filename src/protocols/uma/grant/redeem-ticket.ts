/** The UMA grant (UMA Grant §3.3): a ticket and claims about the requesting party become an RPT, or an answer why not. */
import { splitScope } from '../../../access/scope.ts';
import type { JsonObject } from '../../../base/json.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { type Grant, type GrantCall, grantTypes, readParameters } from '../../authorization-server/grants.ts';
import { type AssessDeps, assessRequest } from '../assessment/assess-request.ts';
import { withheld } from '../assessment/decide-permissions.ts';
import { earlierRpt, type UpgradeDeps } from '../assessment/upgrade-rpt.ts';
import { claimsPath } from '../claims/present-at-browser.ts';
import { type UmaProblem, umaFailure } from '../failures.ts';
import { consumeTicket, succeedTicket, type TicketDeps } from '../ticket/ticket.ts';
import type { Presented, TicketStore } from '../ticket/ticket-store.ts';
import { wantedOf } from '../ticket/wanted.ts';
import { type UmaTokenRequest, umaTokenRequest } from '../wire.ts';
import { answerPoll, type PollDeps } from './answer-poll.ts';
import { type ClaimsDeps, type ClaimsMissing, collectClaims, requiredClaims } from './collect-claims.ts';
import { type IssueDeps, issueRpt, type Redemption, recordRefusal } from './issue-rpt.ts';
import { mayBeSubmitted, submitRequest } from './submit-request.ts';

export type RedeemDeps = TicketDeps &
  PollDeps &
  ClaimsDeps &
  AssessDeps &
  UpgradeDeps &
  IssueDeps & { readonly tickets: TicketStore };

export const umaGrant = (deps: RedeemDeps): Grant => ({
  type: grantTypes.umaTicket,
  async answer(call) {
    // Read before the ticket is touched: a request that makes no sense is not a presentation of it.
    const request = readParameters(umaTokenRequest, call.parameters);
    if (!request.ok) return request;
    const answer = await redeemTicket(deps, request.value, call);
    return answer.ok ? answer : err(umaFailure(answer.failure));
  },
});

type Checked<T> = Result<T, UmaProblem>;

async function redeemTicket(
  deps: RedeemDeps,
  request: UmaTokenRequest,
  call: GrantCall,
): Promise<Checked<JsonObject>> {
  const presented = await presentTicket(deps, request.ticket, call);
  if (!presented.ok) return presented;
  const stillWaits = await answerPoll(deps, request.ticket, presented.value, call);
  if (stillWaits) return err(stillWaits);
  const wanted = wantedOf(presented.value, call.client, splitScope(request.scope));
  if (!wanted.ok) return wanted;
  const claims = await collectClaims(deps, request, presented.value, call.client, call.at);
  if (!claims.ok) return err(await needInfo(deps, presented.value, call, claims.failure));
  const asked = { ...call, ...presented.value, ...wanted.value, ...claims.value };
  const before = await earlierRpt(deps, request.rpt, asked);
  const answer = await assessRequest(deps, asked, before);
  return await conclude(deps, { ...asked, answer });
}

/** Consumed whatever follows, also when it turns out to be another client's (UMA Grant §5.5). */
async function presentTicket(
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

/** UMA Grant §3.3.6: what was accepted so far stays with the process. */
async function needInfo(
  deps: RedeemDeps,
  presented: Presented,
  { client, at }: GrantCall,
  { why, held }: ClaimsMissing,
): Promise<UmaProblem> {
  const kept = { clientId: client.id, ...(held ? { claims: held } : {}) };
  const [ticket, required] = await Promise.all([
    succeedTicket(deps, presented, kept, at),
    requiredClaims(deps),
  ]);
  const redirect = client.claimsRedirectUris?.length ? { redirectUser: `${deps.issuer}${claimsPath}` } : {};
  return { reason: 'claims-needed', ticket, required, ...redirect, why };
}

/** No consent, a refusal and a permit of something else all end alike (interfaces.md, Tokens). */
async function conclude(deps: RedeemDeps, redemption: Redemption): Promise<Checked<JsonObject>> {
  const rpt = redemption.answer.granted.length > 0 ? await issueRpt(deps, redemption) : undefined;
  if (rpt) return ok(rpt);
  const refused = { ...redemption, answer: { ...redemption.answer, ...withheld(redemption.answer) } };
  if (mayBeSubmitted(refused)) return err(await submitRequest(deps, refused));
  await recordRefusal(deps, refused);
  return err({ reason: 'denied' });
}
