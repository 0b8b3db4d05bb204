/** Clients and the assertions they used, in PostgreSQL. */
import { asc, eq, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import { err, ok } from '../base/result.ts';
import type { Client } from '../protocols/authorization-server/client.ts';
import type { ClientStore, UsedAssertions } from '../protocols/authorization-server/client-store.ts';
import type { Database } from './database.ts';
import { texts, value } from './statement.ts';
import { client, usedAssertion } from './tables/authorization.ts';

export function clientStore(db: Database, { random }: { readonly random: RandomBytes }): ClientStore {
  const byId = db
    .select()
    .from(client)
    .where(eq(client.id, sql.placeholder('id')))
    .prepare('client_find');
  const byResource = db
    .select()
    .from(client)
    .where(sql`${client.resource} = any(${texts(value('resources'))}) and ${client.disabledAt} is null`)
    .prepare('client_serving');
  return {
    async create(registered) {
      const rows = await db
        .insert(client)
        .values(rowOf(registered, random))
        .onConflictDoNothing({ target: client.resource })
        .returning({ id: client.id });
      return rows.length === 1 ? ok(registered) : err('resource-taken');
    },
    async find(id) {
      const [row] = await byId.execute({ id });
      return row && clientFrom(row);
    },
    async serving(resources) {
      const rows = await byResource.execute({ resources: [...resources] });
      return rows.map(clientFrom);
    },
    async list() {
      return (await db.select().from(client).orderBy(asc(client.key))).map(clientFrom);
    },
    async disable(id, at) {
      const rows = await db
        .update(client)
        .set({ disabledAt: sql`coalesce(${client.disabledAt}, ${sql.param(at, client.disabledAt)})` })
        .where(eq(client.id, id))
        .returning({ id: client.id });
      return rows.length === 1;
    },
  };
}

export function usedAssertions(db: Database): UsedAssertions {
  const insert = db
    .insert(usedAssertion)
    .values({
      clientId: sql.placeholder('clientId'),
      jtiHash: sql.placeholder('jtiHash'),
      expiresAt: sql.placeholder('expiresAt'),
    })
    .onConflictDoNothing()
    .returning({ clientId: usedAssertion.clientId })
    .prepare('used_assertion_remember');
  return {
    async remember(clientId, jtiHash, expiresAt) {
      return (await insert.execute({ clientId, jtiHash, expiresAt })).length === 1;
    },
  };
}

const rowOf = (registered: Client, random: RandomBytes): typeof client.$inferInsert => ({
  key: timeOrderedKey(registered.createdAt, random),
  ...registered,
  grants: [...registered.grants],
  scopes: [...registered.scopes],
  patients: registered.patients ? [...registered.patients] : null,
  organizations: registered.organizations ? [...registered.organizations] : null,
  may: [...registered.may],
  redirectUris: [...(registered.redirectUris ?? [])],
  claimsRedirectUris: [...(registered.claimsRedirectUris ?? [])],
});

export const clientFrom = (row: typeof client.$inferSelect): Client => ({
  id: row.id,
  name: row.name,
  jwks: row.jwks,
  grants: row.grants,
  scopes: row.scopes,
  may: row.may,
  createdAt: row.createdAt,
  ...(row.jwksUri === null ? {} : { jwksUri: row.jwksUri }),
  ...(row.secretHash === null ? {} : { secretHash: row.secretHash }),
  ...(row.redirectUris.length === 0 ? {} : { redirectUris: row.redirectUris }),
  ...(row.claimsRedirectUris.length === 0 ? {} : { claimsRedirectUris: row.claimsRedirectUris }),
  ...(row.tokenFormat === 'jwt' ? {} : { tokenFormat: row.tokenFormat }),
  ...(row.asynchronousApproval ? { asynchronousApproval: true } : {}),
  ...(row.patients ? { patients: row.patients } : {}),
  ...(row.organizations ? { organizations: row.organizations } : {}),
  ...(row.resource === null ? {} : { resource: row.resource }),
  ...(row.disabledAt === null ? {} : { disabledAt: row.disabledAt }),
});
