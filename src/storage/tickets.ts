/** Permission tickets in PostgreSQL, found by the hash of their secret. */
import { and, eq, getTableColumns, isNull, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import { formatInstant, type Instant } from '../base/instant.ts';
import type { Presented, Ticket, TicketStore } from '../protocols/uma/ticket/ticket-store.ts';
import type { Database } from './database.ts';
import { insertionInto } from './insertion.ts';
import { offeredResources } from './offered-resources.ts';
import { prepared, texts, value } from './statement.ts';
import { isStanding, recalledRequestFrom } from './submitted-requests.ts';
import { client } from './tables/authorization.ts';
import { pct, submittedRequest, ticket } from './tables/uma.ts';
import { together } from './together.ts';

export function ticketStore(db: Database, { random }: { readonly random: RandomBytes }): TicketStore {
  const [insert, consumption] = [insertion(db), consumptionOver(db)];
  const consume = together(async (presentations: readonly Presentation[]) => {
    const once = presentations.filter(
      ({ secretHash }, at) => presentations.findIndex((each) => each.secretHash === secretHash) === at,
    );
    const rows = await consumption.execute({
      secretHashes: once.map(({ secretHash }) => secretHash),
      moments: once.map(({ at }) => formatInstant(at)),
    });
    const found = new Map(rows.map(({ secretHash, ...row }) => [secretHash, presentedFrom(row)]));
    return presentations.map(({ secretHash }) => {
      const presented = found.get(secretHash);
      // Of two who present one ticket in one statement the first comer gets it.
      found.delete(secretHash);
      return presented;
    });
  });
  return {
    issue: (secretHash, { claims, ...issued }) =>
      insert({ key: timeOrderedKey(issued.issuedAt, random), secretHash, ...issued, ...claims }),
    async renew(secretHash, { secretHash: next, expiresAt }, { polledAt, intervalSeconds }) {
      const times = { expiresAt: formatInstant(expiresAt), polledAt: formatInstant(polledAt) };
      return (await renewal(db, { secretHash, next, intervalSeconds, ...times })).length === 1;
    },
    consume: (secretHash, at) => consume({ secretHash, at }),
  };
}

type Presentation = { readonly secretHash: string; readonly at: Instant };

/**
 * Guarded by the lock: of many at once, PostgreSQL lets the first through and shows the others what it did. Locked in
 * order, so that two who present the same tickets wait for each other and never both.
 */
function consumptionOver(db: Database) {
  const live = sql`(select ticket.key, asked.at
    from rows from (unnest(${texts(value('secretHashes'))}, ${texts(value('moments'))}::timestamptz[]))
      as asked (secret_hash, at) join ticket on ticket.secret_hash = asked.secret_hash
    where ticket.consumed_at is null and ticket.expires_at > asked.at
    order by ticket.secret_hash for update of ticket) as live`;
  const presented = db
    .$with('presented')
    .as(
      db
        .update(ticket)
        .set({ consumedAt: sql`live.at` })
        .from(live)
        .where(sql`${ticket.key} = live.key`)
        .returning(getTableColumns(ticket)),
    );
  return db
    .with(presented)
    .select({
      secretHash: presented.secretHash,
      process: presented.process,
      resourceServer: presented.resourceServer,
      patient: presented.patient,
      permissions: presented.permissions,
      clientId: presented.clientId,
      party: presented.party,
      pctHash: presented.pctHash,
      issuedAt: presented.issuedAt,
      expiresAt: presented.expiresAt,
      audience: client.resource,
      submitted: submittedRequest,
      standing: isStanding,
      // A PCT that is gone has ended as well.
      isPctRevoked: sql<boolean>`${presented.pctHash} is not null and (${pct.secretHash} is null or ${pct.revokedAt} is not null)`,
      resources: offeredResources({
        permissions: sql`${presented.permissions}`,
        resourceServer: sql`${presented.resourceServer}`,
        patient: sql`${presented.patient}`,
      }),
    })
    .from(presented)
    .leftJoin(client, and(eq(client.id, presented.resourceServer), isNull(client.disabledAt)))
    .leftJoin(submittedRequest, eq(submittedRequest.process, presented.process))
    .leftJoin(pct, eq(pct.secretHash, presented.pctHash))
    .prepare('ticket_consume');
}

const insertion = insertionInto(ticket);

const renewal = prepared(sql`
  with renewed as (
    update ticket
      set secret_hash = ${value('next')}, expires_at = ${value('expiresAt')}::timestamptz, consumed_at = null
      from submitted_request as waiting
      where ticket.secret_hash = ${value('secretHash')} and ticket.consumed_at is not null
        and waiting.process = ticket.process
      returning waiting.key)
  update submitted_request
    set interval_seconds = ${value('intervalSeconds')}::integer, polled_at = ${value('polledAt')}::timestamptz
    from renewed where submitted_request.key = renewed.key
    returning submitted_request.key`);

type Found = Omit<Awaited<ReturnType<ReturnType<typeof consumptionOver>['execute']>>[number], 'secretHash'>;

const presentedFrom = (found: Found): Presented => {
  const { audience, resources, submitted, standing, isPctRevoked, ...rest } = found;
  return {
    ticket: ticketFrom(rest),
    resources,
    ...(audience === null ? {} : { audience }),
    ...(submitted === null ? {} : { submitted: recalledRequestFrom(submitted, standing) }),
    ...(isPctRevoked ? { isPctRevoked } : {}),
  };
};

type Row = Omit<typeof ticket.$inferSelect, 'key' | 'secretHash' | 'consumedAt'>;

const ticketFrom = ({ clientId, party, pctHash, ...row }: Row): Ticket => ({
  ...row,
  ...(clientId === null ? {} : { clientId }),
  ...(party === null ? {} : { claims: { party, ...(pctHash === null ? {} : { pctHash }) } }),
});
