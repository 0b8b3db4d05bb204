/** Finding the one resource that a condition means (FHIR R4 §3.1.0.8.1, §3.1.0.4.3, §3.1.0.7.1). */
import type { Caller } from '../../../access/caller.ts';
import type { Failure } from '../../../base/failure.ts';
import type { Instant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { StoredResource } from '../../../fhir/resource.ts';
import type { Reach, ResourceStore } from '../../../fhir/resource-store.ts';
import type { Question } from '../../../fhir/search/search.ts';
import type { FhirVersion } from '../../../fhir/version.ts';
import { ownFhirBases } from '../base.ts';
import { anotherSearch, selectsNothing } from '../failures.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { questionFrom } from '../search/criteria.ts';
import { type Pair, readSearch } from '../search/read-search.ts';
import { searchableBy } from '../search/searchable.ts';
import { maySearch } from '../who-may.ts';

export type Conditional = {
  readonly question: Question;
  /** Equal for conditions that mean the same: who writes under one waits for the other. */
  readonly name: string;
};

type Context = { readonly issuer: string; readonly at: Instant; readonly caller: Caller };

/** Undefined where there is no condition. */
export function conditionIn(
  kind: ResourceKind,
  version: FhirVersion,
  context: Context,
  written: string | null,
): Result<Conditional | undefined, Failure> {
  if (written === null) return ok(undefined);
  const [query = '', path] = written.split('?', 2).toReversed();
  if (path !== undefined && !isSearchOf(kind, path, context)) return err(anotherSearch);
  return conditionFrom(kind, version, context, [...new URLSearchParams(query)]);
}

/** Usually the parameters alone (FHIR R4 §3.1.0.8.1); an address before them must be that of the type here. */
function isSearchOf({ type }: ResourceKind, path: string, { issuer }: Context): boolean {
  return ['', type, ...ownFhirBases(issuer).map((base) => `${base}/${type}`)].includes(path);
}

/** Read strictly: what is ignored would widen what is changed. */
export function conditionFrom(
  kind: ResourceKind,
  version: FhirVersion,
  { issuer, at, caller }: Context,
  pairs: readonly Pair[],
): Result<Conditional, Failure> {
  const allowed = maySearch(caller, kind.type);
  if (!allowed.ok) return allowed;
  const asked = readSearch(pairs, searchableBy(kind, version), 'strict');
  if (!asked.ok) return asked;
  const { criteria } = asked.value;
  if (criteria.length === 0) return err(selectsNothing);
  const question = questionFrom(kind.type, kind.parameters, version, criteria, { issuer, at });
  if (!question.ok) return question;
  const sorted = criteria.map(([name, value]) => `${name}=${value}`).toSorted();
  return ok({ question: question.value, name: `${kind.type}?${sorted.join('&')}` });
}

/**
 * INVARIANT: within the reach, so that what is hidden counts as not there
 * (access-denied-and-enforcement.md §2). To be called in the transaction of the write.
 */
export async function matchOne(
  resources: ResourceStore,
  { question, name }: Conditional,
  within: Reach,
): Promise<StoredResource | 'several' | undefined> {
  await resources.hold(name);
  const { items } = await resources.search(question, [], { count: 2, total: false }, within);
  return items.length > 1 ? 'several' : items[0];
}
