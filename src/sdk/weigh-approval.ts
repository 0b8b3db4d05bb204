/** Weighing an approval that was just introspected: the checks of cascaded-authorization.md §6, then the narrowing. */
import type { Instant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Approval } from './approval.ts';
import { firstRefusal } from './approval-checks.ts';
import type { Coding } from './coding.ts';
import type { Expectation } from './expectation.ts';
import type { Refusal, RefusalReason } from './failure.ts';
import { expiryOf, inForce, narrowScopes } from './narrow.ts';
import type { Obligation } from './obligation.ts';

/** What this server may grant: at most this, at most until then, and only with what must be carried along. */
export type NarrowedGrant = {
  /** In this server's vocabulary, never empty. */
  readonly scopes: readonly string[];
  /** Issue no token that outlives it, and none that can be refreshed (D12, D13). */
  readonly expiresAt: Instant;
  /** For the resource server, whole (T12); pass each resource to `allows` with it. */
  readonly residual: readonly JsonObject[];
  readonly obligations: readonly Obligation[];
  readonly purposes: readonly Coding[];
  readonly patient?: string;
  readonly consents: readonly string[];
  /** `jti` and `txn` of the approval, for the audit trail; the approval itself goes no further (D14). */
  readonly tokenId: string;
  readonly transaction?: string;
};

const longestSeconds = 300;

export function weighApproval(
  approval: Approval,
  issuer: string,
  expected: Expectation,
  at: Instant,
): Result<NarrowedGrant, Refusal> {
  // D1: the answer came from the authority we asked; it must also speak in that authority's name.
  if (approval.issuer !== issuer) return refuse('untrusted-issuer', 'it names another issuer');
  const refusal = firstRefusal(approval, expected, at);
  if (refusal) return err(refusal);
  const permissions = inForce(approval, expected.resourceId, at);
  if (permissions.length === 0) return refuse('wrong-resource', 'it grants nothing on the record asked for');
  const scopes = narrowScopes(
    permissions.flatMap((permission) => permission.scopes),
    expected.requestedScopes,
    expected.organizationalScopes,
    expected.scopeMap,
  );
  if (scopes.length === 0) return refuse('nothing-granted', 'no scope is granted by all sides');
  const expiresAt = expiryOf(approval, permissions, at, expected.longestSeconds ?? longestSeconds);
  return ok({ ...carriedFrom(approval), scopes, expiresAt });
}

function carriedFrom(approval: Approval): Omit<NarrowedGrant, 'scopes' | 'expiresAt'> {
  const { residual, obligations, purposes, patient, consents, tokenId, transaction } = approval;
  return {
    residual,
    obligations,
    purposes,
    consents,
    tokenId,
    ...(patient === undefined ? {} : { patient }),
    ...(transaction === undefined ? {} : { transaction }),
  };
}

const refuse = (reason: RefusalReason, detail: string): Result<never, Refusal> => err({ reason, detail });
