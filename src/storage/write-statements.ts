/** The SQL of single writes: current row, its dates and the row of history in one statement each. */
import { type SQL, sql } from 'drizzle-orm';
import { decisionEntries, indexable, indexFormat } from './index-values.ts';
import { prepared, texts, value } from './statement.ts';
import { columns } from './stored-row.ts';
import { byReach } from './within-reach.ts';

export type Written = { readonly version: number; readonly updated_at: string };

/**
 * A UUIDv7 (RFC 9562 §5.7) with the version where its first random bits would be, so that of versions of one resource
 * that are stored in one millisecond the later one has the greater key.
 */
export const historyKey = (at: SQL, version: SQL, key: SQL): SQL => sql`(
  lpad(to_hex(greatest((extract(epoch from ${at}) * 1000)::bigint, 0)), 12, '0')
  || '7' || left(lpad(to_hex(${version}), 8, '0'), 3)
  || '8' || right(lpad(to_hex(${version}), 8, '0'), 5)
  || right(${key}::text, 10))::uuid`;

const givenAt = sql`${value('at')}::timestamptz`;
const givenKey = sql`${value('key')}::uuid`;
const givenEntries = indexable(texts(value('entries')));
const givenDates = sql`unnest(${texts(value('dateParameters'))},
  ${texts(value('dateStarts'))}::timestamptz[], ${texts(value('dateEnds'))}::timestamptz[]) as given(parameter, starts, ends)`;

/**
 * Version 1 is in the history of every id that was ever used, so that its key alone tells whether the id is free, and of
 * writers who come together to one of them.
 */
export const create = prepared<Written>(sql`
  with history as (
    insert into resource_history (${columns}, decision_entries)
    values (${historyKey(givenAt, sql`1`, givenKey)}, ${value('type')}, ${value('id')}, 1, ${value('fhirVersion')},
            ${value('patient')}, ${value('status')}, ${givenAt}, ${value('filedBy')}, ${value('text')}::json,
            ${decisionEntries(givenEntries)})
    on conflict (type, id, version) do nothing
    returning ${columns}
  ), created as (
    insert into resource (${columns}, entries, indexed_by)
    select ${givenKey}, type, id, version, fhir_version, patient, status, updated_at, filed_by, body,
           ${givenEntries}, ${sql.raw(String(indexFormat))}
      from history
  ), dated as (
    insert into resource_date (resource, parameter, starts, ends)
    select ${givenKey}, given.* from history, ${givenDates}
    on conflict do nothing
  )
  select version, updated_at from history`);

const isExpected = sql`type = ${value('type')} and id = ${value('id')} and version = ${value('expectedVersion')}`;

/** Of writers who expect one version a single one finds its row. Time does not go back within a resource. */
export const update = byReach((within) =>
  prepared<Written>(sql`
  with changed as (
    update resource set version = version + 1, fhir_version = ${value('fhirVersion')}, patient = ${value('patient')},
        status = ${value('status')}, updated_at = greatest(updated_at, ${givenAt}), filed_by = ${value('filedBy')},
        body = ${value('text')}::json, entries = ${givenEntries}, indexed_by = ${sql.raw(String(indexFormat))}
      where ${isExpected} and ${within(sql`resource.patient`)}
      returning ${columns}, entries
  ), history as (
    insert into resource_history (${columns}, decision_entries)
    select ${historyKey(sql`updated_at`, sql`version`, givenKey)}, type, id, version, fhir_version, patient, status,
           updated_at, filed_by, body, ${decisionEntries(sql`entries`)}
      from changed
  ), cleared as (
    delete from resource_date using changed
      where resource_date.resource = changed.key and not exists (
        select 1 from ${givenDates}
          where (given.parameter, given.starts, given.ends)
              = (resource_date.parameter, resource_date.starts, resource_date.ends))
  ), dated as (
    insert into resource_date (resource, parameter, starts, ends)
    select changed.key, given.* from changed, ${givenDates}
    on conflict do nothing
  )
  select version, updated_at from changed`),
);

export const remove = byReach((within) =>
  prepared<Written>(sql`
  with ended as (
    delete from resource where ${isExpected} and ${within(sql`resource.patient`)} returning ${columns}
  ), history as (
    insert into resource_history (${columns}, decision_entries)
    select ${historyKey(sql`greatest(updated_at, ${givenAt})`, sql`version + 1`, givenKey)}, type, id, version + 1,
           fhir_version, patient, null, greatest(updated_at, ${givenAt}), ${value('filedBy')}, null::json, '{}'
      from ended
    returning version, updated_at
  )
  select version, updated_at from history`),
);

export const isThere = byReach((within) =>
  prepared<{ readonly version: number }>(sql`
  select version from resource
    where type = ${value('type')} and id = ${value('id')} and ${within(sql`resource.patient`)}`),
);
