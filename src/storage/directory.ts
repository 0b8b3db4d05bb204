/** What a decision reads: a patient's consents, and the directory around everyone they name. */
import { sql } from 'drizzle-orm';
import type { ConsentsOfPatient } from '../access/consents-of-patient.ts';
import type { ReadDirectory } from '../access/directory.ts';
import type { Database } from './database.ts';
import { indexable } from './index-values.ts';
import { isStorable, prepared, texts, value } from './statement.ts';
import { type CurrentRow, columns, storedFrom } from './stored-row.ts';

export const consentsOfPatient = (db: Database): ConsentsOfPatient => ({
  mayBeInForce: async (patients) =>
    (await mayBeInForce(db, { patients: patients.filter(isStorable) })).map(storedFrom),
});

const mayBeInForce = prepared<CurrentRow>(sql`
  select ${columns} from resource
    where type = 'Consent' and patient = any(${texts(value('patients'))}) and (status = 'active' or status is null)`);

/** Longer chains of organizations than any deployment has; a bound for those that close on themselves. */
const deepestChain = 16;

const seeds = texts(value('seeds'));

/**
 * From the seeds up to parent organizations and the parts of a role, and from practitioners back to their roles. Members
 * of groups are not followed: whoever asks is a seed, and is compared by reference.
 */
const around = prepared<CurrentRow>(sql`
  with recursive seed as (
    select type, id from resource
      where (type, id) in (select split_part(name, '/', 1), split_part(name, '/', 2) from unnest(${seeds}) as name)
    union
    select type, id from resource
      where entries && ${indexable(sql`array(select 'identifier=' || name from unnest(${seeds}) as name)`)} and type <> 'Consent'
  ), reached(type, id, depth) as (
    select type, id, 0 from seed
    union
    select next.type, next.id, depth + 1
      from reached
      cross join lateral (
        select target.type, target.id
          from resource as this
          join (values ('Organization', 'partof='), ('PractitionerRole', 'practitioner='),
                       ('PractitionerRole', 'organization=')) as link(type, begins) on link.type = this.type
          cross join lateral (
            select substr(entry, length(link.begins) + 1) as name from unnest(this.entries) as entry
              where starts_with(entry, link.begins)) as reference
          join resource as target on target.type = split_part(reference.name, '/', 1)
                                 and target.id = split_part(reference.name, '/', 2)
          where this.type = reached.type and this.id = reached.id
        union all
        select role.type, role.id
          from resource as role
          where reached.type = 'Practitioner' and role.type = 'PractitionerRole'
            and role.entries && array['practitioner=Practitioner/' || reached.id]
      ) as next
      where depth < ${sql.raw(String(deepestChain))} and reached.type <> 'Consent'
  )
  select ${columns} from resource
    where (type, id) in (select distinct type, id from reached where type <> 'Consent')`);

export const readDirectory = (db: Database): ReadDirectory => ({
  async around(names) {
    const known = names.filter(isStorable);
    return known.length === 0 ? [] : (await around(db, { seeds: known })).map(storedFrom);
  },
});
