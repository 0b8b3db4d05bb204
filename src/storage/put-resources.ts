/** Writing many resources under the ids they bring, in one round trip: for imports, which may be run again. */
import { type SQL, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import { formatInstant } from '../base/instant.ts';
import type { Put, PutWrite } from '../fhir/resource-store.ts';
import type { Database } from './database.ts';
import { dateRowsOf, decisionEntries, indexable, indexFormat } from './index-values.ts';
import { prepared, value } from './statement.ts';
import { columns } from './stored-row.ts';
import { historyKey } from './write-statements.ts';

/** Turns in which nobody else's writes leave one of ours standing; more than that is not bad luck. */
const mostTurns = 20;

/**
 * What meets a write of somebody else waits for another turn, and so does the second of two writes to one id: it becomes
 * the version after the first.
 */
export async function putAll(
  db: Database,
  writes: readonly PutWrite[],
  random: RandomBytes,
): Promise<readonly Put[]> {
  const done = new Map<number, Put>();
  for (let idle = 0; done.size < writes.length; idle++) {
    if (idle > mostTurns) throw new Error('resources kept changing while they were written');
    const rows = await put(db, { given: JSON.stringify(nextTurn(writes, done, random)) });
    for (const { ordinal, outcome, version } of rows) done.set(ordinal, { outcome, version });
    if (rows.length > 0) idle = 0;
  }
  return writes.flatMap((_, ordinal) => done.get(ordinal) ?? []);
}

/** Of each id the first write that is still to be done. */
function nextTurn(
  writes: readonly PutWrite[],
  done: ReadonlyMap<number, Put>,
  random: RandomBytes,
): readonly Given[] {
  const first = new Map<string, readonly [number, PutWrite]>();
  for (const [ordinal, write] of writes.entries()) {
    const name = `${write.type}/${write.id}`;
    if (!done.has(ordinal) && !first.has(name)) first.set(name, [ordinal, write]);
  }
  // Sorted, so that of equal times the order of keys is the order of the writes.
  const keys = [...first.values()].map(([, { at }]) => timeOrderedKey(at, random)).sort();
  return [...first.values()].map(([ordinal, write], turn) => givenFrom(ordinal, keys[turn] ?? '', write));
}

type Given = ReturnType<typeof givenFrom>;

const givenFrom = (ordinal: number, key: string, write: PutWrite) => ({
  ordinal,
  key,
  type: write.type,
  id: write.id,
  fhir_version: write.fhirVersion,
  is_guess: write.isVersionGuessed === true,
  patient: write.patient ?? null,
  status: write.status ?? null,
  updated_at: formatInstant(write.at),
  filed_by: write.filedBy,
  body: write.text,
  entries: write.index.entries,
  dates: dateRowsOf(write.index),
});

/**
 * As text, for `1.10` equals `1.1` otherwise. Without what only a server says, so that what was exported is nothing new; of
 * meta that held nothing else, nothing is left. NUL, which jsonb refuses, is not taken in.
 */
const submitted = (text: SQL): SQL => sql`(
  select case when jsonb_typeof(body->'meta') is distinct from 'object' or body->'meta' = '{}' then body
              when (body->'meta') - ${serverSaid} = '{}' then body - 'meta'
              else jsonb_set(body, '{meta}', (body->'meta') - ${serverSaid}) end::text
    from (select ${text}::jsonb - 'id' as body offset 0) as said)`;

const serverSaid = sql.raw(`array['versionId', 'lastUpdated']`);

/** To read both as jsonb is only worth it where they do not agree letter by letter. */
const saysTheSame = sql`case when resource.body::text = given.body then true
  else ${submitted(sql`resource.body::text`)} = ${submitted(sql`given.body`)} end`;

/**
 * What is there is locked in one order, so that no two of these wait for each other. A version that came in between is
 * out of sight of the statement: then the next number is taken in the history, or the resource has gone from under it, and
 * the write is left for the next turn.
 */
const put = prepared<Put & { readonly ordinal: number }>(sql`
  with given as materialized (
    select * from json_to_recordset(${value('given')}::json) as given(
      ordinal integer, key uuid, type text, id text, fhir_version text, is_guess boolean, patient text, status text,
      updated_at timestamptz, filed_by text, body text, entries text[], dates json)
  ), locked as materialized (
    select resource.key, resource.type, resource.id,
           resource.patient is distinct from given.patient as others,
           (resource.fhir_version = given.fhir_version or given.is_guess) and ${saysTheSame} as same
      from resource join given on resource.type = given.type and resource.id = given.id
      order by resource.type, resource.id
      for update of resource
  ), decided as materialized (
    select given.ordinal, given.type, given.id, given.fhir_version, given.patient, given.status, given.filed_by,
           given.body::json as body, ${indexable(sql`given.entries`)} as entries, given.dates, given.key as given_key,
           coalesce(locked.key, given.key) as key, locked.key is not null as existed, coalesce(same, false) as same,
           coalesce(locked.others, last.version is not null and last.patient is distinct from given.patient) as others,
           coalesce(last.version, 0) + 1 as version, greatest(given.updated_at, last.updated_at) as updated_at
      from given
      left join locked on locked.type = given.type and locked.id = given.id
      left join lateral (
        select version, patient, updated_at, body is null as ended from resource_history as history
          where history.type = given.type and history.id = given.id
          order by history.version desc limit 1) as last on true
      where locked.key is not null or coalesce(last.ended, true)
  ), history as (
    insert into resource_history (${columns}, decision_entries)
    select ${historyKey(sql`updated_at`, sql`version`, sql`given_key`)}, type, id, version, fhir_version, patient, status,
           updated_at, filed_by, body, ${decisionEntries(sql`entries`)}
      from decided where not same and not others
    on conflict (type, id, version) do nothing
    returning type, id
  ), changing as materialized (
    select decided.* from decided join history on history.type = decided.type and history.id = decided.id
  ), created as (
    insert into resource (${columns}, entries, indexed_by)
    select ${columns}, entries, ${sql.raw(String(indexFormat))} from changing where not existed
  ), changed as (
    update resource set version = changing.version, fhir_version = changing.fhir_version, patient = changing.patient,
        status = changing.status, updated_at = changing.updated_at, filed_by = changing.filed_by, body = changing.body,
        entries = changing.entries, indexed_by = ${sql.raw(String(indexFormat))}
      from changing where changing.existed and resource.key = changing.key
  ), dates as materialized (
    select changing.key, date.parameter, date.starts, date.ends
      from changing
      cross join lateral json_to_recordset(changing.dates)
        as date(parameter text, starts timestamptz, ends timestamptz)
  ), cleared as (
    delete from resource_date using changing
      where changing.existed and resource_date.resource = changing.key and not exists (
        select 1 from dates
          where (dates.key, dates.parameter, dates.starts, dates.ends)
              = (resource_date.resource, resource_date.parameter, resource_date.starts, resource_date.ends))
  ), dated as (
    insert into resource_date (resource, parameter, starts, ends) select * from dates on conflict do nothing
  )
  select ordinal, case when others then 'other-patient' else 'unchanged' end as outcome, version - 1 as version
    from decided where same or others
  union all
  select ordinal, case when existed then 'updated' else 'created' end, version from changing`);
