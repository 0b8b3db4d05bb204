/** Asking for the approval ourselves, without the client noticing: variant B1 of cascaded-authorization.md §4. */
import { err, ok, type Result } from '../base/result.ts';
import { type AuthorityReply, callAuthority, refused, unreadable } from './call-authority.ts';
import { idTokenFormat } from './claim-token.ts';
import { authenticate } from './client-assertion.ts';
import type { CascadeFailure } from './failure.ts';
import { objectsOf, textOf } from './members.ts';
import type { Upstream } from './upstream.ts';

export type ApprovalRequest = {
  /** From `requestTicket`, or the newest one of a process that is under way. */
  readonly ticket: string;
  /** About the real requester, purpose and client, never about this server alone (T4); from `signClaimToken`. */
  readonly claimToken: string;
};

/**
 * Redeems the ticket as a client of the authority (UMA Grant §3.3.1) and returns the RPT, to be passed to
 * `acceptApproval`. What the authority wants or waits for bubbles up as `more-information-needed` or
 * `approval-pending`, both with the next ticket; `approval-denied` never says why.
 *
 * @example
 * const rpt = await requestApproval(upstream, { ticket: ticket.value, claimToken });
 * if (!rpt.ok && rpt.failure.reason === 'approval-pending') await pollLater(rpt.failure.ticket);
 */
export async function requestApproval(
  upstream: Upstream,
  request: ApprovalRequest,
): Promise<Result<string, CascadeFailure>> {
  const { authority, client, wiring } = upstream;
  const proof = await authenticate(client, authority.issuer, wiring.clock());
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
    ticket: request.ticket,
    claim_token: request.claimToken,
    claim_token_format: idTokenFormat,
    ...proof,
  };
  const reply = await callAuthority(wiring, authority.tokenEndpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  return reply.ok ? readOutcome(reply.value, request.ticket) : reply;
}

function readOutcome(reply: AuthorityReply, spent: string): Result<string, CascadeFailure> {
  if (reply.status !== 200) return err(readRefusal(reply, spent));
  const token = textOf(reply.body['access_token']);
  return token === undefined ? err(unreadable('the token response lacks `access_token`')) : ok(token);
}

// UMA Grant §3.3.6. A ticket equal to the one just spent would loop.
function readRefusal(reply: AuthorityReply, spent: string): CascadeFailure {
  const error = textOf(reply.body['error']);
  if (error === 'request_denied')
    return { reason: 'approval-denied', detail: 'the authority denied the request' };
  if (error !== 'need_info' && error !== 'request_submitted') return refused(reply);
  const ticket = textOf(reply.body['ticket']);
  if (ticket === undefined || ticket === spent) return unreadable(`\`${error}\` came without a new ticket`);
  return error === 'need_info' ? moreNeeded(reply, ticket) : pending(reply, ticket);
}

function moreNeeded({ body }: AuthorityReply, ticket: string): CascadeFailure {
  const redirectUser = textOf(body['redirect_user']);
  return {
    reason: 'more-information-needed',
    detail: 'the authority needs more claims',
    ticket,
    requiredClaims: objectsOf(body['required_claims']) ?? [],
    ...(redirectUser === undefined ? {} : { redirectUser }),
  };
}

function pending({ body }: AuthorityReply, ticket: string): CascadeFailure {
  const interval = body['interval'];
  const detail = 'the patient has been asked';
  const seconds = typeof interval === 'number' ? { intervalSeconds: interval } : {};
  return { reason: 'approval-pending', detail, ticket, ...seconds };
}
