/** DELETE [base]/[type]/[id] and DELETE [base]/[type]?…: administration, for what should not have been filed (fhir-consent.md §8). */
import type { Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { isDeletion, type StoredResource } from '../../../fhir/resource.ts';
import type { FhirApiDeps, FhirBase, FhirStores } from '../base.ts';
import { about, severalMatch } from '../failures.ts';
import { isId } from '../is-id.ts';
import { answerVersion } from '../negotiate.ts';
import { findInReach } from '../read/read-resource.ts';
import { type Act, done } from '../record.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { mayDelete, reachIn } from '../who-may.ts';
import type { FhirCall } from '../wire.ts';
import { conditionFrom, matchOne } from './conditional.ts';
import { expectedVersion, isStale } from './precondition.ts';
import { criteriaIn } from './update-resource.ts';

type Find = (stores: FhirStores) => Promise<StoredResource | 'several' | undefined>;

export const deleteResource = (
  deps: FhirApiDeps,
  kind: ResourceKind,
  act: Act,
  call: FhirCall<{ readonly id: string }>,
) =>
  remove(deps, kind, act, call, async ({ resources }) => {
    const current = await findInReach(resources, kind, call.params.id, call.caller);
    return current && !isDeletion(current) ? current : undefined;
  });

export async function deleteConditionally(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: FhirCall,
) {
  const version = answerVersion(base, call);
  if (!version.ok) return version;
  const context = { issuer: deps.issuer, at: call.at, caller: call.caller };
  const condition = conditionFrom(kind, version.value, context, criteriaIn(call));
  if (!condition.ok) return condition;
  return remove(deps, kind, act, call, ({ resources }) =>
    matchOne(resources, condition.value, reachIn(kind, call.caller)),
  );
}

async function remove(
  deps: FhirApiDeps,
  kind: ResourceKind,
  act: Act,
  call: FhirCall,
  find: Find,
): Promise<Result<Reply, Failure>> {
  const allowed = mayDelete(call.caller);
  if (!allowed.ok) return allowed;
  const some = kind.mayFileSome(call.caller);
  if (!some.ok) return some;
  const expected = expectedVersion(call.headers);
  if (!expected.ok) return expected;
  return await deps.transact(async (stores) => {
    const current = await find(stores);
    if (current === 'several') return err(severalMatch);
    // INVARIANT: alike for what is unknown, hidden and deleted before (access-denied-and-enforcement.md §2).
    if (!current) return gone(stores, deps, act, call, idIn(call));
    const entitled = await kind.mayFile(stores, call.caller, current.patient, current.status);
    if (!entitled.ok) return err(about(entitled.failure, current));
    if (isStale(expected.value, current.version)) return err(about(expected.value.stale, current));
    const { type, id } = current;
    const removal = { type, id, at: call.at, filedBy: call.caller.clientId };
    const removed = await stores.resources.remove(removal, current.version, reachIn(kind, call.caller));
    if (!removed.ok && removed.failure === 'stale') return err(about(expected.value.stale, current));
    return gone(stores, deps, act, call, current.id, [current.patient]);
  });
}

/** As it was asked for; a condition names none. */
const idIn = ({ params }: FhirCall): string | undefined => {
  const id = (params as { readonly id?: string } | undefined)?.id;
  return id !== undefined && isId(id) ? id : undefined;
};

async function gone(
  { audit }: FhirStores,
  deps: FhirApiDeps,
  act: Act,
  call: FhirCall,
  id: string | undefined,
  patients: readonly (string | undefined)[] = [],
): Promise<Result<Reply, Failure>> {
  const what = id === undefined ? {} : { what: `${act.type}/${id}` };
  await audit.append(done(deps, act, call, { patients, ...what }));
  return ok({ status: 204 });
}
