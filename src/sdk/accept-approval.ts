/** Turning an approval into what this server may grant, once; and looking again while its own token lives. */
import type { Instant } from '../base/instant.ts';
import { err, type Result } from '../base/result.ts';
import type { Expectation } from './expectation.ts';
import type { CascadeFailure } from './failure.ts';
import { introspectApproval } from './introspect-approval.ts';
import type { Upstream } from './upstream.ts';
import { type NarrowedGrant, weighApproval } from './weigh-approval.ts';

/** Remembers which approvals were used. In a cluster it must be shared, and the check and the mark one step (D10). */
export type SeenTokens = {
  /** True the first time, false ever after until `until`, when the id may be forgotten. */
  readonly useOnce: (id: string, until: Instant) => Promise<boolean>;
};

/**
 * Introspects the RPT that the client presented (or that `requestApproval` returned), checks rows D1–D12 and D15 of
 * cascaded-authorization.md §6 against what this server expects of the transaction, narrows the scopes, and marks
 * the approval as used. Never forward or log the token (D14); never refresh a token made from the grant (D13).
 *
 * Only an approval that passes everything else counts as used, so that a stranger's attempt does not spend it.
 *
 * @example
 * const granted = await acceptApproval(upstream, rpt, transaction.expectation, seen);
 * if (!granted.ok) return answer(answerTo(granted.failure));
 * return issueToken({ scope: granted.value.scopes.join(' '), exp: toEpochSeconds(granted.value.expiresAt) });
 */
export async function acceptApproval(
  upstream: Upstream,
  token: string,
  expected: Expectation,
  seen: SeenTokens,
): Promise<Result<NarrowedGrant, CascadeFailure>> {
  const { authority, wiring } = upstream;
  const approval = await introspectApproval(upstream, token);
  if (!approval.ok) return approval;
  const grant = weighApproval(approval.value, authority.issuer, expected, wiring.clock());
  if (!grant.ok) return grant;
  const { tokenId, expiresAt } = approval.value;
  const isFirstUse = await seen.useOnce(`${authority.issuer} ${tokenId}`, expiresAt);
  return isFirstUse ? grant : err({ reason: 'already-used', detail: `approval ${tokenId} was used before` });
}

/**
 * Asks again about an approval that was accepted before, with the same checks except one-use: what the grant is
 * worth now. Call it whenever your resource server introspects a token made from it, so that a withdrawn consent
 * ends that token too (D4, T8); any failure means inactive.
 *
 * @example
 * const now = await reviewApproval(upstream, issued.rpt, issued.expectation);
 * return now.ok ? { active: true, extensions: { ihe_pcf: { residual: now.value.residual } } } : { active: false };
 */
export async function reviewApproval(
  upstream: Upstream,
  token: string,
  expected: Expectation,
): Promise<Result<NarrowedGrant, CascadeFailure>> {
  const approval = await introspectApproval(upstream, token);
  if (!approval.ok) return approval;
  return weighApproval(approval.value, upstream.authority.issuer, expected, upstream.wiring.clock());
}
