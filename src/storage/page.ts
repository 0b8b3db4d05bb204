/** One page of a table, with the total where it is asked for: one statement, hence one state of the data. */
import { type SQL, sql } from 'drizzle-orm';
import type { Cursor, PageOf, PageRequest } from '../fhir/search/search.ts';
import type { Database } from './database.ts';
import { directionOf, isBeyond, nothing, orderBy, pageFrom, readCursor } from './keyset.ts';
import { cursorColumns, readRowCursor, type Sorted, sortColumns, sortsOf } from './sorted.ts';
import { prepared, unprepared } from './statement.ts';
import { heaviestAnswer, weightBefore } from './weight.ts';

export type Listing = {
  readonly table: 'resource' | 'resource_history';
  readonly columns: SQL;
  readonly condition: SQL;
  readonly order: readonly Sorted[];
  /**
   * Up to so many matches are found first and sorted then; where there are more, the order is walked until the page is
   * full. Left to itself the planner walks for rare matches too, and where these stand last, that is the whole table.
   * `all` where there are never many.
   */
  readonly gatherUpTo: number | 'all';
  /** The text is one of few; see `prepared`. */
  readonly ordinary: boolean;
};

type Row = Readonly<Record<string, unknown>> & {
  readonly key: string | null;
  readonly total?: number;
  /** Rows there would be, were they light enough. */
  readonly fetched?: number;
};

export async function pageOf<Found extends { readonly key: string }, Item>(
  db: Database,
  listing: Listing,
  page: PageRequest,
  itemFrom: (row: Found) => Item,
): Promise<PageOf<Item>> {
  const text = statementFor(listing, page);
  if (!text) return { ...nothing, ...(page.total ? { total: await countOf(db, listing) } : {}) };
  const ask = listing.ordinary ? prepared<Row>(text) : unprepared<Row>(text);
  const rows = await ask(db, {});
  // Where nothing is on the page, the total stands in a row of its own.
  const found = rows.filter(({ key }) => key !== null) as readonly Row[] as readonly (Found & Row)[];
  return {
    ...pageFrom(
      found,
      { ...page, fetched: found[0]?.fetched ?? 0 },
      itemFrom,
      (row): Cursor => readRowCursor(row, listing.order),
    ),
    ...(page.total ? { total: rows[0]?.total ?? 0 } : {}),
  };
}

async function countOf(db: Database, listing: Listing): Promise<number> {
  const [row] = await unprepared<{ readonly total: number }>(counted(listing))(db, {});
  return row?.total ?? 0;
}

const counted = ({ table, condition }: Listing): SQL =>
  sql`select count(*)::integer as total from ${sql.raw(table)} where ${condition}`;

/** Undefined where no row can be on the page. */
function statementFor(listing: Listing, page: PageRequest): SQL | undefined {
  const sorts = sortColumns(listing.order);
  const cursor = page.from?.cursor;
  const position = cursor && readCursor(sorts, cursor);
  if (page.count === 0 || (cursor && !position)) return undefined;
  const direction = directionOf(page);
  const order = sql`order by ${orderBy(sorts, direction)}`;
  const rows = chosen(
    listing,
    position && isBeyond(sorts, position, direction),
    sql`${order} limit ${page.count + 1}`,
  );
  const kept = lightEnough(rows, order);
  if (!page.total) return sql`${kept} ${order}`;
  return sql`select found.*, counted.total from (${counted(listing)}) as counted
    left join (${kept}) as found on true ${order}`;
}

/** The first row, and others as long as those before them are light enough; `fetched` counts them all. */
const lightEnough = (rows: SQL, order: SQL): SQL =>
  sql`select * from (
      select found.*, count(*) over ()::integer as fetched, ${weightBefore(order, sql`found.body`)} as before
        from (${rows}) as found) as found
    where before < ${sql.raw(String(heaviestAnswer))}`;

/** Of the two branches of a gathered page one is empty, and known to be so before it is computed. */
function chosen(listing: Listing, beyond: SQL | undefined, first: SQL): SQL {
  const shown = sql`select found.*, ${cursorColumns(listing.order)}`;
  const matching = sql`(${candidates(listing)}) as found where ${beyond ?? sql`true`}`;
  const most = listing.gatherUpTo;
  if (most === 'all' || most === 0) return sql`${shown} from ${matching} ${first}`;
  const size = sql`(select count(*) from gathered)`;
  return sql`
    with gathered as materialized (select * from ${matching} limit ${sql.raw(String(most))} + 1)
    ${shown} from (
      (select * from gathered as found where ${size} <= ${sql.raw(String(most))} ${first})
      union all
      (select * from ${matching} and ${size} > ${sql.raw(String(most))} ${first})) as found ${first}`;
}

/** Fenced by `offset 0`, the limit beyond it does not tempt the planner. */
const candidates = ({ table, columns, condition, order, gatherUpTo }: Listing): SQL =>
  sql`select ${columns}, ${sortsOf(order)} from ${sql.raw(table)} where ${condition}
    ${sql.raw(gatherUpTo === 'all' ? 'offset 0' : '')}`;
