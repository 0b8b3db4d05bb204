/** Asking the consent authority for the ticket under which an approval is sought (UMA Federated Authorization §4). */
import { err, ok, type Result } from '../base/result.ts';
import { unreadable } from './call-authority.ts';
import type { CascadeFailure } from './failure.ts';
import { textOf } from './members.ts';
import { callProtected, type Upstream } from './upstream.ts';

export type PermissionRequest = {
  /** As registered. */
  readonly resourceId: string;
  /** In the authority's vocabulary, each registered for the resource. */
  readonly scopes: readonly string[];
};

/**
 * Returns the permission ticket, tU1 of cascaded-authorization.md §3: single use, minutes long, and bound by you to
 * the transaction it was made for (§3.2 rule 2).
 *
 * @example
 * const ticket = await requestTicket(upstream, [{ resourceId: record.id, scopes: ['patient/Observation.rs'] }]);
 */
export async function requestTicket(
  upstream: Upstream,
  permissions: readonly PermissionRequest[],
): Promise<Result<string, CascadeFailure>> {
  const wanted = permissions.map(({ resourceId, scopes }) => ({
    resource_id: resourceId,
    resource_scopes: scopes,
  }));
  const reply = await callProtected(upstream, upstream.authority.permissionEndpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(wanted),
  });
  if (!reply.ok) return reply;
  const ticket = textOf(reply.value.body['ticket']);
  return ticket === undefined ? err(unreadable('the permission response lacks `ticket`')) : ok(ticket);
}
