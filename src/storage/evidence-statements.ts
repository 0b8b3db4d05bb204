/** The SQL of what a decision rests on: from names to rows, from rows to further names, until there is nothing new. */
import { type SQL, sql } from 'drizzle-orm';
import { indexable } from './index-values.ts';
import { asOf, current, foundBy, type Source } from './lookups.ts';
import { prepared, texts, unseen, value } from './statement.ts';
import { type CurrentRow, columns } from './stored-row.ts';

/** A name that was looked under, and one of the rows it found; without a row when it found none. */
export type EvidenceRow = {
  /** By whom: `0 3`. */
  readonly asked: string;
  readonly kind: 'patient' | 'reference' | 'entry';
  readonly name: string;
  readonly indexed_by: number | null;
} & (CurrentRow | { readonly key: null });

export type MarkRow = {
  readonly ordinal: string;
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly indexed_by: number;
};

const kinds = unseen(texts(value('kinds')));
const names = unseen(texts(value('names')));
const given = sql`unnest(${unseen(sql`${value('asked')}::integer[]`)}, ${kinds}, ${names})`;
const asIndexed = sql`(${indexable(sql`array[given.name]`)})[1]`;

/** One whole reference; neither another server's nor one to a version. */
const local = sql`'^[A-Z][A-Za-z]+/[^/]+$'`;
/** One whole identifier: not its value alone, behind a space, nor its system alone, before a bar. */
const isWhole = sql`starts_with(entry, 'identifier=') and not starts_with(entry, 'identifier= ')
  and strpos(entry, '|') < length(entry)`;

/**
 * Up to parent organizations and the parts of a role, down to collectives and offices within a group, to other records of
 * the same party by its identifiers, and from practitioners back to their roles, on file themselves or not.
 */
const onwards = sql`
  select 'reference', reference.name
    from (values ('Organization', 'partof='), ('PractitionerRole', 'practitioner='),
                 ('PractitionerRole', 'organization='), ('Group', 'member='),
                 ('CareTeam', 'participant=')) as link(type, begins)
    cross join lateral (
      select substr(entry, length(link.begins) + 1) as name from unnest(found.entries) as entry
        where starts_with(entry, link.begins)) as reference
    where link.type = found.type and reference.name ~ ${local}
      and (link.type not in ('Group', 'CareTeam') or reference.name ~ '^(Group|CareTeam|PractitionerRole)/')
  union all
  select 'entry', 'identifier=' || substr(entry, length(link.begins) + 1)
    from (values ('Organization', 'partof:identifier='), ('PractitionerRole', 'practitioner:identifier='),
                 ('PractitionerRole', 'organization:identifier=')) as link(type, begins), unnest(found.entries) as entry
    where link.type = found.type and starts_with(entry, link.begins)
  union all
  select 'entry', entry from unnest(found.entries) as entry
    where found.type in ('Practitioner', 'Organization') and ${isWhole}
  union all
  select 'entry', 'practitioner:' || entry from unnest(found.entries) as entry
    where found.type = 'Practitioner' and ${isWhole}
  union all
  select 'entry', 'practitioner=' || lookup.name
    where lookup.kind = 'reference' and lookup.name ~ '^Practitioner/[^/]+$'
  union all
  select 'entry', 'practitioner=Practitioner/' || found.id where found.type = 'Practitioner'`;

/** A record is looked for under its name also where none is on file. A name of a person is one of all their records. */
const ofThePerson = sql`
  select 'patient', split_part(lookup.name, '/', 2) where lookup.kind = 'reference'
  union all
  select 'entry', parameter || lookup.name from unnest(array['link=', 'member=']) as parameter
    where lookup.kind = 'reference'
  union all
  select 'reference', 'Patient/' || found.id where found.type = 'Patient'
  union all
  select 'reference', substr(entry, 6) from unnest(found.entries) as entry
    where found.type = 'Patient' and entry ~ '^link=Patient/[^/]+$'
  union all
  select 'entry', substr(entry, length('link:') + 1) from unnest(found.entries) as entry
    where found.type = 'Patient' and starts_with(entry, 'link:identifier=')
  union all
  select 'entry', parameter || substr(entry, length('identifier=') + 1)
    from unnest(found.entries) as entry, unnest(array['patient:identifier=', 'member:identifier=', 'link:identifier=']) as parameter
    where found.type = 'Patient' and ${isWhole}
  union all
  select 'entry', 'subject=Group/' || found.id where found.type = 'Group'
  union all
  select 'entry', 'subject:' || entry from unnest(found.entries) as entry where found.type = 'Group' and ${isWhole}`;

/**
 * Names are counted, not steps: a chain that closes on itself leads to none that is new, and `atMost` ends one that
 * goes on and on.
 */
const following = (source: Source, indexedBy: SQL, leads: SQL) =>
  prepared<EvidenceRow>(sql`
  with recursive lookup(asked, kind, name) as (
    select given.asked, given.kind, ${asIndexed} from ${given} as given(asked, kind, name)
    union
    select lookup.asked, next.kind, next.name
      from lookup
      left join lateral ${foundBy(source, sql`type, id, ${source.entries} as entries`)} as found on true
      cross join lateral (${leads}) as next(kind, name)
  ), bounded as materialized (
    select * from lookup limit ${unseen(sql`${value('atMost')}::integer`)}
  ), named as materialized (
    select array_agg(asked) as asked, array_agg(kind) as kinds, array_agg(name) as names
      from (select string_agg(asked::text, ' ') as asked, kind, name from bounded group by kind, name) as once
  )
  select lookup.asked, lookup.kind, lookup.name, found.*
    from named cross join lateral unnest(named.asked, named.kinds, named.names) as lookup(asked, kind, name)
    left join lateral ${foundBy(source, sql`${columns}, ${indexedBy} as indexed_by`)} as found on true`);

export const aroundNow = following(current, sql`indexed_by`, onwards);
export const aroundThen = following(asOf, sql`0`, onwards);
export const ofPatientsNow = following(current, sql`indexed_by`, ofThePerson);
export const ofPatientsThen = following(asOf, sql`0`, ofThePerson);

export const marksNow = prepared<MarkRow>(sql`
  select lookup.ordinal, found.*
    from unnest(${kinds}, ${names}) with ordinality as lookup(kind, name, ordinal)
    cross join lateral ${foundBy(current, sql`type, id, version, indexed_by`)} as found`);
