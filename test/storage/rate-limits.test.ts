/** Counting in PostgreSQL how often somebody came: exact however many count at once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RateLimitStore } from '../../src/access/rate-limit-store.ts';
import { asInstant, plusSeconds } from '../../src/base/instant.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { rateLimitStore } from '../../src/storage/rate-limits.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const at = asInstant(Date.parse('2026-10-01T10:00:00.250Z'));
const ends = plusSeconds(at, 60);

let fresh: TestDatabase;
let open: OpenDatabase;
let store: RateLimitStore;

beforeAll(async () => {
  fresh = await freshDatabase();
  open = openDatabase(fresh.url, { connections: 10 });
  store = rateLimitStore(open.database);
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

const counted = async (bucket: string, more: number, when = at) =>
  (await store.add([{ bucket, more, expiresAt: plusSeconds(when, 60) }], when))[0];

it('adds up until the end of what came first, and begins anew then', async () => {
  const bucket = randomUUID();
  expect(await counted(bucket, 1)).toEqual({ count: 1, expiresAt: ends });
  expect(await counted(bucket, 4, plusSeconds(at, 59))).toEqual({ count: 5, expiresAt: ends });
  expect(await counted(bucket, 2, ends)).toEqual({ count: 2, expiresAt: plusSeconds(ends, 60) });
});

it('counts each of many that come at once, in several buckets and any order', async () => {
  const [a, b] = [randomUUID(), randomUUID()];
  const both = (order: readonly string[]) =>
    store.add(
      order.map((bucket) => ({ bucket, more: 1, expiresAt: ends })),
      at,
    );
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => both(index % 2 ? [a, b] : [b, a])),
  );
  const counts = answers.map(([first]) => first?.count ?? 0);
  expect(Math.max(...counts)).toBe(50);
  expect(await both([a, b])).toEqual([
    { count: 51, expiresAt: ends },
    { count: 51, expiresAt: ends },
  ]);
});

it('keeps the answers in the order of the questions', async () => {
  const [a, b] = ['z', 'a'].map((letter) => letter + randomUUID());
  await counted(a ?? '', 3);
  const answers = await store.add(
    [a, b].map((bucket = '') => ({ bucket, more: 1, expiresAt: ends })),
    at,
  );
  expect(answers.map(({ count }) => count)).toEqual([4, 1]);
});

it('takes back as many of each, within the time it was counted in alone, and nothing that is not there', async () => {
  const [a, b] = [randomUUID(), randomUUID()];
  await counted(a, 5);
  await counted(b, 3);
  const added = [a, b, randomUUID()].map((bucket) => ({ bucket, less: 2, expiresAt: ends }));
  await Promise.all([store.takeBack(added), store.takeBack(added.toReversed())]);
  expect(await counted(a, 0)).toEqual({ count: 1, expiresAt: ends });
  expect(await counted(b, 0)).toEqual({ count: 0, expiresAt: ends });
  await counted(a, 5, ends);
  await store.takeBack(added);
  expect((await counted(a, 0, ends))?.count).toBe(5);
});

it('has a largest number, and stays there', async () => {
  const bucket = randomUUID();
  await counted(bucket, 1_000_000_000);
  expect((await counted(bucket, 2_000_000_000))?.count).toBe(1_000_000_000);
});
