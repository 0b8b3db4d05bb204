/** Permission tickets in PostgreSQL, found by the hash of their secret. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import type { Ticket, TicketStore } from '../protocols/uma/ticket-store.ts';
import type { Database } from './database.ts';
import { ticket } from './tables/uma.ts';

export function ticketStore(db: Database, { random }: { readonly random: RandomBytes }): TicketStore {
  // One guarded update: of many at once, PostgreSQL lets the first through and shows the others what it did.
  const consumption = db
    .update(ticket)
    .set({ consumedAt: sql`${sql.param(sql.placeholder('at'), ticket.consumedAt)}` })
    .where(
      and(
        eq(ticket.secretHash, sql.placeholder('secretHash')),
        isNull(ticket.consumedAt),
        sql`${ticket.expiresAt} > ${sql.param(sql.placeholder('at'), ticket.expiresAt)}`,
      ),
    )
    .returning()
    .prepare('ticket_consume');
  return {
    async issue(secretHash, issued) {
      await db.insert(ticket).values({ key: timeOrderedKey(issued.issuedAt, random), secretHash, ...issued });
    },
    async consume(secretHash, at) {
      const [row] = await consumption.execute({ secretHash, at });
      return row && ticketFrom(row);
    },
  };
}

const ticketFrom = (row: typeof ticket.$inferSelect): Ticket => ({
  process: row.process,
  resourceServer: row.resourceServer,
  patient: row.patient,
  permissions: row.permissions,
  issuedAt: row.issuedAt,
  expiresAt: row.expiresAt,
  ...(row.clientId === null ? {} : { clientId: row.clientId }),
  ...(row.party === null ? {} : { party: row.party }),
});
