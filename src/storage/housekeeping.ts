/** Removes what has expired, so many rows at a time: nothing that only time ends stays for ever. */
import { getTableName, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { formatInstant, type Instant, plusSeconds } from '../base/instant.ts';
import type { Database } from './database.ts';
import { prepared, value } from './statement.ts';
import {
  authorization,
  authorizationCode,
  rateLimit,
  refreshToken,
  session,
  token,
  usedAssertion,
} from './tables/authorization.ts';
import { approval, pct, submittedRequest, ticket } from './tables/uma.ts';

export type HousekeepingStep = {
  /** The table. */
  readonly name: string;
  /** How many rows it removed; as many as `mostAtOnce` means that there may be more. */
  readonly run: (at: Instant) => Promise<number>;
};

/** Few enough that nobody waits for their locks. */
export const mostAtOnce = 1000;
/**
 * For instances whose clock is slow, to whom it has not expired yet: an assertion would be believed a second time. And
 * for whoever looks into a table after a complaint.
 */
const graceSeconds = 3600;

export const housekeepingSteps = (db: Database): readonly HousekeepingStep[] =>
  steps.map(({ name, remove }) => ({
    name,
    run: async (at) => (await remove(db, { before: formatInstant(plusSeconds(at, -graceSeconds)) })).length,
  }));

const before = value('before');

/** Several at once pass over what another one is removing. */
const removing = (table: PgTable, chosen: SQL) => ({
  name: getTableName(table),
  remove: prepared<{ readonly gone: number }>(sql`
    delete from ${table} where ctid = any(array(
      ${chosen} limit ${sql.raw(String(mostAtOnce))} for update of chosen skip locked))
    returning 1 as gone`),
});

const expired = (table: PgTable & { readonly expiresAt: PgColumn }, and: SQL = sql``) =>
  removing(
    table,
    sql`select chosen.ctid from ${table} as chosen where chosen.expires_at <= ${before} ${and}
      order by chosen.expires_at`,
  );

const steps = [
  expired(ticket),
  expired(approval),
  expired(submittedRequest),
  expired(pct),
  expired(token),
  expired(authorizationCode),
  // Used or not, each gives away whoever presents it again, for as long as there is something to end (RFC 9700 §4.14.2).
  removing(
    refreshToken,
    sql`select chosen.ctid from ${authorization} as ended
      join ${refreshToken} as chosen on chosen."authorization" = ended.id
      where ended.expires_at <= ${before}`,
  ),
  expired(
    authorization,
    sql`and not exists (select from ${refreshToken} as left_over where left_over."authorization" = chosen.id)`,
  ),
  expired(session),
  expired(usedAssertion),
  expired(rateLimit),
];
