/** Issues permission tickets: a random secret goes out, its hash stays (UMA Grant §5.5). */

import { sha256 } from '../../../access/digest.ts';
import type { RandomBytes } from '../../../base/clock.ts';
import { randomSecret } from '../../../base/ids.ts';
import { earlier, type Instant, plusSeconds } from '../../../base/instant.ts';
import { isOver, waitingTicketEnd } from '../submitted/submitted-request.ts';
import type { Poll } from '../submitted/submitted-request-store.ts';
import type { Presented, Ticket, TicketStore } from './ticket-store.ts';

const lifetimeSeconds = 300;
/** However often it is renewed: nobody may keep a question open for ever (uma2.md §14). */
const longestProcessSeconds = 3600;

export type TicketDeps = { readonly tickets: Pick<TicketStore, 'issue'>; readonly random: RandomBytes };

/**
 * The first ticket of a process, or the successor of one that was consumed.
 *
 * @param until where the process has an end of its own
 */
export async function issueTicket(
  { tickets, random }: TicketDeps,
  ticket: Omit<Ticket, 'issuedAt' | 'expiresAt'> & Partial<Pick<Ticket, 'issuedAt'>>,
  at: Instant,
  until?: Instant,
): Promise<string> {
  const secret = randomSecret(random);
  const issuedAt = ticket.issuedAt ?? at;
  await tickets.issue(sha256(secret), {
    ...ticket,
    issuedAt,
    expiresAt:
      until ?? earlier(plusSeconds(at, lifetimeSeconds), plusSeconds(issuedAt, longestProcessSeconds)),
  });
  return secret;
}

/** The successor of a ticket that carries nothing new; undefined where that ticket, or what waits under it, is gone. */
export async function renewTicket(
  { tickets, random }: { readonly tickets: Pick<TicketStore, 'renew'>; readonly random: RandomBytes },
  consumed: string,
  expiresAt: Instant,
  poll: Poll,
): Promise<string | undefined> {
  const secret = randomSecret(random);
  const isRenewed = await tickets.renew(sha256(consumed), { secretHash: sha256(secret), expiresAt }, poll);
  return isRenewed ? secret : undefined;
}

/** The successor takes over what the ticket carried, and belongs to whoever presented it. */
export const succeedTicket = (
  deps: TicketDeps,
  { ticket, submitted }: Pick<Presented, 'ticket' | 'submitted'>,
  given: Required<Pick<Ticket, 'clientId'>> & Pick<Partial<Ticket>, 'claims'>,
  at: Instant,
): Promise<string> => {
  const successor = { ...ticket, ...given };
  if (submitted === undefined) return issueTicket(deps, successor, at);
  const { answeredAt, expiresAt, polledAt } = submitted;
  // While the patient is asked, an hour since the last poll, as though no other page had been visited: a client that
  // no longer polls keeps nobody waiting.
  if (answeredAt === undefined)
    return issueTicket(deps, successor, at, isOver(submitted, at) ? expiresAt : waitingTicketEnd(polledAt));
  // The hour begins again when the client first comes for the answer.
  const issuedAt = ticket.issuedAt > answeredAt ? ticket.issuedAt : at;
  return issueTicket(deps, { ...successor, issuedAt }, at);
};

/** INVARIANT: comes before anything is evaluated, and stays done whatever follows (U7). */
export async function consumeTicket(
  { tickets }: { readonly tickets: Pick<TicketStore, 'consume'> },
  secret: string,
  at: Instant,
): Promise<Presented | undefined> {
  return await tickets.consume(sha256(secret), at);
}
