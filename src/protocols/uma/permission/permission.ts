/** A permission: one registered resource with the scopes asked for, or granted, on it (UMA Grant §1.2). */
import type { OfferedResource } from './resource-store.ts';

export type Permission = { readonly resourceId: string; readonly scopes: readonly string[] };

/** With the type its resource was registered under, so that it can be told what is asked when that is gone. */
export type AskedPermission = Permission & { readonly type?: string };

/** Of several mentions of one resource, one; of several mentions of one scope, one. */
export function mergePermissions(permissions: readonly Permission[]): readonly Permission[] {
  const merged = new Map<string, Set<string>>();
  for (const { resourceId, scopes } of permissions) {
    merged.set(resourceId, new Set([...(merged.get(resourceId) ?? []), ...scopes]));
  }
  return [...merged].map(([resourceId, scopes]) => ({ resourceId, scopes: [...scopes] }));
}

/** Without what was withdrawn since (uma2.md §4). */
export function stillRegistered(
  permissions: readonly Permission[],
  resources: readonly OfferedResource[],
): readonly Permission[] {
  const offered = new Map(resources.map(({ id, description }) => [id, new Set(description.resource_scopes)]));
  return permissions.map(({ resourceId, scopes }) => ({
    resourceId,
    scopes: scopes.filter((scope) => offered.get(resourceId)?.has(scope)),
  }));
}

/** Whether a scope of a resource stands among these. */
export function standsAmong(these: readonly Permission[]): (resourceId: string, scope: string) => boolean {
  const held = new Map(these.map(({ resourceId, scopes }) => [resourceId, new Set(scopes)]));
  return (resourceId, scope) => held.get(resourceId)?.has(scope) ?? false;
}

/** Whether every scope of the others stands among these. */
export function includesAll(these: readonly Permission[], others: readonly Permission[]): boolean {
  const isHeld = standsAmong(these);
  return others.every(({ resourceId, scopes }) => scopes.every((scope) => isHeld(resourceId, scope)));
}
