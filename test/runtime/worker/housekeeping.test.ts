// Housekeeping in workerd, where no process goes round by itself: the cron of `wrangler.toml` calls `scheduled`.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plusSeconds } from '../../../src/base/instant.ts';
import { countOf, expiringTables, fill } from '../../support/expiring-rows.ts';
import { now, startWorkerd, type Workerd } from '../../support/workerd.ts';

let workerd: Workerd;

beforeAll(async () => {
  workerd = await startWorkerd();
});
afterAll(() => workerd?.stop());

const hour = 3600;
/** More than is removed at once. */
const expired = (table: string): Promise<void> =>
  fill(workerd.database, table, { count: 1500, expiresAt: plusSeconds(now(), -2 * hour) });
const live = (table: string): Promise<void> =>
  fill(workerd.database, table, { count: 3, expiresAt: plusSeconds(now(), hour), from: 10_000 });

test('what has expired is removed from every table, and nothing else', async () => {
  for (const table of expiringTables) await Promise.all([expired(table), live(table)]);
  expect((await workerd.scheduled()).outcome).toBe('ok');
  for (const table of expiringTables)
    expect([table, await countOf(workerd.database, table)]).toEqual([table, 3]);
  const removed = workerd.logs().filter((line) => line.includes('"housekeeping.removed"'));
  expect(removed).toHaveLength(expiringTables.length);
});

test('two rounds at once do no harm', async () => {
  const left = await countOf(workerd.database, 'used_assertion');
  await expired('used_assertion');
  const rounds = await Promise.all([workerd.scheduled(), workerd.scheduled()]);
  expect(rounds.map((round) => round.outcome)).toEqual(['ok', 'ok']);
  expect(await countOf(workerd.database, 'used_assertion')).toBe(left);
});

// Last: what follows would have no database.
test('without a database a round fails table by table, says so, and the service goes on', async () => {
  await workerd.dropDatabase();
  expect((await workerd.scheduled()).outcome).toBe('ok');
  const failed = workerd.logs().filter((line) => line.includes('"housekeeping.failed"'));
  expect(failed).toHaveLength(expiringTables.length);
  expect((await workerd.send('GET', '/healthz')).status).toBe(200);
});
