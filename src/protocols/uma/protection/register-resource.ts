/** Puts a patient's record at a resource server under the patient's protection (UMA Federated Authorization §3). */
import type { Caller } from '../../../access/caller.ts';
import type { FindPatient } from '../../../access/find-on-file.ts';
import { isWithin } from '../../../access/patient-in-reach.ts';
import type { RandomBytes } from '../../../base/clock.ts';
import { randomId } from '../../../base/ids.ts';
import type { Instant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { UmaProblem } from '../failures.ts';
import { isWithinRegistrations } from '../party/within-registrations.ts';
import {
  keeperOf,
  type RegisteredResource,
  type RegisteredResourceStore,
} from '../permission/resource-store.ts';
import type { ResourceDescription } from '../wire.ts';

export type RegistrationDeps = {
  readonly resources: RegisteredResourceStore;
  readonly findPatient: FindPatient;
  readonly random: RandomBytes;
};

type Registration = ResourceDescription & { readonly resource_owner?: string | undefined };

export async function registerResource(
  deps: RegistrationDeps,
  { resource_owner: owner, ...description }: Registration,
  caller: Caller,
  at: Instant,
): Promise<Result<string, UmaProblem>> {
  // Without a URI of its own no token could be meant for it.
  if (caller.resource === undefined) return err({ reason: 'not-a-resource-server' });
  const named = owner ?? caller.authorizedBy;
  if (named === undefined) return err({ reason: 'owner-missing' });
  const patient = await ownerInReach(deps, named, caller);
  if (!patient.ok) return patient;
  const id = randomId(deps.random);
  await deps.resources.register({
    id,
    resourceServer: caller.clientId,
    patient: patient.value,
    description,
    registeredAt: at,
  });
  return ok(id);
}

/** Full replacement (§3.2.3): what is not named any more is gone, the owner apart. */
export async function updateResource(
  deps: RegistrationDeps,
  id: string,
  { resource_owner: owner, ...description }: Registration,
  caller: Caller,
): Promise<Result<undefined, UmaProblem>> {
  const resource = await readResource(deps, id, caller);
  if (!resource.ok) return resource;
  if (owner !== undefined) {
    const patient = await ownerInReach(deps, owner, caller);
    if (!patient.ok) return patient;
    if (patient.value !== resource.value.patient)
      return err({ reason: 'owner-out-of-reach', why: 'changed' });
  }
  const isThere = await deps.resources.describe(keeperOf(caller), id, description);
  return isThere ? ok() : err({ reason: 'no-such-resource' });
}

/** A resource whose patient left the caller's reach is as unknown as the patient is. */
export async function readResource(
  deps: Pick<RegistrationDeps, 'resources' | 'findPatient'>,
  id: string,
  caller: Caller,
): Promise<Result<RegisteredResource, UmaProblem>> {
  const [resource] = await deps.resources.find(keeperOf(caller), [id]);
  const isInReach = resource && (await isWithinRegistrations(deps, resource.patient, [caller]));
  return resource && isInReach ? ok(resource) : err({ reason: 'no-such-resource' });
}

/**
 * Outside its registration a client gets the answer of an unknown patient (interfaces.md, Scopes); and so does it with a
 * PAT of one patient about any other.
 */
async function ownerInReach(
  { findPatient }: RegistrationDeps,
  owner: string,
  caller: Caller,
): Promise<Result<string, UmaProblem>> {
  const patient = await findPatient(owner);
  if (!patient) return err({ reason: 'owner-out-of-reach', why: 'unknown' });
  if (!isWithin(caller, patient)) return err({ reason: 'owner-out-of-reach', why: 'not-allowed' });
  if (caller.authorizedBy !== undefined && patient.reference !== caller.authorizedBy)
    return err({ reason: 'owner-out-of-reach', why: 'not-allowed' });
  return ok(patient.reference);
}
