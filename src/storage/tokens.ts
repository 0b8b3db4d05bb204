/** Issued tokens in PostgreSQL. */
import { and, eq, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import type { IssuedToken, TokenStore } from '../protocols/authorization-server/token-store.ts';
import { clientFrom } from './clients.ts';
import type { Database } from './database.ts';
import { isStorable, texts, unseen, value } from './statement.ts';
import { client, token } from './tables/authorization.ts';

export function tokenStore(db: Database, { random }: { readonly random: RandomBytes }): TokenStore {
  const withClient = db
    .select()
    .from(token)
    .innerJoin(client, eq(client.id, token.clientId))
    .where(sql`${token.id} = any(${unseen(texts(value('ids')))}::text[])`)
    .prepare('token_find');
  const findAll: TokenStore['findAll'] = async (ids) => {
    const rows = await withClient.execute({ ids: [...new Set(ids)].filter(isStorable) });
    const found = new Map(
      rows.map((row) => [row.token.id, { token: tokenFrom(row.token), client: clientFrom(row.client) }]),
    );
    return ids.map((id) => found.get(id));
  };
  return {
    async keep(issued) {
      await db.insert(token).values({
        key: timeOrderedKey(issued.issuedAt, random),
        ...issued,
        scopes: [...issued.scopes],
      });
    },
    find: async (id) => (await findAll([id]))[0],
    findAll,
    async revoke(id, clientId, at) {
      const rows = await db
        .update(token)
        .set({ revokedAt: sql`coalesce(${token.revokedAt}, ${sql.param(at, token.revokedAt)})` })
        .where(and(eq(token.id, id), eq(token.clientId, clientId)))
        .returning({ id: token.id });
      return rows.length === 1;
    },
  };
}

const tokenFrom = (row: typeof token.$inferSelect): IssuedToken => ({
  id: row.id,
  kind: row.kind,
  clientId: row.clientId,
  scopes: row.scopes,
  issuedAt: row.issuedAt,
  expiresAt: row.expiresAt,
  ...(row.resourceServer === null ? {} : { resourceServer: row.resourceServer }),
  ...(row.authorization === null ? {} : { authorization: row.authorization }),
  ...(row.patient === null ? {} : { patient: row.patient }),
  ...(row.revokedAt === null ? {} : { revokedAt: row.revokedAt }),
});
