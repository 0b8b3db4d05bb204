// Gives a test a migrated database of its own, as a copy of the template that global setup made.

import { randomBytes } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { inject } from 'vitest';

/** What global setup hands to every test file. */
export type TestServer = { readonly adminUrl: string; readonly template: string; readonly prefix: string };

declare module 'vitest' {
  interface ProvidedContext {
    readonly testServer: TestServer;
  }
}

export type TestDatabase = { readonly url: string; drop(): Promise<void> };

export const databaseUrl = (adminUrl: string, name: string): string => {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
};

export const withConnection = async <T>(url: string, use: (sql: Sql) => Promise<T>): Promise<T> => {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined });
  try {
    return await use(sql);
  } finally {
    await sql.end();
  }
};

/** Also ends whatever is still connected to it. */
export const dropDatabase = (sql: Sql, name: string): Promise<unknown> =>
  sql`drop database if exists ${sql(name)} with (force)`;

export const freshDatabase = async (): Promise<TestDatabase> => {
  const { adminUrl, template, prefix } = inject('testServer');
  const name = `${prefix}${randomBytes(6).toString('hex')}`;
  await withConnection(adminUrl, (sql) => sql`create database ${sql(name)} template ${sql(template)}`);
  return {
    url: databaseUrl(adminUrl, name),
    drop: async () => {
      await withConnection(adminUrl, (sql) => dropDatabase(sql, name));
    },
  };
};
