/** What a check costs: index lookups alone, however much is stored, and whatever plan PostgreSQL settles on. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Evidence } from '../../src/access/evidence.ts';
import { asInstant } from '../../src/base/instant.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { readEvidence } from '../../src/storage/evidence.ts';
import {
  aConsent,
  aResource,
  called,
  type Filed,
  type Filing,
  filing,
  to,
} from '../contract/read-evidence/filing.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let fresh: TestDatabase;
let open: OpenDatabase;
let files: Filing;
const people = 4000;

const resourcesOf = (at: number): readonly Filed[] => [
  aResource(`Patient/p${at}`, { identifier: [called(`p${at}`)] }),
  aResource(`Practitioner/d${at}`, { identifier: [called(`d${at}`)] }),
  aConsent(`c${at}`, to(`Patient/p${at}`), {
    provision: [{ actor: [{ reference: to(`Practitioner/d${at}`) }] }],
  }),
];

beforeAll(async () => {
  fresh = await freshDatabase();
  // One connection, whose prepared statements go through every plan; nothing else writes, so that the counts are its own.
  open = openDatabase(fresh.url, { connections: 1 });
  files = filing(open.database);
  const all = Array.from({ length: people }, (_, at) => resourcesOf(at)).flat();
  for (let from = 0; from < all.length; from += 1000) await files.put(...all.slice(from, from + 1000));
  await open.client`vacuum analyze`;
}, 120_000);
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

/** As PostgreSQL counts them, after its own buffering. */
async function counts() {
  await open.client`select pg_stat_force_next_flush()`;
  const [row] = await open.client`
    select sum(seq_tup_read)::integer as walked, sum(coalesce(idx_tup_fetch, 0))::integer as fetched
      from pg_stat_user_tables where relname in ('resource', 'resource_history')`;
  return { walked: Number(row?.['walked']), fetched: Number(row?.['fetched']) };
}

async function walkedWhile(work: () => Promise<unknown>): Promise<number> {
  const before = await counts();
  await work();
  return (await counts()).walked - before.walked;
}

const evidence = () => readEvidence(open.database);
const patients = (count: number) => Array.from({ length: count }, (_, at) => `p${at * 3}`);
const seeds = (count: number) =>
  Array.from({ length: count }, (_, at) => [`Practitioner/d${at}`, `urn:x|d${at + 1}`, 'Organization/none']);
const lookups = (all: readonly Evidence[]) => all.map((each) => each.lookups);

test('the count tells of a walk', async () => {
  const walk = () => open.client`select count(*) from resource where filed_by = 'nobody'`;
  expect(await walkedWhile(walk)).toBe(people * 3);
});

test.each([1, 3, 300])('asking about %i at once walks through no table', async (count) => {
  const walked = await walkedWhile(async () => {
    for (let turn = 0; turn < 8; turn++) {
      const own = await evidence().ofPatients(patients(count));
      const named = await evidence().around(seeds(count));
      expect(own.every(({ found }) => found.length === 2)).toBe(true);
      await evidence().stamps(lookups([...own, ...named]));
    }
  });
  expect(walked).toBe(0);
});

test('nor does reading as of an earlier instant', async () => {
  const then = asInstant(Date.UTC(2028, 0, 1));
  const walked = await walkedWhile(async () => {
    for (let turn = 0; turn < 8; turn++) {
      const [own] = await evidence().ofPatients(patients(1), then);
      const [named] = await evidence().around(seeds(1), then);
      expect([own?.found.length, named?.found.length]).toEqual([2, 2]);
    }
  });
  expect(walked).toBe(0);
});

test('one question costs too little, in the eyes of the planner, to be compiled first (jit_above_cost)', async () => {
  const sent: { text: string; values: readonly unknown[] }[] = [];
  open.client.options.debug = (_connection, text, values) => sent.push({ text, values });
  const then = asInstant(Date.UTC(2028, 0, 1));
  const own = await evidence().ofPatients(patients(1));
  await evidence().ofPatients(patients(1), then);
  await evidence().around(seeds(1));
  await evidence().around(seeds(1), then);
  await evidence().stamps(lookups(own));
  open.client.options.debug = false;
  expect(sent).toHaveLength(5);
  for (const { text, values } of sent) {
    const [row] = await open.client.unsafe(`explain (format json) ${text}`, values as never[]);
    const [{ Plan: plan }] = JSON.parse(String(row?.['QUERY PLAN']));
    expect(plan['Total Cost']).toBeLessThan(100_000);
  }
});
