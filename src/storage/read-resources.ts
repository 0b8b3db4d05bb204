/** Reading one resource: its newest version, one of the earlier ones, or all that it was. */
import { type SQL, sql } from 'drizzle-orm';
import { asInstant, type Instant } from '../base/instant.ts';
import type { HistoryQuery, Reach, ReadResources } from '../fhir/resource-store.ts';
import type { DateTest } from '../fhir/search/search.ts';
import type { Database } from './database.ts';
import { allOf, holdsAt, written } from './date-test.ts';
import { type Listing, pageOf } from './page.ts';
import { sharedLookup } from './shared-lookup.ts';
import { isStorable, prepared, texts, unseen, value } from './statement.ts';
import { columns, storedVersionFrom, type VersionRow } from './stored-row.ts';
import { byReach, isWithin, reachKindOf, reachListOf } from './within-reach.ts';

export function readResources(db: Database): ReadResources {
  const newestOf = sharedLookup(
    (names) => newestAmong(db, { names }),
    ({ type, id }) => `${type}/${id}`,
    storedVersionFrom,
  );
  return {
    async read(type, id, within) {
      if (!isStorable(id)) return undefined;
      // Whoever may see everything shares the round trip with others who may.
      if (reachKindOf(within) === 'everything') return await newestOf(`${type}/${id}`);
      const [row] = await newest(within)(db, { type, id, reach: reachListOf(within) });
      return row && storedVersionFrom(row);
    },
    async readVersion(type, id, version, within) {
      if (!isStorable(id) || !isVersion(version)) return undefined;
      const [row] = await one(within)(db, { type, id, version, reach: reachListOf(within) });
      return row && storedVersionFrom(row);
    },
    async history(query, page, within) {
      return await pageOf(db, listingOf(query, within), page, storedVersionFrom);
    },
  };
}

/** The newest version is found before the reach is asked, so that an older one never stands in for it. */
const newest = byReach((within) =>
  prepared<VersionRow>(sql`
  select ${columns} from (
    select ${columns} from resource_history
      where type = ${value('type')} and id = ${value('id')}
      order by version desc limit 1) as newest
    where ${within(sql`newest.patient`)}`),
);

/** By `Patient/ann`. */
const newestAmong = prepared<VersionRow>(sql`
  select newest.* from unnest(${unseen(texts(value('names')))}) as asked (name) cross join lateral (
    select ${columns} from resource_history
      where type = split_part(asked.name, '/', 1) and id = substr(asked.name, strpos(asked.name, '/') + 1)
      order by version desc limit 1) as newest`);

const one = byReach((within) =>
  prepared<VersionRow>(sql`
  select ${columns} from resource_history
    where type = ${value('type')} and id = ${value('id')} and version = ${value('version')}
      and ${within(sql`resource_history.patient`)}`),
);

/** What fits the column; a greater one was never stored. */
const isVersion = (version: number): boolean => Number.isInteger(version) && version > 0 && version < 2 ** 31;

/** Of one resource by version, of a type by key: both are the order in which versions were stored, newest first. */
function listingOf(query: HistoryQuery, within: Reach): Listing {
  const { id, stored, current, oldestFirst = false } = query;
  return {
    table: 'resource_history',
    columns,
    condition: allOf([
      sql`type = ${query.type}`,
      ...(id === undefined ? [] : [isStorable(id) ? sql`id = ${id}` : sql`false`]),
      ...(stored ?? []).flatMap((test) => [holdsAt(test, sql`updated_at`), isKeyed(test)]),
      ...(current ? [wasCurrent(current), isKeyed({ prefix: 'le', ...current })] : []),
      isWithin(sql`resource_history.patient`, reachKindOf(within), reachListOf(within).filter(isStorable)),
    ]),
    order:
      id === undefined
        ? [{ by: sql`key`, kind: 'uuid', descending: !oldestFirst, nullable: false }]
        : [{ by: sql`version`, kind: 'integer', descending: !oldestFirst, nullable: false }],
    gatherUpTo: 0,
    ordinary: id !== undefined && isStorable(id) && stored === undefined && current === undefined,
  };
}

const wasCurrent = ({ start, end }: NonNullable<HistoryQuery['current']>): SQL =>
  sql`updated_at <= ${written(end)} and not exists (
    select 1 from resource_history as next
      where next.type = resource_history.type and next.id = resource_history.id
        and next.version = resource_history.version + 1 and next.updated_at <= ${written(start)})`;

/** A key begins with the millisecond of its version, so that the index of keys serves for times as well. */
function isKeyed({ prefix, start, end }: DateTest): SQL {
  const from = {
    eq: start,
    ap: start,
    ge: start,
    gt: end,
    sa: end,
    ne: undefined,
    lt: undefined,
    le: undefined,
    eb: undefined,
  }[prefix];
  const to = {
    eq: end,
    ap: end,
    le: end,
    lt: start,
    eb: start,
    ne: undefined,
    gt: undefined,
    ge: undefined,
    sa: undefined,
  }[prefix];
  return allOf([
    ...(from === undefined ? [] : [sql`key >= ${firstKeyOf(from)}::uuid`]),
    ...(to === undefined ? [] : [sql`key < ${firstKeyOf(asInstant(to + 1))}::uuid`]),
  ]);
}

const firstKeyOf = (at: Instant): string => {
  const milliseconds = Math.min(Math.max(at, 0), 2 ** 48 - 1);
  return `${milliseconds.toString(16).padStart(12, '0')}${'0'.repeat(20)}`;
};
