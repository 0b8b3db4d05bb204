/** What of permissions can be put to a patient: which actions, on which types of data. */
import { type Action, actions } from '../../../decision/request.ts';
import type { AskedPermission } from './permission.ts';
import type { OfferedResource } from './resource-store.ts';
import { meaningOf, type ScopeMeaning } from './scope-meaning.ts';

/** Actions that are asked on the same types; absent means data of any type. */
export type AskedAccess = { readonly actions: readonly Action[]; readonly types?: readonly string[] };

/** What a consent can say. INVARIANT: by a yes nothing is permitted or approved that is not among these. */
export function askable(
  permissions: readonly AskedPermission[],
  resources: readonly OfferedResource[],
): readonly AskedPermission[] {
  const types = new Map(resources.map(({ id, description }) => [id, description.type]));
  return permissions
    .map(({ resourceId, scopes }) => {
      const type = types.get(resourceId);
      const said = scopes.filter((scope) => sayable(scope, type) !== undefined);
      return { resourceId, scopes: said, ...(type === undefined ? {} : { type }) };
    })
    .filter(({ scopes }) => scopes.length > 0);
}

/** Where less is asked than a consent can say, the patient would permit more than the client wants. */
function sayable(scope: string, type: string | undefined): ScopeMeaning | undefined {
  const meaning = meaningOf(scope, type);
  return meaning?.isNarrower ? undefined : meaning;
}

/** Empty where no scope says anything that a consent could answer. */
export function askedAccess(permissions: readonly AskedPermission[]): readonly AskedAccess[] {
  const meanings = permissions.flatMap(({ scopes, type }) =>
    scopes.flatMap((scope) => sayable(scope, type) ?? []),
  );
  const byTypes = new Map<string, AskedAccess>();
  for (const action of actions) {
    const named = meanings.filter((meaning) => meaning.actions.includes(action)).map(({ types }) => types);
    if (named.length === 0) continue;
    const isAny = named.some((types) => types === undefined);
    const types = isAny ? undefined : [...new Set(named.flatMap((each) => each ?? []))].toSorted();
    const key = types === undefined ? '*' : types.join();
    const before = byTypes.get(key)?.actions ?? [];
    byTypes.set(key, { actions: [...before, action], ...(types === undefined ? {} : { types }) });
  }
  return [...byTypes.values()];
}
