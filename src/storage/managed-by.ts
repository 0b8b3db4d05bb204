/** Whether a patient is in the care of an organization, as a condition on any table that names patients. */
import { type Placeholder, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { texts } from './statement.ts';

/** `patient` is a logical id, the organizations are references; a patient who is not on file is in nobody's care. */
export function isManagedBy(patient: SQLWrapper, organizations: Placeholder | readonly string[]): SQL {
  return sql`exists (select 1 from resource as managed
    where managed.type = 'Patient' and managed.id = ${patient}
      and managed.entries && array(select 'organization=' || name from unnest(${texts(organizations)}) as name))`;
}
