/** Pages by the last row seen: an order, where a page begins in it, and the cursors that say so. */
import { type SQL, sql } from 'drizzle-orm';
import type { Cursor, PageOf, PageRequest } from '../fhir/search/search.ts';
import { allOf, anyOf } from './date-test.ts';

/** One of the columns that make the order; together they tell any two rows apart. */
export type SortColumn = {
  readonly column: SQL;
  readonly descending: boolean;
  /** Rows without a value come last, in either direction. */
  readonly nullable: boolean;
  /** The value as it is compared, from the text that a cursor carries; undefined when no cursor of ours holds it. */
  readonly read: (text: string) => SQL | undefined;
};

/** `null` in a cursor: the row has no such value. */
type Position = readonly (SQL | null)[];

/** Undefined when it was made for another order, or by somebody else. */
export function readCursor(order: readonly SortColumn[], cursor: Cursor): Position | undefined {
  const position = order.flatMap(({ nullable, read }, at): Position => {
    const text = cursor[at];
    if (text === null) return nullable ? [null] : [];
    return [text === undefined ? undefined : read(text)].filter((known) => known !== undefined);
  });
  return position.length === order.length && cursor.length === order.length ? position : undefined;
}

/** The same rows from the other end. */
type Direction = 'forward' | 'backward';

/** A column that cannot be null is sorted as its index is, which says nothing of nulls. */
export const orderBy = (order: readonly SortColumn[], direction: Direction): SQL =>
  sql.join(
    order.map(({ column, descending, nullable }) => {
      const down = sql.raw(descending === (direction === 'forward') ? 'desc' : 'asc');
      const nulls = sql.raw(nullable ? `nulls ${direction === 'forward' ? 'last' : 'first'}` : '');
      return sql`${column} ${down} ${nulls}`;
    }),
    sql`, `,
  );

/** Row by row comparison where directions differ: equal in the first columns, beyond in the next. */
export function isBeyond(order: readonly SortColumn[], position: Position, direction: Direction): SQL {
  const ways = order.map((sort, at) =>
    allOf([
      ...order.slice(0, at).map((equal, before) => equals(equal, position[before] ?? null)),
      exceeds(sort, position[at] ?? null, direction),
    ]),
  );
  return sql`(${allOf([...bound(order[0], position[0] ?? null, direction), anyOf(ways)])})`;
}

const equals = ({ column }: SortColumn, at: SQL | null): SQL =>
  at ? sql`${column} = ${at}` : sql`${column} is null`;

function exceeds({ column, descending, nullable }: SortColumn, at: SQL | null, direction: Direction): SQL {
  if (!at) return direction === 'forward' ? sql`false` : sql`${column} is not null`;
  const than = sql`${column} ${sql.raw(descending === (direction === 'forward') ? '<' : '>')} ${at}`;
  return nullable && direction === 'forward' ? sql`(${than} or ${column} is null)` : than;
}

/** Says nothing new, but says it so that an index on the first column knows where to begin. */
function bound(first: SortColumn | undefined, at: SQL | null, direction: Direction): readonly SQL[] {
  if (!first || !at || first.nullable) return [];
  return [
    sql`${first.column} ${sql.raw(first.descending === (direction === 'forward') ? '<=' : '>=')} ${at}`,
  ];
}

export const directionOf = ({ from }: PageRequest): Direction =>
  from?.side === 'before' ? 'backward' : 'forward';

/**
 * Of one row more than was asked for, which says whether the page is the last in its direction. On the other side is what
 * the page begins or ends with.
 */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  { count, from, fetched = rows.length }: PageRequest & { readonly fetched?: number },
  itemFrom: (row: Row) => Item,
  cursorOf: (row: Row) => Cursor,
): Omit<PageOf<Item>, 'total'> {
  const kept = rows.slice(0, count);
  const shown = from?.side === 'before' ? kept.toReversed() : kept;
  const [first, last] = [shown.at(0), shown.at(-1)];
  const beyond = fetched > kept.length && count > 0;
  return {
    items: shown.map(itemFrom),
    ...(first && last ? { ends: { first: cursorOf(first), last: cursorOf(last) } } : {}),
    hasPrevious: from?.side === 'before' ? beyond : from !== undefined,
    hasNext: from?.side === 'before' ? from.cursor !== undefined : beyond,
  };
}

export const nothing = { items: [], hasPrevious: false, hasNext: false } as const;
