/** Statements written in SQL: composed once, then sent with the values of their placeholders. */
import { type Column, type Placeholder, type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Database } from './database.ts';
import { resource } from './tables/resources.ts';

type Values = Readonly<Record<string, unknown>>;
type Statement<Row> = (db: Database, values: Values) => Promise<readonly Row[]>;

const dialect = new PgDialect();

/**
 * INVARIANT: composed of constants, or of choices that are few. The driver and the server remember the text of every
 * prepared statement until the connection ends.
 */
export function prepared<Row>(text: SQL): Statement<Row> {
  return compose(text, 'prepared');
}

/** For a text that a stranger shapes: nobody remembers it, at the price of a second round trip. */
export function unprepared<Row>(text: SQL): Statement<Row> {
  return compose(text, undefined);
}

function compose<Row>(text: SQL, name: 'prepared' | undefined): Statement<Row> {
  const query = dialect.sqlToQuery(text);
  return (db, values) =>
    db._.session
      .prepareQuery<{ execute: Row[]; all: unknown; values: unknown }>(query, undefined, name, false)
      .execute({ ...values });
}

export const value = (name: string): Placeholder => sql.placeholder(name);

/** A list of texts travels as one array, so that its length does not make another statement. */
export const texts = (list: readonly (string | null)[] | Placeholder): SQL =>
  sql`${sql.param(list, resource.entries)}::text[]`;

/**
 * Behind a `select`, so that the planner cannot see how many there are: then one plan serves however many are asked, and
 * is not made anew each time, which would take longer than the lookups.
 */
export const unseen = (of: SQL): SQL => sql`(select ${of})`;

/** Of a column of text, in the list that is the value `name`. */
export const isAmong = (column: Column, name: string): SQL =>
  sql`${column} = any(${unseen(texts(value(name)))}::text[])`;

/** No column of text takes in NUL, so that what holds one was never stored; PostgreSQL would refuse the question. */
export const isStorable = (text: string): boolean => !text.includes('\0');

/** Half a character cannot be read out of JSON, and is a mark of replacement wherever text is kept. */
export const wellFormedJson = (rows: readonly unknown[]): string =>
  JSON.stringify(rows, (_, each: unknown) => (typeof each === 'string' ? each.toWellFormed() : each));
