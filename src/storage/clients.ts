/** Clients and the assertions they used, in PostgreSQL. */
import { asc, eq, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import { formatInstant } from '../base/instant.ts';
import { err, ok } from '../base/result.ts';
import type { Client } from '../protocols/authorization-server/client.ts';
import type { ClientStore, UsedAssertions } from '../protocols/authorization-server/client-store.ts';
import type { Database } from './database.ts';
import { sharedLookup } from './shared-lookup.ts';
import { isAmong, prepared, texts, value } from './statement.ts';
import { client, usedAssertion } from './tables/authorization.ts';
import { together } from './together.ts';

export function clientStore(db: Database, { random }: { readonly random: RandomBytes }): ClientStore {
  const byIds = db.select().from(client).where(isAmong(client.id, 'ids')).prepare('client_find');
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
    find: sharedLookup(
      (ids) => byIds.execute({ ids }),
      ({ id }) => id,
      clientFrom,
    ),
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

type UsedAssertion = typeof usedAssertion.$inferInsert;

export function usedAssertions(db: Database): UsedAssertions {
  const remember = together(async (used: readonly UsedAssertion[]) => {
    const rows = await remembering(db, {
      clientIds: used.map(({ clientId }) => clientId),
      jtiHashes: used.map(({ jtiHash }) => jtiHash),
      ends: used.map(({ expiresAt }) => formatInstant(expiresAt)),
    });
    const fresh = new Set(rows.map(({ client_id, jti_hash }) => `${client_id} ${jti_hash}`));
    // Of two alike in one statement the first comer is first.
    return used.map(({ clientId, jtiHash }) => fresh.delete(`${clientId} ${jtiHash}`));
  });
  return {
    remember: (clientId, jtiHash, expiresAt) => remember({ clientId, jtiHash, expiresAt }),
  };
}

// In order, so that two who remember the same wait for each other and never both.
const remembering = prepared<{ readonly client_id: string; readonly jti_hash: string }>(sql`
  insert into ${usedAssertion} (client_id, jti_hash, expires_at)
    select * from rows from (unnest(
      ${texts(value('clientIds'))}, ${texts(value('jtiHashes'))}, ${texts(value('ends'))}::timestamptz[]))
      as used (client_id, jti_hash, ends) order by client_id, jti_hash
  on conflict do nothing
  returning client_id, jti_hash`);

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
