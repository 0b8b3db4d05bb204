/** A permission: one registered resource with the scopes asked for, or granted, on it (UMA Grant §1.2). */

export type Permission = { readonly resourceId: string; readonly scopes: readonly string[] };

/** Of several mentions of one resource, one; of several mentions of one scope, one. */
export function mergePermissions(permissions: readonly Permission[]): readonly Permission[] {
  const merged = new Map<string, Set<string>>();
  for (const { resourceId, scopes } of permissions) {
    merged.set(resourceId, new Set([...(merged.get(resourceId) ?? []), ...scopes]));
  }
  return [...merged].map(([resourceId, scopes]) => ({ resourceId, scopes: [...scopes] }));
}
