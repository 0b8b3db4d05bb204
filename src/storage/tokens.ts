/** Issued tokens in PostgreSQL. */
import { and, eq, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import type { IssuedToken, TokenStore } from '../protocols/authorization-server/token-store.ts';
import { clientFrom } from './clients.ts';
import type { Database } from './database.ts';
import { client, token } from './tables/authorization.ts';

export function tokenStore(db: Database, { random }: { readonly random: RandomBytes }): TokenStore {
  const withClient = db
    .select()
    .from(token)
    .innerJoin(client, eq(client.id, token.clientId))
    .where(eq(token.id, sql.placeholder('id')))
    .prepare('token_find');
  return {
    async keep(issued) {
      await db.insert(token).values({
        key: timeOrderedKey(issued.issuedAt, random),
        ...issued,
        scopes: [...issued.scopes],
      });
    },
    async find(id) {
      const [row] = await withClient.execute({ id });
      return row && { token: tokenFrom(row.token), client: clientFrom(row.client) };
    },
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
  ...(row.patient === null ? {} : { patient: row.patient }),
  ...(row.revokedAt === null ? {} : { revokedAt: row.revokedAt }),
});
