import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asInstant } from '../../src/base/instant.ts';
import { everything } from '../../src/fhir/resource-store.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { resourcesToIndex } from '../../src/storage/reindex.ts';
import { resourceStore } from '../../src/storage/resources.ts';
import { aWrite } from '../contract/resource-store/writes.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let fresh: TestDatabase;
let open: OpenDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
  open = openDatabase(fresh.url, { connections: 2 });
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

const store = () => resourceStore(open.database, { random: (count) => new Uint8Array(randomBytes(count)) });
const count = async (entry: string) => {
  const question = { type: 'Consent', all: [{ kind: 'entry', any: [entry] }] } as const;
  return (await store().search(question, [], { count: 0, total: true }, everything)).total;
};

test('what older rules indexed is indexed anew, once, and what changed meanwhile is left alone', async () => {
  const old = { entries: ['old'], dates: [{ parameter: 'old', start: asInstant(0) }] };
  await store().putAll(Array.from({ length: 5 }, () => aWrite({ index: old })));
  const work = resourcesToIndex(open.database);
  expect(await work.next(10)).toEqual([]);

  await open.client`update resource set indexed_by = 0`;
  const [first, second] = [await work.next(3), await work.next(10)];
  expect([first.length, second.length]).toEqual([3, 5]);

  const [changed] = second;
  if (!changed) throw new Error('nothing to index');
  const update = aWrite({ id: changed.id, index: { entries: ['changed'], dates: [] } });
  await store().update(update, 1, everything);

  const index = { entries: ['new'], dates: [{ parameter: 'new', end: asInstant(0) }] };
  await work.reindexed(second.map(({ type, id, version }) => ({ type, id, version, index })));
  expect(await work.next(10)).toEqual([]);
  expect([await count('old'), await count('new'), await count('changed')]).toEqual([0, 4, 1]);
  const dates =
    await open.client`select parameter, count(*)::integer as count from resource_date group by parameter`;
  expect([...dates]).toEqual([{ parameter: 'new', count: 4 }]);
});
