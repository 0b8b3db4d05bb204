import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/runtime/migrate.ts';
import { knownMigrations, pendingMigrations } from '../../src/runtime/pending-migrations.ts';
import { freshDatabase, type TestDatabase, withConnection } from '../support/database.ts';

const later = { tag: '9999_later', when: 4_102_444_800_000 };
const pending = (known = knownMigrations): Promise<readonly string[]> =>
  withConnection(database.url, (sql) => pendingMigrations((query) => sql.unsafe(query), known));

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(async () => {
  await database.drop();
});

test('every migration that drizzle-kit wrote is known, and no other', async () => {
  const file = new URL('../../drizzle/meta/_journal.json', import.meta.url);
  const { entries }: { readonly entries: readonly { readonly tag: string; readonly when: number }[] } =
    JSON.parse(await readFile(file, 'utf8'));
  expect(knownMigrations).toEqual(entries.map(({ tag, when }) => ({ tag, when })));
});

test('a database that was migrated is current, until a version knows more', async () => {
  expect(await pending()).toEqual([]);
  expect(await pending([later])).toEqual([later.tag]);
});

test('an entry that is missing is applied, whatever came after it', async () => {
  await withConnection(database.url, async (sql) => {
    await sql`drop schema public cascade`;
    await sql`create schema public`;
    await sql`update drizzle.__drizzle_migrations set created_at = ${later.when}`;
  });
  expect(await pending()).not.toEqual([]);
  await migrate(database.url);
  expect(await pending()).toEqual([]);
  expect(await pending([later])).toEqual([]);
});

test('a database that was never migrated lacks them all', async () => {
  await withConnection(database.url, (sql) => sql`drop schema drizzle cascade`);
  expect(await pending([later])).toEqual([later.tag]);
});
