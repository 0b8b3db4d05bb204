/** The columns of an order: what they are in the table, on the page, and in a cursor. */
import { type SQL, sql } from 'drizzle-orm';
import type { Cursor } from '../fhir/search/search.ts';
import type { SortColumn } from './keyset.ts';
import { carried, readCarried, writeMoment } from './moments.ts';
import { isStorable } from './statement.ts';

export type Sorted = {
  /** Speaks of the table. */
  readonly by: SQL;
  readonly kind: 'text' | 'uuid' | 'integer' | 'moment';
  readonly descending: boolean;
  readonly nullable: boolean;
};

export const sortsOf = (order: readonly Sorted[]): SQL =>
  sql.join(
    order.map(({ by }, at) => sql`${by} as ${sql.raw(`sort_${at}`)}`),
    sql`, `,
  );

const sortAt = (at: number): SQL => sql.raw(`found.sort_${at}`);

export const sortColumns = (order: readonly Sorted[]): readonly SortColumn[] =>
  order.map(({ kind, descending, nullable }, at) => ({
    column: sortAt(at),
    descending,
    nullable,
    read: (text) => read[kind](text),
  }));

export const cursorColumns = (order: readonly Sorted[]): SQL =>
  sql.join(
    order.map(({ kind }, at) => {
      const text = kind === 'moment' ? carried(sortAt(at)) : sql`${sortAt(at)}::text`;
      return sql`${text} as ${sql.raw(`cursor_${at}`)}`;
    }),
    sql`, `,
  );

export const readRowCursor = (row: Readonly<Record<string, unknown>>, order: readonly Sorted[]): Cursor =>
  order.map((_, at) => {
    const text = row[`cursor_${at}`];
    return typeof text === 'string' ? text : null;
  });

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Only what PostgreSQL can read back, so that a cursor nobody gave out finds nothing instead of failing. */
const read = {
  text: (text) => (isStorable(text) ? sql`${text}::text` : undefined),
  uuid: (text) => (uuid.test(text) ? sql`${text}::uuid` : undefined),
  integer: (text) => (/^\d{1,9}$/.test(text) ? sql`${text}::integer` : undefined),
  moment: (text) => {
    const moment = readCarried(text);
    return moment === undefined ? undefined : sql`${writeMoment(moment)}::timestamptz`;
  },
} satisfies Record<Sorted['kind'], SortColumn['read']>;
