/** Databases to try cases on: one for each that runs at a time, emptied before every case. */
import postgres, { type Sql } from 'postgres';
import { type Database, openDatabase } from '../../../src/storage/database.ts';
import { databaseUrl, dropDatabase, type TestServer } from '../../support/database.ts';

export type Bench = {
  /** As migrated, with nothing in it. */
  readonly emptied: () => Promise<Database>;
  readonly clear: () => Promise<void>;
};

/**
 * A copy of the template. It is emptied rather than copied anew for each case: what is warm in a connection, plans
 * above all, is most of the time of a case, and holds nothing of the one before.
 */
export async function openBench({ adminUrl, template, prefix }: TestServer, name: string): Promise<Bench> {
  const own = `${prefix}cases_${process.pid}_${name}`;
  await administer(adminUrl, (sql) => sql`create database ${sql(own)} template ${sql(template)}`);
  const { database, client, close } = openDatabase(databaseUrl(adminUrl, own), { connections: 2 });
  const tables = await tablesIn(client);
  return {
    emptied: async () => {
      await client.unsafe(tables.map((table) => `delete from ${table}`).join('; '));
      return database;
    },
    clear: async () => {
      await close();
      await administer(adminUrl, (sql) => dropDatabase(sql, own));
    },
  };
}

async function tablesIn(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`;
  return rows.map(({ name }) => name);
}

async function administer(url: string, work: (sql: Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
