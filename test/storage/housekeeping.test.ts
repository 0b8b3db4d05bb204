/** What has expired goes, in bounded steps; what may still be asked for stays. */
import { getTableName, is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asInstant, plusSeconds } from '../../src/base/instant.ts';
import { type Database, type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { housekeepingSteps, mostAtOnce } from '../../src/storage/housekeeping.ts';
import * as auditTables from '../../src/storage/tables/audit.ts';
import * as authorizationTables from '../../src/storage/tables/authorization.ts';
import * as resourceTables from '../../src/storage/tables/resources.ts';
import * as umaTables from '../../src/storage/tables/uma.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import * as expiring from '../support/expiring-rows.ts';

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

const bounded = new Set(expiring.expiringTables);

const fill = (table: string, count: number, secondsAgo: number, from = 0): Promise<void> =>
  expiring.fill(db, table, { count, expiresAt: plusSeconds(at, -secondsAgo), from });
const countOf = (table: string): Promise<number> => expiring.countOf(db, table);

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
