/** Rows of every table that housekeeping bounds, by their number and when they expire. */
import { formatInstant, type Instant } from '../../src/base/instant.ts';
import type { Database } from '../../src/storage/database.ts';

const rows: Readonly<Record<string, string>> = {
  ticket: `(key, secret_hash, process, resource_server, patient, permissions, issued_at, expires_at)
    select gen_random_uuid(), n, 'p', 's', 'Patient/1', '[]', now(), ends`,
  approval: `(key, token_id, process, client_id, resource_server, patient, permissions, party, subject, expires_at)
    select gen_random_uuid(), n, 'p', 'c', 's', 'Patient/1', '[]', '{}', 'x', ends`,
  submitted_request: `(key, id, process, patient, about, client_id, resource_server, permissions, party, submitted_at,
      expires_at, interval_seconds, polled_at)
    select gen_random_uuid(), n, n, 'Patient/1', 'Patient/1', 'c', 's', '[]', '{}', now(), ends, 5, now()`,
  pct: `(secret_hash, client_id, party, issued_at, expires_at) select n, 'c', '{}', now(), ends`,
  token: `(key, id, kind, client_id, scopes, issued_at, expires_at)
    select gen_random_uuid(), n, 'access', 'c', '{}', now(), ends`,
  authorization_code: `(code_hash, "authorization", client_id, redirect_uri, is_redirect_named, code_challenge, expires_at)
    select n, 'a', 'c', 'https://app', true, 'x', ends`,
  refresh_token: `(secret_hash, "authorization", client_id, issued_at, expires_at, used_at)
    select n, n, 'c', now(), ends, now()`,
  authorization: `(key, id, client_id, patient, scopes, resources, authorized_at, expires_at)
    select gen_random_uuid(), n, 'c', 'Patient/1', '{}', '{}', now(), ends`,
  session: `(secret_hash, patient, signed_in_at, last_seen_at, expires_at) select n, 'Patient/1', now(), now(), ends`,
  used_assertion: `(client_id, jti_hash, expires_at) select 'c', n, ends`,
  rate_limit: `(bucket, count, expires_at) select n, 1, ends`,
};
export const expiringTables: readonly string[] = Object.keys(rows);

export type Rows = { readonly count: number; readonly expiresAt: Instant; readonly from?: number };

export async function fill(db: Database, table: string, { count, expiresAt, from = 0 }: Rows): Promise<void> {
  await db.execute(`insert into "${table}" ${rows[table]}
    from (select (${from} + i)::text as n, '${formatInstant(expiresAt)}'::timestamptz as ends
      from generate_series(1, ${count}) as i) as expired`);
}

export async function countOf(db: Database, table: string): Promise<number> {
  const [row] = await db.execute(`select count(*)::int as count from "${table}"`);
  return Number(row?.['count']);
}
