/** A ticket whose process waits for the patient is a poll: the same answer again until there is one (uma2.md §10). */
import type { RandomBytes } from '../../../base/clock.ts';
import type { GrantCall } from '../../authorization-server/grants.ts';
import type { UmaProblem } from '../failures.ts';
import { isOver, nextPoll, waitingTicketEnd } from '../submitted/submitted-request.ts';
import { renewTicket } from '../ticket/ticket.ts';
import type { Presented, TicketStore } from '../ticket/ticket-store.ts';

export type PollDeps = {
  readonly tickets: Pick<TicketStore, 'renew'>;
  readonly random: RandomBytes;
};

/**
 * Undefined where nothing waits, or the patient said yes: then the consents decide. Nothing is decided before.
 *
 * @param secret of the ticket, which goes on under another
 */
export async function answerPoll(
  deps: PollDeps,
  secret: string,
  { submitted }: Presented,
  { at }: Pick<GrantCall, 'at'>,
): Promise<UmaProblem | undefined> {
  if (!submitted) return undefined;
  if (isOver(submitted, at) || submitted.answer === 'refused') return { reason: 'denied' };
  if (submitted.answer === 'approved') return undefined;
  const poll = nextPoll(submitted, at);
  const successor = await renewTicket(deps, secret, waitingTicketEnd(at), poll);
  if (successor === undefined) return { reason: 'ticket-not-live' };
  return { reason: 'submitted', ticket: successor, intervalSeconds: poll.intervalSeconds };
}
