/** What users authorized in PostgreSQL, with the codes and refresh tokens that rest on it. */
import { and, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import type { Instant } from '../base/instant.ts';
import type {
  Authorization,
  AuthorizationStore,
  Code,
  RefreshToken,
} from '../protocols/authorization-server/authorization-store.ts';
import type { Database } from './database.ts';
import { authorization, authorizationCode, refreshToken } from './tables/authorization.ts';

const now = (column: typeof authorizationCode.usedAt | typeof refreshToken.usedAt): SQL =>
  sql`${sql.param(sql.placeholder('at'), column)}`;

export function authorizationStore(
  db: Database,
  { random }: { readonly random: RandomBytes },
): AuthorizationStore {
  // One guarded update each: of many at once, PostgreSQL lets the first through and shows the others what it did.
  const used = db.$with('used').as(
    db
      .update(authorizationCode)
      .set({ usedAt: now(authorizationCode.usedAt) })
      .where(
        and(eq(authorizationCode.codeHash, sql.placeholder('codeHash')), isNull(authorizationCode.usedAt)),
      )
      .returning(),
  );
  const codeUse = db
    .with(used)
    .select()
    .from(used)
    .innerJoin(authorization, eq(authorization.id, used.authorization))
    .prepare('authorization_code_use');
  const refreshTokenUse = db
    .update(refreshToken)
    .set({ usedAt: now(refreshToken.usedAt) })
    .where(and(eq(refreshToken.secretHash, sql.placeholder('secretHash')), isNull(refreshToken.usedAt)))
    .returning({ authorization: refreshToken.authorization })
    .prepare('refresh_token_use');
  const refreshTokenFind = db
    .select()
    .from(refreshToken)
    .innerJoin(authorization, eq(authorization.id, refreshToken.authorization))
    .where(eq(refreshToken.secretHash, sql.placeholder('secretHash')))
    .prepare('refresh_token_find');

  const end = async (which: SQL, at: Instant, also?: SQL): Promise<boolean> => {
    const rows = await db
      .update(authorization)
      .set({
        revokedAt: sql`coalesce(${authorization.revokedAt}, ${sql.param(at, authorization.revokedAt)})`,
      })
      .where(and(sql`${authorization.id} = (${which})`, also))
      .returning({ id: authorization.id });
    return rows.length === 1;
  };

  return {
    async begin(authorized, codeHash, code) {
      await db.transaction(async (transaction) => {
        await transaction.insert(authorization).values(rowOf(authorized, random));
        await transaction
          .insert(authorizationCode)
          .values({ codeHash, authorization: authorized.id, expiresAt: authorized.expiresAt, ...code });
      });
    },
    async useCode(codeHash, at) {
      const [row] = await codeUse.execute({ codeHash, at });
      return row && { code: codeFrom(row.used), authorization: authorizationFrom(row.authorization) };
    },
    endByCode: (codeHash, { clientId, others }, at) =>
      end(
        sql`${db
          .select({ authorization: authorizationCode.authorization })
          .from(authorizationCode)
          .where(eq(authorizationCode.codeHash, codeHash))}`,
        at,
        or(eq(authorization.clientId, clientId), gt(authorization.authorizedAt, others.since)),
      ),
    async keepRefreshToken(secretHash, kept) {
      await db.insert(refreshToken).values({ secretHash, ...kept });
    },
    async findRefreshToken(secretHash) {
      const [row] = await refreshTokenFind.execute({ secretHash });
      return (
        row && {
          refreshToken: refreshTokenFrom(row.refresh_token),
          authorization: authorizationFrom(row.authorization),
        }
      );
    },
    async useRefreshToken(secretHash, at) {
      return (await refreshTokenUse.execute({ secretHash, at })).length === 1;
    },
    endByRefreshToken: (secretHash, clientId, at) =>
      end(
        sql`${db
          .select({ authorization: refreshToken.authorization })
          .from(refreshToken)
          .where(and(eq(refreshToken.secretHash, secretHash), eq(refreshToken.clientId, clientId)))}`,
        at,
      ),
  };
}

const rowOf = (authorized: Authorization, random: RandomBytes): typeof authorization.$inferInsert => ({
  key: timeOrderedKey(authorized.authorizedAt, random),
  ...authorized,
  scopes: [...authorized.scopes],
  resources: [...authorized.resources],
});

const authorizationFrom = (row: typeof authorization.$inferSelect): Authorization => ({
  id: row.id,
  clientId: row.clientId,
  patient: row.patient,
  scopes: row.scopes,
  resources: row.resources,
  authorizedAt: row.authorizedAt,
  expiresAt: row.expiresAt,
  ...(row.revokedAt === null ? {} : { revokedAt: row.revokedAt }),
});

const codeFrom = (row: typeof authorizationCode.$inferSelect): Code => ({
  clientId: row.clientId,
  redirectUri: row.redirectUri,
  isRedirectNamed: row.isRedirectNamed,
  codeChallenge: row.codeChallenge,
});

const refreshTokenFrom = (row: typeof refreshToken.$inferSelect): RefreshToken => ({
  authorization: row.authorization,
  clientId: row.clientId,
  issuedAt: row.issuedAt,
  expiresAt: row.expiresAt,
  ...(row.usedAt === null ? {} : { usedAt: row.usedAt }),
});
