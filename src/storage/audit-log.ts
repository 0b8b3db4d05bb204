/** The audit log in PostgreSQL: entries are appended in the transaction they are given, and read newest first. */
import { type SQL, sql } from 'drizzle-orm';
import type { AuditEntry, AuditLog, AuditQuery, AuditReader } from '../audit/audit-log.ts';
import type { IndexEntry } from '../audit/index-entry.ts';
import { formatInstant } from '../base/instant.ts';
import type { PageRequest } from '../fhir/search/search.ts';
import { conditionOf, isOrdinary, isSelective } from './audit-conditions.ts';
import type { Database } from './database.ts';
import { indexable } from './index-values.ts';
import { directionOf, isBeyond, nothing, orderBy, pageFrom, readCursor, type SortColumn } from './keyset.ts';
import { isStorable, prepared, unprepared, value, wellFormedJson } from './statement.ts';

/** `index` says what an entry is found by. */
export function auditLog(db: Database, index: IndexEntry): AuditLog {
  return {
    async append(entries) {
      if (entries.length > 0) await append(db, { records: recordsAsJson(entries, index) });
    },
  };
}

export function auditReader(db: Database): AuditReader {
  return {
    async find(query, page) {
      const text = statementFor(query, page);
      if (!text) return nothing;
      const rows = await (isOrdinary(query) ? prepared<Row> : unprepared<Row>)(text)(db, {});
      const found = rows.filter((row): row is FoundRow => row.sequence !== null);
      return {
        ...pageFrom(found, page, entryFrom, ({ sequence }) => [sequence]),
        ...(page.total ? { total: rows[0]?.total ?? 0 } : {}),
      };
    },
  };
}

/**
 * One text for any number of entries, which are the value `records`. `entry` travels as text, since what is read out of
 * JSON must not hold NUL. Also as part of a statement that does more.
 */
export const appending = sql`
  insert into audit_event
    (id, recorded_at, patient, client_id, outcome, type, subtype, action, entities, agents, review, entry)
  select id, recorded_at, patient, client_id, outcome, type, subtype, action, entities, ${indexable(sql`agents`)}, review, entry::json
  from rows from (json_to_recordset(${value('records')}::json) as (
    id text, recorded_at timestamptz, patient text, client_id text, outcome text, type text, subtype text,
    action text, entities text[], agents text[], review text[], entry text)) with ordinality
    as given (id, recorded_at, patient, client_id, outcome, type, subtype, action, entities, agents, review, entry, place)
  order by place`;
const append = prepared(appending);

export const recordsAsJson = (entries: readonly AuditEntry[], index: IndexEntry): string =>
  wellFormedJson(entries.map((entry) => rowOf(entry, index)));

function rowOf(entry: AuditEntry, index: IndexEntry): Readonly<Record<string, unknown>> {
  const { clientId, agents, ...found } = index(entry);
  return {
    ...found,
    id: entry.id,
    recorded_at: formatInstant(entry.recordedAt),
    client_id: clientId,
    agents: agents.filter(isStorable),
    entry: JSON.stringify(entry),
  };
}

/** The order of writing, newest first. */
const order: readonly SortColumn[] = [
  {
    column: sql`sequence`,
    descending: true,
    nullable: false,
    read: (text) => (/^\d{1,18}$/.test(text) ? sql`${text}::bigint` : undefined),
  },
];

type Row = {
  readonly sequence: string | null;
  readonly entry: string | null;
  readonly total?: number;
};
type FoundRow = Row & { readonly sequence: string; readonly entry: string };

const entryFrom = ({ entry }: FoundRow): AuditEntry => JSON.parse(entry) as AuditEntry;

/** Page and total from one state of the log: the total stands beside each row, and alone where there is none. */
function statementFor(query: AuditQuery, page: PageRequest): SQL | undefined {
  const cursor = page.from?.cursor;
  const position = cursor && readCursor(order, cursor);
  if (cursor && !position) return undefined;
  const direction = directionOf(page);
  const sorted = orderBy(order, direction);
  const matching = sql`select sequence, entry from audit_event where ${conditionOf(query)}
    ${sql.raw(isSelective(query) ? fence : '')}`;
  const rows = sql`select sequence, entry from (${matching}) as matching
    where ${position ? isBeyond(order, position, direction) : sql`true`}
    order by ${sorted} limit ${page.count + 1}`;
  const total = page.total
    ? sql`(select count(*)::integer from audit_event where ${conditionOf(query)})`
    : sql`null::integer`;
  return sql`select ${total} as total, found.sequence::text as sequence, found.entry
    from (select 1) as alone left join (${rows}) as found on true order by found.${sorted}`;
}

/** Keeps the planner from walking the log in its order, looking for the few that match. */
const fence = 'offset 0';
