/** The contract of ResourceStore, on PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import type { ResourceStore } from '../../src/fhir/resource-store.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { resourceStore } from '../../src/storage/resources.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { resourceStoreContract } from './resource-store.ts';

describe('the resource store on PostgreSQL', () => {
  let fresh: TestDatabase;
  let open: OpenDatabase;
  let store: ResourceStore;

  beforeAll(async () => {
    fresh = await freshDatabase();
    open = openDatabase(fresh.url, { connections: 10 });
    store = resourceStore(open.database, { random: (count) => new Uint8Array(randomBytes(count)) });
  });
  afterAll(async () => {
    await open.close();
    await fresh.drop();
  });

  resourceStoreContract(() => store);
});
