/** What the person said: back to the client with a ticket that carries it, and nothing of it in the address (UMA Grant §3.3.3). */
import type { Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { redirectBack } from '../../authorization-server/authorize/failures.ts';
import { foreignForm, isFormOf } from '../../authorization-server/browser/form-token.ts';
import { recognizeVisitor } from '../../authorization-server/browser/visitor.ts';
import { isSameParty } from '../party/requesting-party.ts';
import { succeedTicket } from '../ticket/ticket.ts';
import { claimsFailure } from './failures.ts';
import { askVisitor, type BrowserCall, type GatherDeps } from './gather-claims.ts';
import { ownRecordParty } from './own-record-party.ts';
import { presentAtBrowser } from './present-at-browser.ts';

export type Said = {
  readonly answer: 'self' | 'nothing';
  readonly formToken: string | undefined;
  /** The request that the page was about. */
  readonly query: URLSearchParams;
};

export async function takeClaims(
  deps: GatherDeps,
  { answer, formToken, query }: Said,
  { headers, at }: BrowserCall,
): Promise<Result<Reply, Failure>> {
  const visitor = await recognizeVisitor(deps, headers, at);
  // Before the ticket is touched: what another site sends is no presentation by this browser (UMA Grant §5.1).
  if (!isFormOf(visitor, formToken)) return err(foreignForm);
  const asked = await presentAtBrowser(deps, query, at);
  if (!asked.ok) return asked;
  const { claimant, presented } = asked.value;
  if (answer === 'nothing') return err(claimsFailure('declined', deps.issuer, claimant));
  if (visitor.patient === undefined) return await askVisitor(deps, asked.value, visitor, at);
  const party = ownRecordParty(deps.issuer, visitor.patient, claimant.client, at);
  const before = presented.ticket.claims?.party;
  if (before && !isSameParty(before, party)) return err(claimsFailure('other-party', deps.issuer, claimant));
  const ticket = await succeedTicket(
    deps,
    presented,
    { clientId: claimant.client.id, claims: { party } },
    at,
  );
  return ok({ status: 303, location: redirectBack(deps.issuer, claimant, { ticket }) });
}
