// Brings a database to the schema this version expects.
//
// Applies what drizzle-kit wrote and keeps its table, but not with drizzle's own runner: that one looks only at the
// newest entry of the table, so it would pass over for ever a migration merged late with an earlier date.

import { fileURLToPath } from 'node:url';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import postgres, { type TransactionSql } from 'postgres';
import { appliedMigrations } from './pending-migrations.ts';

const FOLDER = fileURLToPath(new URL('../../drizzle', import.meta.url));

// Any number, as long as every instance uses the same one.
const MIGRATING = '7165870003';

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
  const applied = await appliedMigrations((query) => sql.unsafe(query));
  for (const migration of readMigrationFiles({ migrationsFolder: folder })) {
    if (!applied.has(migration.folderMillis)) await apply(sql, migration);
  }
};

/** Applies what is missing, all of it or nothing. */
export const migrate = async (url: string, folder = FOLDER): Promise<void> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql.begin((transaction) => applyMissing(transaction, folder));
  } finally {
    await sql.end();
  }
};
