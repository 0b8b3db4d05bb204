// Brings a database to the schema this version expects, and tells whether it is there yet.
//
// Applies what drizzle-kit wrote and keeps its table, but not with drizzle's own runner: that one looks only at the
// newest entry of the table, so it would pass over for ever a migration merged late with an earlier date.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import postgres, { type Sql, type TransactionSql } from 'postgres';

const FOLDER = fileURLToPath(new URL('../../drizzle', import.meta.url));

// Any number, as long as every instance uses the same one.
const MIGRATING = '7165870003';

/** One migration of `drizzle/meta/_journal.json`; `when` is what the database remembers it by. */
export type JournalEntry = { readonly when: number; readonly tag: string };

const isEntry = (value: unknown): value is JournalEntry =>
  typeof value === 'object' &&
  value !== null &&
  'when' in value &&
  'tag' in value &&
  typeof value.when === 'number' &&
  typeof value.tag === 'string';

const entriesOf = (journal: unknown): readonly JournalEntry[] => {
  const listed =
    typeof journal === 'object' && journal !== null && 'entries' in journal ? journal.entries : undefined;
  if (Array.isArray(listed) && listed.every(isEntry)) return listed;
  throw new Error('`drizzle/meta/_journal.json` is not a list of migrations');
};

/** Empty while there is no migration at all, as in a schema not yet written. */
export const readJournal = async (folder = FOLDER): Promise<readonly JournalEntry[]> => {
  try {
    return entriesOf(JSON.parse(await readFile(`${folder}/meta/_journal.json`, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};

const appliedMigrations = async (sql: Sql | TransactionSql): Promise<ReadonlySet<number>> => {
  const [table] = await sql<{ there: boolean }[]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as there`;
  if (!table?.there) return new Set();
  const rows = await sql<{ at: string }[]>`select created_at::text as at from drizzle.__drizzle_migrations`;
  return new Set(rows.map(({ at }) => Number(at)));
};

// The table as drizzle makes it, so that its tools find what they expect.
const createTable = async (sql: TransactionSql): Promise<void> => {
  await sql`create schema if not exists drizzle`;
  await sql`create table if not exists drizzle.__drizzle_migrations
    (id serial primary key, hash text not null, created_at bigint)`;
};

const apply = async (sql: TransactionSql, migration: MigrationMeta): Promise<void> => {
  for (const statement of migration.sql) await sql.unsafe(statement);
  await sql`insert into drizzle.__drizzle_migrations (hash, created_at)
    values (${migration.hash}, ${migration.folderMillis})`;
};

const applyMissing = async (sql: TransactionSql, folder: string): Promise<void> => {
  // Held to the end of the transaction: instances that start together take turns, and the second finds nothing to do.
  await sql`select pg_advisory_xact_lock(${MIGRATING})`;
  await createTable(sql);
  const applied = await appliedMigrations(sql);
  for (const migration of readMigrationFiles({ migrationsFolder: folder })) {
    if (!applied.has(migration.folderMillis)) await apply(sql, migration);
  }
};

/** Applies what is missing, all of it or nothing. */
export const migrate = async (url: string, folder = FOLDER): Promise<void> => {
  if ((await readJournal(folder)).length === 0) return;
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql.begin((transaction) => applyMissing(transaction, folder));
  } finally {
    await sql.end();
  }
};

/** How many migrations this version knows and the database does not. */
export const pendingMigrations = async (sql: Sql, journal?: readonly JournalEntry[]): Promise<number> => {
  const known = journal ?? (await readJournal());
  if (known.length === 0) return 0;
  const applied = await appliedMigrations(sql);
  return known.filter(({ when }) => !applied.has(when)).length;
};
