/** The arithmetic of a cascade: a grant is never wider, and never longer, than any authority's answer (D5, D12). */
import { earlier, type Instant, plusSeconds } from '../base/instant.ts';
import type { Approval, Permission } from './approval.ts';

/**
 * From a scope of the consent authority to the scopes of this server that it stands for. What is not a key here is
 * dropped: two servers that use the same word need not mean the same (T5).
 *
 * @example
 * const scopeMap: ScopeMap = { 'patient/Observation.rs': ['observation:read', 'observation:search'] };
 */
export type ScopeMap = Readonly<Record<string, readonly string[]>>;

/** granted = upstream ∩ requested ∩ organizational, in this server's vocabulary and without repeats. */
export function narrowScopes(
  approved: readonly string[],
  requested: readonly string[],
  organizational: readonly string[],
  scopeMap: ScopeMap,
): readonly string[] {
  const mapped = new Set(
    approved.flatMap((scope) => (Object.hasOwn(scopeMap, scope) ? (scopeMap[scope] ?? []) : [])),
  );
  const wanted = requested.filter((scope) => mapped.has(scope) && organizational.includes(scope));
  return [...new Set(wanted)];
}

/** The scopes of this server that upstream scopes are worth asking for: the map read backwards. */
export function upstreamScopesFor(wanted: readonly string[], scopeMap: ScopeMap): readonly string[] {
  return Object.keys(scopeMap).filter((scope) => scopeMap[scope]?.some((own) => wanted.includes(own)));
}

/** A permission's own bounds never outlive the token's (UMA Federated Authorization §5.1.1). */
export function expiryOf(
  approval: Approval,
  permissions: readonly Permission[],
  at: Instant,
  seconds: number,
): Instant {
  const bounds = permissions.flatMap(({ expiresAt }) => (expiresAt === undefined ? [] : [expiresAt]));
  return [approval.expiresAt, ...bounds].reduce(earlier, plusSeconds(at, seconds));
}

/** The permissions for one resource that are in force at this moment. */
export function inForce(approval: Approval, resourceId: string, at: Instant): readonly Permission[] {
  return approval.permissions.filter(
    (permission) =>
      permission.resourceId === resourceId &&
      (permission.expiresAt === undefined || at < permission.expiresAt) &&
      (permission.notBefore === undefined || permission.notBefore <= at),
  );
}
