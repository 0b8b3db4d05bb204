// The same application in workerd, against a real PostgreSQL through Hyperdrive's local connection.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestHarness, type TestHarness } from 'wrangler';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let harness: TestHarness;

beforeAll(async () => {
  database = await freshDatabase();
  harness = createTestHarness({ workers: [{ configPath: './wrangler.toml' }] });
  await harness.listen();
});

afterAll(async () => {
  await harness?.close();
  await database?.drop();
});

test('discovery is served', async () => {
  const response = await harness.fetch('/.well-known/uma2-configuration');
  expect(response.status).toBe(200);
});
