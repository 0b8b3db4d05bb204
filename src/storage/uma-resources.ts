/** Resources under UMA protection, in PostgreSQL. */
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import type { RegisteredResourceStore } from '../protocols/uma/resource-store.ts';
import type { Database } from './database.ts';
import { umaResource } from './tables/uma.ts';

export function registeredResourceStore(
  db: Database,
  { random }: { readonly random: RandomBytes },
): RegisteredResourceStore {
  const byIds = db
    .select({
      id: umaResource.id,
      resourceServer: umaResource.resourceServer,
      patient: umaResource.patient,
      description: umaResource.description,
      registeredAt: umaResource.registeredAt,
    })
    .from(umaResource)
    .where(
      and(
        eq(umaResource.resourceServer, sql.placeholder('resourceServer')),
        sql`${umaResource.id} in (select json_array_elements_text(${sql.placeholder('ids')}::json))`,
      ),
    )
    .prepare('uma_resource_find');
  return {
    async register(resource) {
      await db
        .insert(umaResource)
        .values({ key: timeOrderedKey(resource.registeredAt, random), ...resource });
    },
    async find(resourceServer, ids) {
      const wellFormed = ids.filter((id) => uuid.test(id));
      return wellFormed.length === 0
        ? []
        : await byIds.execute({ resourceServer, ids: JSON.stringify(wellFormed) });
    },
    async describe(resourceServer, id, description) {
      if (!uuid.test(id)) return false;
      const changed = db.update(umaResource).set({ description }).where(one(resourceServer, id));
      return (await changed.returning({ id: umaResource.id })).length === 1;
    },
    async remove(resourceServer, id) {
      if (!uuid.test(id)) return false;
      const removed = db.delete(umaResource).where(one(resourceServer, id));
      return (await removed.returning({ id: umaResource.id })).length === 1;
    },
    async list(resourceServer) {
      const own = db.select({ id: umaResource.id }).from(umaResource);
      const rows = await own
        .where(eq(umaResource.resourceServer, resourceServer))
        .orderBy(asc(umaResource.key));
      return rows.map(({ id }) => id);
    },
  };
}

/** Of our own making; anything else is not looked for, since text may hold what PostgreSQL refuses. */
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

const one = (resourceServer: string, id: string): SQL | undefined =>
  and(eq(umaResource.resourceServer, resourceServer), eq(umaResource.id, id));
