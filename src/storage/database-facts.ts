/** What an operator wants to know of a database: its version, its clock, how much is in it. */
import { sql } from 'drizzle-orm';
import { asInstant, type Instant } from '../base/instant.ts';
import type { Database } from './database.ts';
import { auditEvent } from './tables/audit.ts';
import { client, token } from './tables/authorization.ts';
import { resource } from './tables/resources.ts';
import { umaResource } from './tables/uma.ts';

export type DatabaseFacts = {
  /** `18.4` */
  readonly version: string;
  /** `server_version_num`: 180004. */
  readonly versionNumber: number;
  readonly clock: Instant;
};

/** Needs none of our tables. */
export async function databaseFacts(db: Database): Promise<DatabaseFacts> {
  const [row] = await db.execute<{ version: string; number: string; clock: string }>(sql`
    select current_setting('server_version') as version,
      current_setting('server_version_num') as number,
      (extract(epoch from clock_timestamp()) * 1000)::bigint::text as clock`);
  if (!row) throw new Error('the database answers nothing');
  return {
    version: row.version,
    versionNumber: Number(row.number),
    clock: asInstant(Number(row.clock)),
  };
}

const counted = {
  clients: client,
  'registered resources': umaResource,
  resources: resource,
  tokens: token,
  'audit events': auditEvent,
} as const;

export async function databaseCounts(db: Database): Promise<Readonly<Record<string, number>>> {
  const counts = Object.entries(counted).map(
    ([name, table]) => sql`(select count(*) from ${table})::text as ${sql.identifier(name)}`,
  );
  const [row = {}] = await db.execute<Record<string, string>>(sql`select ${sql.join(counts, sql`, `)}`);
  return Object.fromEntries(Object.entries(row).map(([name, count]) => [name, Number(count)]));
}
