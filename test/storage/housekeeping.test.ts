/** What has expired goes, in bounded steps; what may still be asked for stays. */
import { getTableName, is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asInstant, formatInstant, plusSeconds } from '../../src/base/instant.ts';
import { type Database, type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { housekeepingSteps, mostAtOnce } from '../../src/storage/housekeeping.ts';
import * as auditTables from '../../src/storage/tables/audit.ts';
import * as authorizationTables from '../../src/storage/tables/authorization.ts';
import * as resourceTables from '../../src/storage/tables/resources.ts';
import * as umaTables from '../../src/storage/tables/uma.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const at = asInstant(Date.parse('2026-10-01T10:00:00Z'));
const hour = 3600;

let fresh: TestDatabase;
let open: OpenDatabase;
let db: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  open = openDatabase(fresh.url, { connections: 4 });
  db = open.database;
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});
beforeEach(() => db.execute(`truncate ${[...bounded].map((name) => `"${name}"`).join(', ')}`));

/** A row of each table, by its number and when it expires. */
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
const bounded = new Set(Object.keys(rows));

async function fill(table: string, count: number, secondsAgo: number, from = 0): Promise<void> {
  const ends = formatInstant(plusSeconds(at, -secondsAgo));
  await db.execute(`insert into "${table}" ${rows[table]}
    from (select (${from} + i)::text as n, '${ends}'::timestamptz as ends from generate_series(1, ${count}) as i) as expired`);
}

async function countOf(table: string): Promise<number> {
  const [row] = await db.execute(`select count(*)::int as count from "${table}"`);
  return Number(row?.['count']);
}

const step = (table: string) => {
  const found = housekeepingSteps(db).find(({ name }) => name === table);
  if (!found) throw new Error(`nobody keeps ${table}`);
  return found;
};

it('every table is bounded: by time, by those who register, or because a record is for ever', () => {
  const tables = [authorizationTables, umaTables, resourceTables, auditTables]
    .flatMap((module) => Object.values(module))
    .filter((table) => is(table, PgTable));
  const keptByOperators = ['client', 'signing_key', 'trusted_issuer', 'uma_resource'];
  const records = ['resource', 'resource_date', 'resource_history', 'audit_event'];
  expect(tables.map((table) => getTableName(table)).sort()).toEqual(
    [...bounded, ...keptByOperators, ...records].sort(),
  );
  expect(
    housekeepingSteps(db)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...bounded].sort());
  for (const table of tables.filter((one) => bounded.has(getTableName(one)))) {
    const { indexes, name } = getTableConfig(table);
    expect(indexes.map(({ config }) => config.name)).toContain(`${name}_expires_at`);
  }
});

describe.each([...bounded].filter((name) => name !== 'refresh_token'))('%s', (table) => {
  it('loses what expired an hour ago, a thousand at a time, and nothing else', async () => {
    await fill(table, 2300, hour, 0);
    await fill(table, 30, hour - 1, 10_000);
    await fill(table, 30, -hour, 20_000);
    const removed: number[] = [];
    while (removed.length < 10) removed.push(await step(table).run(at));
    expect(removed).toEqual([mostAtOnce, mostAtOnce, 300, 0, 0, 0, 0, 0, 0, 0]);
    expect(await countOf(table)).toBe(60);
  });

  it('is kept by two at once, each removing what the other does not', async () => {
    await fill(table, 1500, hour);
    const removed = await Promise.all([step(table).run(at), step(table).run(at)]);
    const counts = [...removed, await step(table).run(at), await step(table).run(at)];
    expect(counts.reduce((sum, count) => sum + count)).toBe(1500);
    expect(await countOf(table)).toBe(0);
  });
});

it('refresh tokens, used and expired ones among them, stay until their authorization has ended', async () => {
  await fill('authorization', 1, -hour);
  await fill('authorization', 1, hour, 1);
  await fill('refresh_token', 2, 100 * hour);
  expect(await step('refresh_token').run(at)).toBe(1);
  expect(await countOf('refresh_token')).toBe(1);
  const later = plusSeconds(at, 2 * hour);
  expect(await step('refresh_token').run(later)).toBe(1);
});

it('an authorization stays until its refresh tokens are gone, so that none is left behind', async () => {
  await fill('authorization', 1, hour);
  await fill('refresh_token', 1, hour);
  expect(await step('authorization').run(at)).toBe(0);
  expect(await step('refresh_token').run(at)).toBe(1);
  expect(await step('authorization').run(at)).toBe(1);
});
