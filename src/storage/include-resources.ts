/** What resources refer to, followed from one to the next within one statement. */
import { sql } from 'drizzle-orm';
import type { StoredResource } from '../fhir/resource.ts';
import type { Inclusion, Reach } from '../fhir/resource-store.ts';
import type { Database } from './database.ts';
import { isStorable, prepared, texts, value } from './statement.ts';
import { type CurrentRow, columns, storedFrom } from './stored-row.ts';
import { heaviestAnswer, weightBefore } from './weight.ts';
import { byReach, reachListOf } from './within-reach.ts';

export async function include(
  db: Database,
  { references, follow, types, atMost }: Inclusion,
  within: Reach,
): Promise<readonly StoredResource[]> {
  if (references.length === 0 || atMost === 0) return [];
  const rows = await included(within)(db, {
    references: references.filter(isStorable),
    followTypes: follow.map(({ type }) => type),
    followParameters: follow.map(({ parameter }) => parameter),
    followTargets: follow.map(({ target }) => target ?? ''),
    open: types.open,
    reachable: types.withinReach,
    reach: reachListOf(within),
    atMost,
  });
  return rows.map(storedFrom);
}

/** Longer chains than anybody asks to follow; a bound for those that close on themselves. */
const deepest = 8;

/**
 * A resource that may not be shown is not followed either. Each can be reached at several depths, which bounds how many
 * rows are needed to be sure of `atMost` different ones; what is beyond is not computed.
 */
const included = byReach((within) => {
  const mayBeShown = sql`(resource.type = any(${texts(value('open'))})
    or resource.type = any(${texts(value('reachable'))}) and ${within(sql`resource.patient`)})`;
  const asked = sql`unnest(${texts(value('followTypes'))}, ${texts(value('followParameters'))},
    ${texts(value('followTargets'))}) as follow(type, parameter, target)`;
  return prepared<CurrentRow>(sql`
  with recursive found(key, type, depth) as (
    select resource.key, resource.type, 0
      from (select distinct name from unnest(${texts(value('references'))}) as name) as reference
      join resource on resource.type = split_part(name, '/', 1) and resource.id = split_part(name, '/', 2)
      where ${mayBeShown}
    union
    select resource.key, resource.type, found.depth + 1
      from found
      join ${asked} on follow.type = found.type
      join resource as this on this.key = found.key
      cross join lateral (
        select substr(entry, length(follow.parameter) + 2) as name
          from unnest(this.entries) as entry
          where starts_with(entry, follow.parameter || '=')) as reference
      join resource on resource.type = split_part(name, '/', 1) and resource.id = split_part(name, '/', 2)
      where found.depth < ${sql.raw(String(deepest))} and follow.target in ('', resource.type) and ${mayBeShown}
  ), nearest as (
    select key, min(depth) as depth
      from (select key, depth from found limit ${value('atMost')}::integer * ${sql.raw(String(deepest + 1))}) as reached
      group by key
      order by depth, key
      limit ${value('atMost')}::integer
  )
  select ${columns} from (
      select resource.*, nearest.depth,
             ${weightBefore(sql`order by nearest.depth, resource.key`, sql`resource.body`)} as before
        from nearest join resource using (key)) as found
    where before < ${sql.raw(String(heaviestAnswer))} order by depth, key`);
});
