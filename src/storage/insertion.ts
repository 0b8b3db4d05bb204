/** Inserting rows of a table: one statement for any number, composed once, since these are written with every request. */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from './database.ts';
import { prepared, value, wellFormedJson } from './statement.ts';
import { together } from './together.ts';

/** As part of a statement that does more; the rows are the value `name`, as `rowsAsJson` writes them. */
export function insertInto(table: PgTable, name: string): SQL {
  const columns = columnsOf(table);
  const names = columns.map((column) => sql.identifier(column.name));
  const given = names.map((each) => sql`${each} text`);
  const cast = columns.map((column) => sql`${sql.identifier(column.name)}::${sql.raw(column.getSQLType())}`);
  return sql`insert into ${table} (${sql.join(names, sql`, `)})
    select ${sql.join(cast, sql`, `)}
      from json_to_recordset(${value(name)}::json) as given (${sql.join(given, sql`, `)})`;
}

/**
 * Every value as the text that its column reads, so that NUL within a column of JSON, which a stranger may write, stays
 * inside it. In a column of text PostgreSQL stores none.
 */
export function rowsAsJson<Table extends PgTable>(
  table: Table,
  rows: readonly Table['$inferInsert'][],
): string {
  const columns = Object.entries<PgColumn>(getTableColumns(table));
  const texts = rows.map((row: Readonly<Record<string, unknown>>) =>
    columns.flatMap(([property, column]) => {
      const given = row[property];
      return given === null || given === undefined ? [] : [[column.name, column.mapToDriverValue(given)]];
    }),
  );
  return wellFormedJson(texts.map((row) => Object.fromEntries(row) as object));
}

/** Of a table without defaults: a column that is not given is null. Rows that come at once go together. */
export function insertionInto<Table extends PgTable>(
  table: Table,
): (db: Database) => (row: Table['$inferInsert']) => Promise<void> {
  const insert = prepared(insertInto(table, 'rows'));
  return (db) =>
    together(async (rows) => {
      await insert(db, { rows: rowsAsJson(table, rows) });
      return rows.map(() => undefined);
    });
}

const columnsOf = (table: PgTable): readonly PgColumn[] => Object.values<PgColumn>(getTableColumns(table));
