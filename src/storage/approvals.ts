/** What RPTs rest on, in PostgreSQL. */
import { eq, sql } from 'drizzle-orm';
import { lazily } from '../base/lazily.ts';
import type { Approval, ApprovalOnFile, ApprovalStore } from '../protocols/uma/assessment/approval-store.ts';
import type { Database } from './database.ts';
import { offeredResources } from './offered-resources.ts';
import { sharedLookup } from './shared-lookup.ts';
import { isAmong } from './statement.ts';
import { isStanding, recalledRequestFrom } from './submitted-requests.ts';
import { client, token } from './tables/authorization.ts';
import { approval, pct, submittedRequest } from './tables/uma.ts';

export function approvalStore(db: Database): ApprovalStore {
  const found = lazily({ byTokens: () => foundByTokens(db) });
  return {
    find: sharedLookup(
      (tokenIds) => found.byTokens.execute({ tokenIds }),
      (row) => row.approval.tokenId,
      onFile,
    ),
  };
}

const foundByTokens = (db: Database) =>
  db
    .select({
      approval,
      patients: client.patients,
      organizations: client.organizations,
      revokedAt: sql<string | null>`coalesce(${token.revokedAt}, ${pct.revokedAt})`,
      submitted: submittedRequest,
      standing: isStanding,
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
    .where(isAmong(approval.tokenId, 'tokenIds'))
    .prepare('approval_find');

type Row = Awaited<ReturnType<ReturnType<typeof foundByTokens>['execute']>>[number];

const onFile = (row: Row): ApprovalOnFile => {
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
    ...(row.submitted === null ? {} : { submitted: recalledRequestFrom(row.submitted, row.standing) }),
  };
};

const approvalFrom = ({ key: _, pctHash, ...row }: typeof approval.$inferSelect): Approval => ({
  ...row,
  ...(pctHash === null ? {} : { pctHash }),
});
