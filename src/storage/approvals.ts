/** What RPTs rest on, in PostgreSQL. */
import { eq, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import type { Approval, ApprovalStore } from '../protocols/uma/approval-store.ts';
import type { Database } from './database.ts';
import { approval } from './tables/uma.ts';

export function approvalStore(db: Database, { random }: { readonly random: RandomBytes }): ApprovalStore {
  const byToken = db
    .select()
    .from(approval)
    .where(eq(approval.tokenId, sql.placeholder('tokenId')))
    .prepare('approval_find');
  return {
    async keep(kept, at) {
      await db.insert(approval).values({ key: timeOrderedKey(at, random), ...kept });
    },
    async find(tokenId) {
      const [row] = await byToken.execute({ tokenId });
      return row && approvalFrom(row);
    },
  };
}

const approvalFrom = ({ key: _, pctHash: __, ...row }: typeof approval.$inferSelect): Approval => row;
