/** Resources that older rules indexed, or none, are found again once the database is migrated. */
import { randomBytes } from 'node:crypto';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { everything } from '../../src/fhir/resource-store.ts';
import { entryOf } from '../../src/fhir/search/search.ts';
import { reindex } from '../../src/runtime/reindex.ts';
import { resourceStore } from '../../src/storage/resources.ts';
import { consentR4, consentR5 } from '../protocols/fhir-api/consents.ts';
import { commandLine, issuer, run } from './cli/command-line.ts';

const { database, file } = commandLine();
const random = (count: number) => new Uint8Array(randomBytes(count));

const consents = Array.from({ length: 12 }, (_, at) =>
  at % 2 === 0
    ? { ...consentR4(`p${at}`, { dateTime: '2026-03-04' }), id: `c${at}` }
    : { ...consentR5(`p${at}`, { date: '2026-03-04' }), id: `c${at}` },
);

async function found() {
  const day = { start: Date.UTC(2026, 2, 4), end: Date.UTC(2026, 2, 4, 23, 59, 59, 999) };
  const store = resourceStore(database(), { random });
  const page = { count: 100, total: true };
  const all = [
    { kind: 'entry', any: [entryOf.code('status', 'active')] },
    { kind: 'date', parameters: ['date'], any: [{ prefix: 'eq', ...day }] },
  ] as never;
  return (await store.search({ type: 'Consent', all }, [], page, everything)).total;
}

/** As a migration leaves them. */
async function forget() {
  await database().execute("update resource set entries = '{}', indexed_by = 0");
  await database().execute('delete from resource_date');
  expect(await found()).toBe(0);
}

const history = async () =>
  (
    await database().execute(
      'select type, id, version, updated_at::text from resource_history order by 1, 2, 3',
    )
  ).map((row) => JSON.stringify(row));

beforeAll(async () => {
  await run('import', await file('all.ndjson', ...consents, { resourceType: 'Patient', id: 'p1' }));
  expect(await found()).toBe(12);
});
beforeEach(forget);

it('all are found again, in batches, and nothing is done twice', async () => {
  const before = await history();
  expect(await reindex(database(), { issuer, random, batchSize: 5 })).toBe(13);
  expect(await found()).toBe(12);
  expect(await reindex(database(), { issuer, random })).toBe(0);
  expect(await history()).toEqual(before);
});

it('two that run at once share the work', async () => {
  const counts = await Promise.all([1, 2].map(() => reindex(database(), { issuer, random, batchSize: 2 })));
  expect(counts.reduce((sum, count) => sum + count)).toBe(13);
  expect(await found()).toBe(12);
});

it('`headwater migrate` does it', async () => {
  expect((await run('migrate')).code).toBe(0);
  expect(await found()).toBe(12);
});
