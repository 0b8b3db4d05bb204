/** One handle to PostgreSQL: a pool on Node, a single connection for one request on Workers. */
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres, { type Sql } from 'postgres';

/** The database itself or a transaction on it; stores work on either. */
export type Database = PostgresJsDatabase;

export type OpenDatabase = {
  readonly database: Database;
  /** The driver beneath, for the bookkeeping of migrations. */
  readonly client: Sql;
  readonly close: () => Promise<void>;
};

/** The number by which PostgreSQL knows its type `json`. */
const jsonType = 114;

export function openDatabase(url: string, options: { readonly connections: number }): OpenDatabase {
  const client = postgres(url, { max: options.connections, onnotice: () => {} });
  // Handed out as it is written; what is kept verbatim would lose digits and order here. drizzle's `json()` parses text.
  client.options.parsers[jsonType] = (text: string) => text;
  return { database: drizzle(client), client, close: () => client.end({ timeout: 5 }) };
}

/** Whether the driver can make sense of it; connects to nothing. */
export function isDatabaseUrl(url: string): boolean {
  try {
    postgres(url, { max: 1 });
    return true;
  } catch {
    return false;
  }
}
