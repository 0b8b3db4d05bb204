/** Permission tickets in PostgreSQL, found by the hash of their secret. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import type { Ticket, TicketStore } from '../protocols/uma/ticket/ticket-store.ts';
import type { Database } from './database.ts';
import { insertion } from './insertion.ts';
import { offeredResources } from './offered-resources.ts';
import { submittedRequestFrom } from './submitted-requests.ts';
import { client } from './tables/authorization.ts';
import { submittedRequest, ticket } from './tables/uma.ts';

export function ticketStore(db: Database, { random }: { readonly random: RandomBytes }): TicketStore {
  const consumption = consumptionOver(db);
  return {
    async issue(secretHash, issued) {
      await insert(db, { key: timeOrderedKey(issued.issuedAt, random), secretHash, ...issued });
    },
    async consume(secretHash, at) {
      const [row] = await consumption.execute({ secretHash, at });
      if (!row) return undefined;
      const { audience, resources, submitted, ...rest } = row;
      return {
        ticket: ticketFrom(rest),
        resources,
        ...(audience === null ? {} : { audience }),
        ...(submitted === null ? {} : { submitted: submittedRequestFrom(submitted) }),
      };
    },
  };
}

/** One guarded update: of many at once, PostgreSQL lets the first through and shows the others what it did. */
function consumptionOver(db: Database) {
  const presented = db.$with('presented').as(
    db
      .update(ticket)
      .set({ consumedAt: sql`${sql.param(sql.placeholder('at'), ticket.consumedAt)}` })
      .where(
        and(
          eq(ticket.secretHash, sql.placeholder('secretHash')),
          isNull(ticket.consumedAt),
          sql`${ticket.expiresAt} > ${sql.param(sql.placeholder('at'), ticket.expiresAt)}`,
        ),
      )
      .returning(),
  );
  return db
    .with(presented)
    .select({
      process: presented.process,
      resourceServer: presented.resourceServer,
      patient: presented.patient,
      permissions: presented.permissions,
      clientId: presented.clientId,
      party: presented.party,
      issuedAt: presented.issuedAt,
      expiresAt: presented.expiresAt,
      audience: client.resource,
      submitted: submittedRequest,
      resources: offeredResources({
        permissions: sql`${presented.permissions}`,
        resourceServer: sql`${presented.resourceServer}`,
        patient: sql`${presented.patient}`,
      }),
    })
    .from(presented)
    .leftJoin(client, and(eq(client.id, presented.resourceServer), isNull(client.disabledAt)))
    .leftJoin(submittedRequest, eq(submittedRequest.process, presented.process))
    .prepare('ticket_consume');
}

const insert = insertion(ticket);

type Row = Omit<typeof ticket.$inferSelect, 'key' | 'secretHash' | 'consumedAt'>;

const ticketFrom = ({ clientId, party, ...row }: Row): Ticket => ({
  ...row,
  ...(clientId === null ? {} : { clientId }),
  ...(party === null ? {} : { party }),
});
