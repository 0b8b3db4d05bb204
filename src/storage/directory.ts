/** What a decision reads: a patient's consents, and the directory around everyone they name. */
import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { ConsentsOfPatient } from '../access/consents-of-patient.ts';
import type { ReadDirectory } from '../access/directory.ts';
import type { Database } from './database.ts';
import { storedFrom } from './stored-from.ts';
import { resource } from './tables/resources.ts';

export function consentsOfPatient(db: Database): ConsentsOfPatient {
  const mayBeInForce = db
    .select()
    .from(resource)
    .where(
      and(
        eq(resource.type, 'Consent'),
        sql`${resource.patient} = any(${sql.param(sql.placeholder('patients'), resource.identifiers)}::text[])`,
        or(eq(resource.status, 'active'), isNull(resource.status)),
      ),
    )
    .prepare('consents_of_patient');
  return { mayBeInForce: async (patients) => (await mayBeInForce.execute({ patients })).map(storedFrom) };
}

/** Longer chains of organizations than any deployment has; a bound for those that close on themselves. */
const deepestChain = 16;

/**
 * From the seeds along `partOf` and the parts of a role, and from practitioners back to their roles. Members of groups
 * are not followed: whoever asks is a seed, and is compared by reference.
 */
const reached = sql`
  with recursive seed as (
    select type, id from resource
      where (type, id) in (select split_part(name, '/', 1), split_part(name, '/', 2)
                             from unnest(${sql.param(sql.placeholder('seeds'), resource.identifiers)}::text[]) as name)
    union
    select type, id from resource
      where identifiers && ${sql.param(sql.placeholder('seeds'), resource.identifiers)}::text[]
        and type <> 'Consent'
  ), reached(type, id, depth) as (
    select type, id, 0 from seed
    union
    select next.type, next.id, depth + 1
      from reached
      cross join lateral (
        select target.type, target.id
          from resource this
          cross join lateral (values (this.body->'partOf'->>'reference'),
                                     (this.body->'practitioner'->>'reference'),
                                     (this.body->'organization'->>'reference')) as link(name)
          join resource target on target.type = split_part(link.name, '/', 1)
                              and target.id = split_part(link.name, '/', 2)
          where this.type = reached.type and this.id = reached.id
        union all
        select role.type, role.id
          from resource role
          where reached.type = 'Practitioner' and role.type = 'PractitionerRole'
            and role.body->'practitioner'->>'reference' = 'Practitioner/' || reached.id
      ) as next
      where depth < ${sql.raw(String(deepestChain))} and reached.type <> 'Consent'
  )
  select distinct type, id from reached where type <> 'Consent'`;

export function readDirectory(db: Database): ReadDirectory {
  const around = db
    .select()
    .from(resource)
    .where(inArray(sql`(${resource.type}, ${resource.id})`, sql`(${reached})`))
    .prepare('directory_around');
  return {
    around: async (seeds) => (seeds.length === 0 ? [] : (await around.execute({ seeds })).map(storedFrom)),
  };
}
