/** PATCH [base]/[type]/[id] and PATCH [base]/[type]?… with a JSON Patch (FHIR R4 §3.1.0.6, RFC 6902). */
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { isDeletion, type Resource, type StoredResource } from '../../../fhir/resource.ts';
import type { FhirApiDeps, FhirBase, FhirStores } from '../base.ts';
import {
  about,
  deleted,
  lossyPatch,
  notFound,
  notInThisVersion,
  patchFailed,
  severalMatch,
} from '../failures.ts';
import { type Presentation, presentationOf } from '../presentation.ts';
import { findInReach } from '../read/read-resource.ts';
import type { Act } from '../record.ts';
import { represent } from '../represent.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { reachIn } from '../who-may.ts';
import type { FhirCall } from '../wire.ts';
import { acceptBody } from './accept-body.ts';
import { applyPatch, type Operation } from './apply-patch.ts';
import { conditionFrom, matchOne } from './conditional.ts';
import { writtenAt } from './create-resource.ts';
import { expectedVersion } from './precondition.ts';
import { replace } from './replace.ts';
import { criteriaIn } from './update-resource.ts';

export type PatchCall<Params = unknown> = Omit<FhirCall<Params>, 'body'> & {
  readonly body: readonly Operation[];
};
type Find = (stores: FhirStores) => Promise<Result<StoredResource, Failure>>;

export const patchResource = (
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: PatchCall<{ readonly id: string }>,
) =>
  patch(deps, base, kind, act, call, async ({ resources }) => {
    const current = await findInReach(resources, kind, call.params.id, call.caller);
    if (!current) return err(notFound);
    return isDeletion(current) ? err(about(deleted, current)) : ok(current);
  });

export async function patchConditionally(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: PatchCall,
) {
  const presentation = presentationOf(base, call);
  if (!presentation.ok) return presentation;
  const context = { issuer: deps.issuer, at: call.at, caller: call.caller };
  const condition = conditionFrom(kind, presentation.value.version, context, criteriaIn(call));
  if (!condition.ok) return condition;
  return patch(deps, base, kind, act, call, async ({ resources }) => {
    const current = await matchOne(resources, condition.value, reachIn(kind, call.caller));
    if (!current) return err(notFound);
    return current === 'several' ? err(severalMatch) : ok(current);
  });
}

async function patch(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: PatchCall,
  find: Find,
) {
  const entitled = kind.mayFileSome(call.caller);
  if (!entitled.ok) return entitled;
  const presentation = presentationOf(base, call);
  if (!presentation.ok) return presentation;
  const expected = expectedVersion(call.headers);
  if (!expected.ok) return expected;
  const replaced = await deps.transact(async (stores) => {
    const current = await find(stores);
    if (!current.ok) return current;
    // What a patch finds, its tests tell; so that comes after whether the caller may write there (AD-6).
    const { patient, status } = current.value;
    const entitled = await kind.mayFile(stores, call.caller, patient, status);
    if (!entitled.ok) return err(about(entitled.failure, current.value));
    const { version } = presentation.value;
    const patched = patchedBody(deps, kind, current.value, version, call.text);
    if (!patched.ok) return patched;
    const body = { id: current.value.id, ...patched.value, version };
    const accepted = await acceptBody({ issuer: deps.issuer, resources: stores.resources }, kind, body, call);
    if (!accepted.ok) return accepted;
    const followed = { ...call, body: patched.value.resource };
    const replacement = { accepted: accepted.value, expected: expected.value, call: followed, act, deps };
    return replace(stores, kind, { current: current.value, ...replacement });
  });
  const answered = { ...call, body: { resourceType: kind.type } };
  return replaced.ok
    ? ok(writtenAt(deps, base, kind, { ...replaced.value, reveals: true }, presentation.value, answered))
    : replaced;
}

function patchedBody(
  { issuer }: FhirApiDeps,
  kind: ResourceKind,
  current: StoredResource,
  version: Presentation['version'],
  operations: string,
): Result<{ readonly resource: Resource; readonly text: string }, Failure> {
  const shown = kind.convert(current.resource, current.fhirVersion, version);
  if (!shown) return err(notInThisVersion(current, issuer));
  if (shown.lossy) return err(lossyPatch);
  const whole = represent(current, kind, { version });
  if (!whole) return err(notInThisVersion(current, issuer));
  const patched = applyPatch(whole, operations);
  if (!patched.ok) return patched;
  const { resource } = patched.value;
  if (resource.resourceType !== kind.type || resource.id !== current.id)
    return err(patchFailed('a patch must not change the type or the id'));
  return patched;
}
