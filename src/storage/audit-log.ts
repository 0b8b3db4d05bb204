/** The audit log in PostgreSQL: entries are appended in the transaction they are given, and read newest first. */
import { type SQL, sql } from 'drizzle-orm';
import { makePgArray } from 'drizzle-orm/pg-core';
import type { AuditEntry, AuditLog, AuditQuery, AuditReader } from '../audit/audit-log.ts';
import type { IndexEntry } from '../audit/index-entry.ts';
import { formatInstant } from '../base/instant.ts';
import type { PageRequest } from '../fhir/search.ts';
import { conditionOf, isOrdinary, isSelective } from './audit-conditions.ts';
import type { Database } from './database.ts';
import { indexable } from './index-values.ts';
import { directionOf, isBeyond, nothing, orderBy, pageFrom, readCursor, type SortColumn } from './keyset.ts';
import { isStorable, prepared, unprepared, value } from './statement.ts';

/** `index` says what an entry is found by. */
export function auditLog(db: Database, index: IndexEntry): AuditLog {
  return {
    async append(entries) {
      if (entries.length > 0) await append(db, columnsOf(entries, index));
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

/** One text for any number of entries, each column an array; arrays do not nest, so that lists come as text. */
const append = prepared(sql`
  insert into audit_event
    (id, recorded_at, patient, client_id, outcome, type, subtype, action, entities, agents, review, entry)
  select id, recorded_at, patient, client_id, outcome, type, subtype, action, entities::text[],
    ${indexable(sql`agents::text[]`)}, review::text[], entry
  from unnest(${value('id')}::text[], ${value('recordedAt')}::timestamptz[], ${value('patient')}::text[],
    ${value('clientId')}::text[], ${value('outcome')}::text[], ${value('type')}::text[],
    ${value('subtype')}::text[], ${value('action')}::text[], ${value('entities')}::text[],
    ${value('agents')}::text[], ${value('review')}::text[], ${value('entry')}::json[]) with ordinality
    as given (id, recorded_at, patient, client_id, outcome, type, subtype, action, entities, agents, review, entry, place)
  order by place`);

function columnsOf(entries: readonly AuditEntry[], index: IndexEntry): Readonly<Record<string, string>> {
  const found = entries.map(index);
  const columns = {
    id: entries.map(({ id }) => id),
    recordedAt: entries.map(({ recordedAt }) => formatInstant(recordedAt)),
    patient: found.map(({ patient }) => patient ?? null),
    clientId: found.map(({ clientId }) => clientId),
    outcome: found.map(({ outcome }) => outcome),
    type: found.map(({ type }) => type),
    subtype: found.map(({ subtype }) => subtype),
    action: found.map(({ action }) => action),
    entities: found.map(({ entities }) => makePgArray([...entities])),
    agents: found.map(({ agents }) => makePgArray(agents.filter(isStorable))),
    review: found.map(({ review }) => makePgArray([...review])),
    entry: entries.map((entry) => JSON.stringify(entry)),
  };
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, makePgArray(values)]));
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
