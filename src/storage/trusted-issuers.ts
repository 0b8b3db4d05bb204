/** Issuers of claims that we believe, in PostgreSQL. */
import { asc, eq, sql } from 'drizzle-orm';
import type { TrustedIssuer, TrustedIssuerStore } from '../protocols/uma/party/trusted-issuer-store.ts';
import type { Database } from './database.ts';
import { trustedIssuer } from './tables/uma.ts';

export function trustedIssuerStore(db: Database): TrustedIssuerStore {
  const byIssuer = db
    .select()
    .from(trustedIssuer)
    .where(eq(trustedIssuer.issuer, sql.placeholder('issuer')))
    .prepare('trusted_issuer_find');
  return {
    async trust(issuer) {
      const row = { ...issuer, jwksUri: issuer.jwksUri ?? null };
      await db
        .insert(trustedIssuer)
        .values(row)
        .onConflictDoUpdate({ target: trustedIssuer.issuer, set: row });
    },
    async find(issuer) {
      const [row] = await byIssuer.execute({ issuer });
      return row && issuerFrom(row);
    },
    async list() {
      return (await db.select().from(trustedIssuer).orderBy(asc(trustedIssuer.issuer))).map(issuerFrom);
    },
  };
}

const issuerFrom = ({ jwksUri, ...row }: typeof trustedIssuer.$inferSelect): TrustedIssuer => ({
  ...row,
  ...(jwksUri === null ? {} : { jwksUri }),
});
