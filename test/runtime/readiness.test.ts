/** `/readyz` of the composed application: what a load balancer must not be told is ready. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settingsSchema } from '../../src/access/settings.ts';
import { asInstant } from '../../src/base/instant.ts';
import { ensureSigningKey } from '../../src/protocols/authorization-server/signing-key.ts';
import { composeApp } from '../../src/runtime/compose.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { signingKeyStore } from '../../src/storage/signing-keys.ts';
import { freshDatabase, type TestDatabase, withConnection } from '../support/database.ts';

const keySecret = 'a secret of the test, long enough to be one';
const at = asInstant(Date.parse('2026-10-01T10:00:00Z'));
const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

let fresh: TestDatabase;
let open: OpenDatabase;

beforeEach(async () => {
  fresh = await freshDatabase();
  open = openDatabase(fresh.url, { connections: 1 });
});
afterEach(async () => {
  await open.close();
  await fresh.drop();
});

const makeKey = () =>
  ensureSigningKey({ signingKeys: signingKeyStore(open.database), keySecret, random }, at);

async function readyz(secret = keySecret): Promise<number> {
  const app = composeApp({
    database: open.database,
    issuer: 'https://consent.example.org',
    keySecret: secret,
    settings: settingsSchema.parse({}),
    clock: () => at,
    random,
    log: () => {},
  });
  return (await app.request('/readyz')).status;
}

test('a migrated database and a key that signs are ready', async () => {
  await makeKey();
  expect(await readyz()).toBe(200);
});

test('a database without a key is not', async () => {
  expect(await readyz()).toBe(503);
});

test('a key that the secret does not open is not', async () => {
  await makeKey();
  expect(await readyz('another secret, long enough to be one too')).toBe(503);
});

test('a database that lacks a migration is not', async () => {
  await makeKey();
  await withConnection(fresh.url, (sql) => sql`delete from drizzle.__drizzle_migrations`);
  expect(await readyz()).toBe(503);
});

test('a database that does not answer is not', async () => {
  await makeKey();
  await fresh.drop();
  expect(await readyz()).toBe(503);
});
