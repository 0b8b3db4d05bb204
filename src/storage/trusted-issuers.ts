/** Issuers of claims that we believe, in PostgreSQL. */
import { asc } from 'drizzle-orm';
import type { TrustedIssuer, TrustedIssuerStore } from '../protocols/uma/party/trusted-issuer-store.ts';
import type { Database } from './database.ts';
import { sharedLookup } from './shared-lookup.ts';
import { isAmong } from './statement.ts';
import { trustedIssuer } from './tables/uma.ts';

export function trustedIssuerStore(db: Database): TrustedIssuerStore {
  const byIssuers = db
    .select()
    .from(trustedIssuer)
    .where(isAmong(trustedIssuer.issuer, 'issuers'))
    .prepare('trusted_issuer_find');
  return {
    async trust(issuer) {
      const row = { ...issuer, jwksUri: issuer.jwksUri ?? null };
      await db
        .insert(trustedIssuer)
        .values(row)
        .onConflictDoUpdate({ target: trustedIssuer.issuer, set: row });
    },
    find: sharedLookup(
      (issuers) => byIssuers.execute({ issuers }),
      ({ issuer }) => issuer,
      issuerFrom,
    ),
    async list() {
      return (await db.select().from(trustedIssuer).orderBy(asc(trustedIssuer.issuer))).map(issuerFrom);
    },
  };
}

const issuerFrom = ({ jwksUri, ...row }: typeof trustedIssuer.$inferSelect): TrustedIssuer => ({
  ...row,
  ...(jwksUri === null ? {} : { jwksUri }),
});
