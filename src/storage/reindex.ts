/** Making entries and dates anew for resources that older rules indexed, or none. */
import { sql } from 'drizzle-orm';
import type { StoredResource } from '../fhir/resource.ts';
import type { SearchIndex } from '../fhir/search/search.ts';
import type { Database } from './database.ts';
import { dateRowsOf, decisionEntries, indexable, indexFormat } from './index-values.ts';
import { prepared, value } from './statement.ts';
import { type CurrentRow, columns, storedFrom } from './stored-row.ts';

export type Indexed = {
  readonly type: string;
  readonly id: string;
  /** The version that was indexed. */
  readonly version: number;
  readonly index: SearchIndex;
};

export type ResourcesToIndex = {
  /** Some that are still to be done, in no order; none when all are done. */
  next(count: number): Promise<readonly StoredResource[]>;
  /** In one round trip. A resource that has another version by now is passed over: whoever wrote that indexed it. */
  reindexed(items: readonly Indexed[]): Promise<void>;
};

export const resourcesToIndex = (db: Database): ResourcesToIndex => ({
  next: async (count) => (await outdated(db, { count })).map(storedFrom),
  async reindexed(items) {
    const given = items.map(({ type, id, version, index }) => ({
      type,
      id,
      version,
      entries: index.entries,
      dates: dateRowsOf(index),
    }));
    await reindex(db, { given: JSON.stringify(given) });
  },
});

const outdated = prepared<CurrentRow>(sql`
  select ${columns} from resource where indexed_by < ${sql.raw(String(indexFormat))} limit ${value('count')}`);

const reindex = prepared(sql`
  with given as materialized (
    select * from json_to_recordset(${value('given')}::json)
      as given(type text, id text, version integer, entries text[], dates json)
  ), changed as (
    update resource set entries = ${indexable(sql`given.entries`)}, indexed_by = ${sql.raw(String(indexFormat))}
      from given
      where resource.type = given.type and resource.id = given.id and resource.version = given.version
      returning resource.key, resource.type, resource.id, resource.version, resource.entries, given.dates
  ), history as (
    update resource_history set decision_entries = ${decisionEntries(sql`changed.entries`)}
      from changed
      where (resource_history.type, resource_history.id, resource_history.version)
          = (changed.type, changed.id, changed.version)
  ), dates as materialized (
    select changed.key, date.parameter, date.starts, date.ends
      from changed
      cross join lateral json_to_recordset(changed.dates)
        as date(parameter text, starts timestamptz, ends timestamptz)
  ), cleared as (
    delete from resource_date using changed
      where resource_date.resource = changed.key and not exists (
        select 1 from dates
          where (dates.key, dates.parameter, dates.starts, dates.ends)
              = (resource_date.resource, resource_date.parameter, resource_date.starts, resource_date.ends))
  )
  insert into resource_date (resource, parameter, starts, ends) select * from dates on conflict do nothing`);
