/** Resources under UMA protection, in PostgreSQL. */
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import type { Keeper, RegisteredResourceStore } from '../protocols/uma/permission/resource-store.ts';
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
        sql`(${sql.placeholder('owner')}::text is null or ${umaResource.patient} = ${sql.placeholder('owner')})`,
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
    async find({ resourceServer, owner = null }, ids) {
      const wellFormed = ids.filter((id) => uuid.test(id));
      return wellFormed.length === 0
        ? []
        : await byIds.execute({ resourceServer, owner, ids: JSON.stringify(wellFormed) });
    },
    async describe(keeper, id, description) {
      if (!uuid.test(id)) return false;
      const changed = db.update(umaResource).set({ description }).where(one(keeper, id));
      return (await changed.returning({ id: umaResource.id })).length === 1;
    },
    async remove(keeper, id) {
      if (!uuid.test(id)) return false;
      const removed = db.delete(umaResource).where(one(keeper, id));
      return (await removed.returning({ id: umaResource.id })).length === 1;
    },
    async list(keeper) {
      const own = db.select({ id: umaResource.id }).from(umaResource);
      const rows = await own.where(keptBy(keeper)).orderBy(asc(umaResource.key));
      return rows.map(({ id }) => id);
    },
  };
}

/** Of our own making; anything else is not looked for, since text may hold what PostgreSQL refuses. */
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

const one = (keeper: Keeper, id: string): SQL | undefined => and(keptBy(keeper), eq(umaResource.id, id));

const keptBy = ({ resourceServer, owner }: Keeper): SQL | undefined =>
  and(
    eq(umaResource.resourceServer, resourceServer),
    owner === undefined ? undefined : eq(umaResource.patient, owner),
  );
