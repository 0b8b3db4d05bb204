/** The registered resources that permissions name, within the statement that finds the permissions. */
import { type SQL, sql } from 'drizzle-orm';
import type { OfferedResource } from '../protocols/uma/permission/resource-store.ts';
import { umaResource } from './tables/uma.ts';

/** Still of that resource server and that patient; found by the index of their ids, however many there are. */
export const offeredResources = (named: {
  readonly permissions: SQL | SQL.Aliased;
  readonly resourceServer: SQL | SQL.Aliased;
  readonly patient: SQL | SQL.Aliased;
}): SQL<readonly OfferedResource[]> =>
  sql`(select coalesce(json_agg(json_build_object('id', ${umaResource.id}, 'description', ${umaResource.description})), '[]')
    from ${umaResource}
    where ${umaResource.resourceServer} = ${named.resourceServer} and ${umaResource.patient} = ${named.patient}
      and ${umaResource.id} = any(array(
        select permission ->> 'resourceId' from json_array_elements(${named.permissions}) as permission)))`.mapWith(
    (text: string) => JSON.parse(text) as readonly OfferedResource[],
  );
