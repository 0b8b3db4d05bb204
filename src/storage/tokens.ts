/** Issued tokens in PostgreSQL. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import { asInstant, type Instant } from '../base/instant.ts';
import { lazily } from '../base/lazily.ts';
import type { IssuedToken, TokenOnFile, TokenStore } from '../protocols/authorization-server/token-store.ts';
import { clientFrom } from './clients.ts';
import type { Database } from './database.ts';
import { insertionInto } from './insertion.ts';
import { sharedLookup } from './shared-lookup.ts';
import { isAmong, value } from './statement.ts';
import { authorization, client, token } from './tables/authorization.ts';

export function tokenStore(db: Database, { random }: { readonly random: RandomBytes }): TokenStore {
  const known = (where: SQL) =>
    db
      .select({ token, client, endedAt: authorization.revokedAt })
      .from(token)
      .innerJoin(client, eq(client.id, token.clientId))
      .leftJoin(authorization, eq(authorization.id, token.authorization))
      // INVARIANT: a token whose authorization is not on file is not, either.
      .where(sql`${where} and (${token.authorization} is null or ${authorization.id} is not null)`);
  const questions = lazily({
    byIds: () => known(isAmong(token.id, 'ids')).prepare('token_find'),
    bySecret: () => known(sql`${token.secretHash} = ${value('secretHash')}`).prepare('token_find_by_secret'),
  });
  const insert = insertion(db);
  return {
    keep: (issued, secretHash) => insert(tokenRow(issued, secretHash, random)),
    find: sharedLookup(
      (ids) => questions.byIds.execute({ ids }),
      (row) => row.token.id,
      onFile,
    ),
    async findBySecret(secretHash) {
      const [row] = await questions.bySecret.execute({ secretHash });
      return row && onFile(row);
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

const insertion = insertionInto(token);

/** Of `token`, for whoever writes more in the same statement. */
export const tokenRow = (
  issued: IssuedToken,
  secretHash: string | undefined,
  random: RandomBytes,
): typeof token.$inferInsert => ({
  key: timeOrderedKey(issued.issuedAt, random),
  ...issued,
  ...(secretHash === undefined ? {} : { secretHash }),
  scopes: [...issued.scopes],
});

type Row = {
  readonly token: typeof token.$inferSelect;
  readonly client: typeof client.$inferSelect;
  readonly endedAt: Instant | null;
};

const onFile = ({ token: row, client: owner, endedAt }: Row): TokenOnFile => {
  const ends = [row.revokedAt, endedAt].filter((end) => end !== null);
  return {
    token: { ...tokenFrom(row), ...(ends.length === 0 ? {} : { revokedAt: asInstant(Math.min(...ends)) }) },
    client: clientFrom(owner),
  };
};

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
});
