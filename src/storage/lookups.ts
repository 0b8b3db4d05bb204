/** A name that a decision looks under, and the SQL of what it finds: now, or as of an earlier instant. */
import { type SQL, sql } from 'drizzle-orm';
import type { Lookups } from '../access/evidence.ts';
import { isStorable, value } from './statement.ts';

export type Lookup = { readonly kind: 'patient' | 'reference' | 'entry'; readonly name: string };

/** Where rows are looked for, how the index of what they are found by is called there, and which of them count. */
export type Source = { readonly table: SQL; readonly entries: SQL; readonly stands: SQL };

export const current: Source = { table: sql`resource`, entries: sql`entries`, stands: sql`true` };

/** The newest version of then, unless that is a deletion. Versions are counted without a gap. */
export const asOf: Source = {
  table: sql`resource_history`,
  entries: sql`decision_entries`,
  stands: sql`stored.body is not null and stored.updated_at <= ${value('asOf')}::timestamptz and not exists (
    select 1 from resource_history as next
      where next.type = stored.type and next.id = stored.id and next.version = stored.version + 1
        and next.updated_at <= ${value('asOf')}::timestamptz)`,
};

const mayBeInForce = sql`(stored.status = 'active' or stored.status is null)`;

/**
 * What `lookup.kind` and `lookup.name` find. Never flattened into a join, so that every name is an index lookup. An entry
 * is asked for in two ways that mean the same: of one way alone the planner expects every two hundredth row, and takes
 * the statement for one so costly that it compiles it (`jit`).
 *
 * INVARIANT: reading and checking say it in these words alone; otherwise a stamp would differ from itself.
 */
export const foundBy = ({ table, entries, stands }: Source, columns: SQL): SQL => sql`(
  (select ${columns} from ${table} as stored
    where lookup.kind = 'reference' and stored.type = split_part(lookup.name, '/', 1)
      and stored.id = split_part(lookup.name, '/', 2) and stored.type <> 'Consent' and ${stands} offset 0)
  union all
  (select ${columns} from ${table} as stored
    where lookup.kind = 'patient' and stored.type = 'Consent' and stored.patient = lookup.name
      and ${mayBeInForce} and ${stands} offset 0)
  union all
  (select ${columns} from ${table} as stored
    where lookup.kind = 'entry' and stored.${entries} @> array[lookup.name]
      and stored.${entries} && array[lookup.name] and ${stands}
      and case when lookup.name ~ '^(patient|subject)[:=]' then stored.type = 'Consent' and ${mayBeInForce}
               else stored.type <> 'Consent' end offset 0))`;

/** A name with `|`, or with a space before it, is an identifier; others are references. */
export function seedLookups(seeds: readonly string[]): readonly Lookup[] {
  return seeds.filter(isStorable).flatMap((seed): Lookup[] => {
    if (seed.includes('|') || seed.startsWith(' ')) return [{ kind: 'entry', name: `identifier=${seed}` }];
    return isReference.test(seed) ? [{ kind: 'reference', name: seed }] : [];
  });
}
const isReference = /^[A-Z][A-Za-z]+\/[^/]+$/;

export const lookupsOf = (lookups: readonly Lookup[]): Lookups => {
  const named = (kind: Lookup['kind']) =>
    lookups.filter((lookup) => lookup.kind === kind).map(({ name }) => name);
  return { patients: named('patient'), references: named('reference'), entries: named('entry') };
};
