/** Inserting one row of a table: composed once, since rows of tokens and tickets are written with every request. */
import { getTableColumns, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from './database.ts';
import { prepared, value } from './statement.ts';

/** Of a table without defaults: a column that is not given is null. */
export function insertion<Table extends PgTable>(
  table: Table,
): (db: Database, row: Table['$inferInsert']) => Promise<void> {
  const columns = Object.entries<PgColumn>(getTableColumns(table));
  const names = columns.map(([, { name }]) => sql.identifier(name));
  const values = columns.map(([property, column]) => sql.param(value(property), orNull(column)));
  const insert = prepared(
    sql`insert into ${table} (${sql.join(names, sql`, `)}) values (${sql.join(values, sql`, `)})`,
  );
  const nothing = Object.fromEntries(columns.map(([property]) => [property, null]));
  return async (db, row) => {
    await insert(db, { ...nothing, ...row });
  };
}

/** A column knows how to write its values, and null is none of them. */
const orNull = (column: PgColumn) => ({
  mapToDriverValue: (given: unknown): unknown => (given === null ? null : column.mapToDriverValue(given)),
});
