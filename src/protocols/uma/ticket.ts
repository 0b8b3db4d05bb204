/** Issues permission tickets: a random secret goes out, its hash stays (UMA Grant §5.5). */
import type { RandomBytes } from '../../base/clock.ts';
import { randomSecret } from '../../base/ids.ts';
import { type Instant, plusSeconds } from '../../base/instant.ts';
import { sha256 } from '../authorization-server/hash.ts';
import type { Ticket, TicketStore } from './ticket-store.ts';

const lifetimeSeconds = 300;

export type TicketDeps = { readonly tickets: TicketStore; readonly random: RandomBytes };

/** The first ticket of a process, or the successor of one that was consumed. */
export async function issueTicket(
  { tickets, random }: TicketDeps,
  ticket: Omit<Ticket, 'issuedAt' | 'expiresAt'>,
  at: Instant,
): Promise<string> {
  const secret = randomSecret(random);
  await tickets.issue(await sha256(secret), {
    ...ticket,
    issuedAt: at,
    expiresAt: plusSeconds(at, lifetimeSeconds),
  });
  return secret;
}

/** INVARIANT: comes before anything is evaluated, and stays done whatever follows (U7). */
export async function consumeTicket(
  { tickets }: TicketDeps,
  secret: string,
  at: Instant,
): Promise<Ticket | undefined> {
  return await tickets.consume(await sha256(secret), at);
}
