import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { resourceStore } from '../../src/storage/resources.ts';
import { transact } from '../../src/storage/transact.ts';
import { aWrite } from '../contract/resource-store/writes.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let fresh: TestDatabase;
let open: OpenDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
  open = openDatabase(fresh.url, { connections: 4 });
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

test('a transaction that holds a name keeps others with that name waiting, and nobody else', async () => {
  const steps: string[] = [];
  const within = transact(open.database, (db) =>
    resourceStore(db, { random: (count) => new Uint8Array(randomBytes(count)) }),
  );
  const isHeld = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const first = within(async (store) => {
    await store.hold('name');
    isHeld.resolve();
    await mayEnd.promise;
    steps.push('first ends');
  });
  await isHeld.promise;
  const second = within(async (store) => {
    await store.hold('name');
    steps.push('second holds');
  });
  await within(async (store) => {
    await store.hold('other');
    steps.push('other holds');
  });
  mayEnd.resolve();
  await Promise.all([first, second]);
  expect(steps).toEqual(['other holds', 'first ends', 'second holds']);
});

test('what a transaction wrote is gone when it fails', async () => {
  const write = aWrite();
  const within = transact(open.database, (db) =>
    resourceStore(db, { random: (count) => new Uint8Array(randomBytes(count)) }),
  );
  const failing = within(async (store) => {
    await store.create(write);
    expect(await store.read('Consent', write.id, {})).toBeDefined();
    throw new Error('changed our mind');
  });
  await expect(failing).rejects.toThrow('changed our mind');
  const store = resourceStore(open.database, { random: (count) => new Uint8Array(randomBytes(count)) });
  expect(await store.read('Consent', write.id, {})).toBeUndefined();
});
