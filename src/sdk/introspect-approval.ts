/** Asking the consent authority whether an approval still holds, and what it says (UMA Federated Authorization §5). */
import { err, ok, type Result } from '../base/result.ts';
import { type Approval, readApproval } from './approval.ts';
import { unreadable } from './call-authority.ts';
import type { CascadeFailure } from './failure.ts';
import { callProtected, type Upstream } from './upstream.ts';

/**
 * Introspects an RPT with our PAT, at decision time and however self-contained it looks, since only the authority
 * knows of a revocation (D4). `approval-inactive` says all there is to know: unknown, expired, revoked, or issued
 * for another server (D2). Most callers want `acceptApproval` or `reviewApproval`, which also weigh the answer.
 *
 * @example
 * const approval = await introspectApproval(upstream, rpt);
 * if (approval.ok) approval.value.permissions; // [{ resourceId: 'rsrc-7f3a', scopes: ['patient/Observation.rs'] }]
 */
export async function introspectApproval(
  upstream: Upstream,
  token: string,
): Promise<Result<Approval, CascadeFailure>> {
  const reply = await callProtected(upstream, upstream.authority.introspectionEndpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
  });
  if (!reply.ok) return reply;
  const { active } = reply.value.body;
  if (active === false)
    return err({ reason: 'approval-inactive', detail: 'the authority calls it inactive' });
  const approval = active === true ? readApproval(reply.value.body) : undefined;
  return approval ? ok(approval) : err(unreadable('the introspection response is incomplete'));
}
