/** What RPTs rest on, in PostgreSQL. */
import { eq, sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import { lazily } from '../base/lazily.ts';
import type { Approval, ApprovalStore } from '../protocols/uma/assessment/approval-store.ts';
import type { Database } from './database.ts';
import { insertion } from './insertion.ts';
import { offeredResources } from './offered-resources.ts';
import { submittedRequestFrom } from './submitted-requests.ts';
import { client, token } from './tables/authorization.ts';
import { approval, pct, submittedRequest } from './tables/uma.ts';

export function approvalStore(db: Database, { random }: { readonly random: RandomBytes }): ApprovalStore {
  const questions = lazily({
    byToken: () =>
      db
        .select({
          approval,
          patients: client.patients,
          organizations: client.organizations,
          revokedAt: sql<string | null>`coalesce(${token.revokedAt}, ${pct.revokedAt})`,
          submitted: submittedRequest,
          resources: offeredResources({
            permissions: sql`${approval.permissions}`,
            resourceServer: sql`${approval.resourceServer}`,
            patient: sql`${approval.patient}`,
          }),
        })
        .from(approval)
        .innerJoin(client, eq(client.id, approval.clientId))
        .innerJoin(token, eq(token.id, approval.tokenId))
        .leftJoin(pct, eq(pct.secretHash, approval.pctHash))
        .leftJoin(submittedRequest, eq(submittedRequest.process, approval.process))
        .where(eq(approval.tokenId, sql.placeholder('tokenId')))
        .prepare('approval_find'),
  });
  return {
    async keep(kept, at) {
      await insert(db, { key: timeOrderedKey(at, random), ...kept });
    },
    async find(tokenId) {
      const [row] = await questions.byToken.execute({ tokenId });
      if (!row) return undefined;
      const { patients, organizations } = row;
      return {
        approval: approvalFrom(row.approval),
        client: {
          id: row.approval.clientId,
          ...(patients === null ? {} : { patients }),
          ...(organizations === null ? {} : { organizations }),
        },
        resources: row.resources,
        isRevoked: row.revokedAt !== null,
        ...(row.submitted === null ? {} : { submitted: submittedRequestFrom(row.submitted) }),
      };
    },
  };
}

const insert = insertion(approval);

const approvalFrom = ({ key: _, pctHash, ...row }: typeof approval.$inferSelect): Approval => ({
  ...row,
  ...(pctHash === null ? {} : { pctHash }),
});
