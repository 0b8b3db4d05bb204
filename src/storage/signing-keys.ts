/** Our signing keys in PostgreSQL, the private part encrypted before it comes here. */
import { desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Instant } from '../base/instant.ts';
import type { SealedKey, SigningKeyStore } from '../protocols/authorization-server/signing-key-store.ts';
import type { Database } from './database.ts';
import { signingKey } from './tables/authorization.ts';

export function signingKeyStore(db: Database): SigningKeyStore {
  return {
    async list() {
      const rows = await db.select().from(signingKey).orderBy(desc(signingKey.activeFrom));
      return rows.map(
        ({ retiredAt, ...row }): SealedKey => (retiredAt === null ? row : { ...row, retiredAt }),
      );
    },
    async succeed(key, predecessorsRetireAt) {
      await db.transaction(async (tx) => {
        await tx.update(signingKey).set({ retiredAt: noLaterThan(predecessorsRetireAt) });
        await tx.insert(signingKey).values(key);
      });
    },
    async retire(kid, retiresAt) {
      await db
        .update(signingKey)
        .set({ retiredAt: noLaterThan(retiresAt) })
        .where(eq(signingKey.kid, kid));
    },
    async addFirst(key) {
      await db.transaction(async (tx) => {
        // Of servers that start together on an empty table, the others wait here and then find the key.
        await tx.execute(sql`lock table ${signingKey} in exclusive mode`);
        const existing = await tx.select({ kid: signingKey.kid }).from(signingKey).limit(1);
        if (existing.length === 0) await tx.insert(signingKey).values(key);
      });
    },
  };
}

/** `least` passes over null. */
const noLaterThan = (at: Instant): SQL =>
  sql`least(${signingKey.retiredAt}, ${sql.param(at, signingKey.retiredAt)})`;
