/** PUT [base]/[type]/[id]: the next version of a resource that is there (FHIR R4 §3.1.0.4). */
import type { Caller } from '../../access/caller.ts';
import type { Failure } from '../../base/failure.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { StoredResource } from '../../fhir/resource.ts';
import type { ResourceWrite } from '../../fhir/resource-store.ts';
import { refusalOf } from '../../fhir/validate.ts';
import { acceptBody } from './accept-body.ts';
import type { FhirApiDeps, FhirBase } from './base.ts';
import {
  idMismatch,
  malformedQuery,
  notCreatedByUpdate,
  otherVersion,
  overtaken,
  versionConflict,
} from './failures.ts';
import { answerVersion, bodyVersion } from './negotiate.ts';
import { findInReach, isServedIn } from './read-resource.ts';
import type { ResourceKind } from './resource-kind.ts';
import { reachOf } from './who-may.ts';
import type { FhirCall } from './wire.ts';
import { written } from './written.ts';

export async function updateResource(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  call: FhirCall<{ readonly id: string }>,
) {
  const version = bodyVersion(base, call.headers);
  if (!version.ok) return version;
  const answered = answerVersion(base, call, version.value);
  if (!answered.ok) return answered;
  const expected = expectedVersion(call.headers);
  if (!expected.ok) return expected;
  const { id } = call.params;
  if (call.body.id !== id) return err(idMismatch);
  const accepted = await acceptBody(deps, kind, { id, resource: call.body, version: version.value }, call);
  if (!accepted.ok) return accepted;
  const { write } = accepted.value;
  // Whether the caller may touch it comes before any precondition (AD-6).
  const current = await findInReach(deps.resources, kind, id, call.caller);
  if (!current) return err(notCreatedByUpdate);
  const followed = await mayFollow(deps, kind, { current, write, caller: call.caller });
  if (!followed.ok) return followed;
  const stale = err(expected.value === undefined ? overtaken : versionConflict);
  if (expected.value !== undefined && expected.value !== current.version) return stale;
  const within = kind.ofPatients ? reachOf(call.caller) : {};
  // INVARIANT: what is replaced is the version that was looked at, whether or not the client named one.
  const updated = await deps.transact(({ resources }) => resources.update(write, current.version, within));
  if (!updated.ok) return updated.failure === 'stale' ? stale : err(notCreatedByUpdate);
  return ok(written(200, updated.value, accepted.value, call.headers, answered.value));
}

type Following = {
  readonly current: StoredResource;
  readonly write: ResourceWrite;
  readonly caller: Caller;
};

async function mayFollow(
  deps: FhirApiDeps,
  kind: ResourceKind,
  { current, write, caller }: Following,
): Promise<Result<undefined, Failure>> {
  if (!isServedIn(kind, current, write.fhirVersion)) return err(otherVersion(current, deps.issuer));
  // Past decisions were about that patient; a consent filed for the wrong one is entered in error and filed anew.
  if (current.patient !== write.patient) return err(refusalOf('unprocessable', kind.type, [anotherPatient]));
  // Taking a consent out of force weighs as much as putting it in force, so what is replaced is asked about as well.
  return await kind.mayFile(deps, caller, current.patient, current.status);
}

const anotherPatient = { code: 'business-rule', detail: 'a resource cannot become that of another patient' };

/** Undefined when any version may be followed: no header, or `*`. */
function expectedVersion(headers: Headers): Result<number | undefined, Failure> {
  const header = headers.get('if-match')?.trim();
  if (header === undefined || header === '*') return ok(undefined);
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  return version === undefined
    ? err(malformedQuery('If-Match must name one version, as in `W/"3"`'))
    : ok(Number(version));
}
