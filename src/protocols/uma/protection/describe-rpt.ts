/** Says what an RPT permits at this moment: the consents are asked again, and what they no longer grant is dropped (D-3). */
import type { DecideAccess } from '../../../access/decide-access.ts';
import { recordOf } from '../../../access/record-of.ts';
import type { AuditLog } from '../../../audit/audit-log.ts';
import type { RandomBytes } from '../../../base/clock.ts';
import { earlier, toEpochSeconds } from '../../../base/instant.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { Transact } from '../../../base/transact.ts';
import type { ClientStore } from '../../authorization-server/client-store.ts';
import type {
  DescribeToken,
  IntrospectionCall,
  Introspector,
} from '../../authorization-server/introspect-token.ts';
import type { IssuedToken } from '../../authorization-server/token-store.ts';
import type { Approval, ApprovalOnFile, ApprovalStore } from '../assessment/approval-store.ts';
import {
  decidePermissions,
  outOfReach,
  type PermissionAnswer,
  type Support,
  withheld,
} from '../assessment/decide-permissions.ts';
import { isWithinRegistrations, type ReachDeps, registrationsBehind } from '../party/within-registrations.ts';
import { type Permission, stillRegistered } from '../permission/permission.ts';
import { approvedPermissions } from '../submitted/approved-permissions.ts';

/** An approval as it stands now. */
export type ConfirmedApproval = {
  readonly approval: Approval;
  readonly permissions: readonly Permission[];
  /** The decisions it rests on. */
  readonly support: readonly Support[];
};

/** What else the resource server of a cascade must know; fulfilled by `cascade/`. */
export type DescribeApproval = (confirmed: ConfirmedApproval) => JsonObject;

export type DescribeRptDeps = ReachDeps & {
  readonly issuer: string;
  readonly approvals: Pick<ApprovalStore, 'find'>;
  readonly clients: Pick<ClientStore, 'find'>;
  readonly decide: DecideAccess;
  readonly random: RandomBytes;
  readonly transact: Transact<{ readonly audit: AuditLog }>;
  readonly describeApproval: DescribeApproval;
};

export const describeRpt =
  (deps: DescribeRptDeps): DescribeToken =>
  async (token, call) => {
    const onFile = await deps.approvals.find(token.id);
    if (!onFile || onFile.isRevoked || !isKept(onFile.approval, call.caller)) return undefined;
    const { approval } = onFile;
    const found = await askAgain(deps, onFile, call);
    const exp = toEpochSeconds(
      found.holdsUntil === undefined ? token.expiresAt : earlier(token.expiresAt, found.holdsUntil),
    );
    const answer = exp <= toEpochSeconds(call.at) ? withheld(found) : found;
    await deps.transact(({ audit }) => audit.append(recordsOf(approval, answer, call)));
    if (answer.granted.length === 0) return undefined;
    const confirmed = { approval, permissions: answer.granted, support: answer.support };
    return { ...tokenMembers(deps.issuer, token, confirmed, call, exp), ...deps.describeApproval(confirmed) };
  };

/** The PAT of one patient tells nothing of another's record (UMA Federated Authorization §1.3). */
const isKept = ({ patient }: Approval, { authorizedBy }: Introspector): boolean =>
  authorizedBy === undefined || authorizedBy === patient;

/** Only what was granted then, is still registered, and is granted now, to clients that may still ask. */
async function askAgain(
  deps: DescribeRptDeps,
  { approval, client, resources, submitted }: ApprovalOnFile,
  { at, caller }: IntrospectionCall,
): Promise<PermissionAnswer> {
  const permissions = stillRegistered(approval.permissions, resources);
  const behind = registrationsBehind(deps, client, approval.party);
  const [answer, isInReach] = await Promise.all([
    decidePermissions(deps, {
      ...approval,
      permissions,
      resources,
      at,
      approved: approvedPermissions(submitted, { ...approval, resources, at }),
    }),
    isWithinRegistrations(
      deps,
      approval.patient,
      behind.then((registrations) => [caller, ...registrations]),
    ),
  ]);
  return isInReach ? answer : outOfReach(answer);
}

/** RFC 7662 §2.2 and UMA Federated Authorization §5.1.1: never a `scope`, always `permissions`. */
const tokenMembers = (
  issuer: string,
  token: IssuedToken,
  { approval, permissions }: ConfirmedApproval,
  { caller }: IntrospectionCall,
  exp: number,
): JsonObject => ({
  iss: issuer,
  sub: approval.subject,
  ...(caller.resource === undefined ? {} : { aud: caller.resource }),
  client_id: token.clientId,
  token_type: 'Bearer',
  jti: token.id,
  iat: toEpochSeconds(token.issuedAt),
  exp,
  permissions: permissions.map(({ resourceId, scopes }) => ({
    resource_id: resourceId,
    resource_scopes: scopes,
    exp,
  })),
});

const recordsOf = (
  approval: Approval,
  { decided }: PermissionAnswer,
  { caller, requestId }: IntrospectionCall,
) =>
  decided.map((each) =>
    recordOf(each, {
      door: 'introspection',
      clientId: caller.clientId,
      requestId,
      tokenId: approval.tokenId,
      transaction: approval.process,
    }),
  );
