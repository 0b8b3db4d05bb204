/** The next version of a resource that was looked at, and the record of it, as one (FHIR R4 §3.1.0.4). */
import type { Caller } from '../../../access/caller.ts';
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { StoredResource } from '../../../fhir/resource.ts';
import type { ResourceStore, ResourceWrite } from '../../../fhir/resource-store.ts';
import { refusalOf } from '../../../fhir/validation/validate.ts';
import { isR5 } from '../../../fhir/version.ts';
import type { FhirApiDeps, FhirStores } from '../base.ts';
import { about, notCreatedByUpdate } from '../failures.ts';
import { type Act, done, whatOf } from '../record.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { reachIn } from '../who-may.ts';
import type { FhirCall } from '../wire.ts';
import type { Accepted } from './accept-body.ts';
import { type Expected, isStale } from './precondition.ts';
import type { Written } from './written.ts';

export type Replacement = {
  readonly current: StoredResource;
  readonly accepted: Accepted;
  readonly expected: Expected;
  readonly call: FhirCall;
  readonly act: Act;
  readonly deps: FhirApiDeps;
};

/** Whether the caller may touch `current` at all was settled before: that comes before any precondition (AD-6). */
export async function replace(
  { resources, audit }: FhirStores,
  kind: ResourceKind,
  { current, accepted, expected, call, act, deps }: Replacement,
): Promise<Result<Written, Failure>> {
  const { write, warnings } = accepted;
  const followed = await mayFollow(resources, kind, { current, write, caller: call.caller });
  if (!followed.ok) return err(about(followed.failure, current));
  if (isStale(expected, current.version)) return err(about(expected.stale, current));
  // INVARIANT: what is replaced is the version that was looked at, whether or not the client named one.
  const updated = await resources.update(write, current.version, reachIn(kind, call.caller));
  if (!updated.ok)
    return err(updated.failure === 'stale' ? about(expected.stale, current) : notCreatedByUpdate);
  const stored = updated.value;
  await audit.append(done(deps, act, call, { patients: [stored.patient], what: whatOf(stored) }));
  return ok({ status: 200, stored, warnings });
}

type Following = {
  readonly current: StoredResource;
  readonly write: ResourceWrite;
  readonly caller: Caller;
};

async function mayFollow(
  resources: ResourceStore,
  kind: ResourceKind,
  { current, write, caller }: Following,
): Promise<Result<undefined, Failure>> {
  // Past decisions were about that patient; a consent filed for the wrong one is entered in error and filed anew.
  if (current.patient !== write.patient)
    return err(refusalOf('unprocessable', kind.type, [anotherPatient(write)]));
  // Taking a consent out of force weighs as much as putting it in force, so what is replaced is asked about as well.
  return await kind.mayFile({ resources }, caller, current.patient, current.status);
}

const anotherPatient = ({ type, fhirVersion }: ResourceWrite) => ({
  code: 'business-rule',
  detail: 'a resource cannot become that of another patient',
  pointer: `${type}.${type === 'Consent' && isR5(fhirVersion) ? 'subject' : 'patient'}`,
});
