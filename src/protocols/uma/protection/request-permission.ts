/** Turns the permissions a resource server asks for into one ticket (UMA Federated Authorization §4). */
import type { Caller } from '../../../access/caller.ts';
import type { RandomBytes } from '../../../base/clock.ts';
import { randomId } from '../../../base/ids.ts';
import type { Instant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { UmaProblem } from '../failures.ts';
import { isWithinRegistrations, type ReachDeps } from '../party/within-registrations.ts';
import { mergePermissions, type Permission, stillRegistered } from '../permission/permission.ts';
import {
  keeperOf,
  type RegisteredResource,
  type RegisteredResourceStore,
} from '../permission/resource-store.ts';
import { issueTicket, type TicketDeps } from '../ticket/ticket.ts';
import type { PermissionRequest } from '../wire.ts';

export type PermissionDeps = TicketDeps &
  ReachDeps & {
    readonly resources: Pick<RegisteredResourceStore, 'find'>;
    readonly random: RandomBytes;
  };

export async function requestPermission(
  deps: PermissionDeps,
  asked: PermissionRequest,
  caller: Caller,
  at: Instant,
): Promise<Result<string, UmaProblem>> {
  const permissions = mergePermissions([asked].flat().map(permissionOf));
  const ids = permissions.map(({ resourceId }) => resourceId);
  const resources = await deps.resources.find(keeperOf(caller), ids);
  const patient = ownerOf(resources, ids);
  if (patient === undefined || !(await isWithinRegistrations(deps, patient, [caller])))
    return err({ reason: 'unknown-resource-id' });
  if (!areRegistered(permissions, resources)) return err({ reason: 'scope-not-registered' });
  const process = randomId(deps.random);
  return ok(await issueTicket(deps, { process, resourceServer: caller.clientId, patient, permissions }, at));
}

const permissionOf = ({
  resource_id,
  resource_scopes,
}: Exclude<PermissionRequest, readonly unknown[]>): Permission => ({
  resourceId: resource_id,
  scopes: resource_scopes,
});

/** The one owner of all the resources (§4); undefined when one is unknown or another's. */
function ownerOf(resources: readonly RegisteredResource[], ids: readonly string[]): string | undefined {
  const [first] = resources;
  if (!first || resources.length !== ids.length) return undefined;
  return resources.every(({ patient }) => patient === first.patient) ? first.patient : undefined;
}

const areRegistered = (
  permissions: readonly Permission[],
  resources: readonly RegisteredResource[],
): boolean => {
  const registered = stillRegistered(permissions, resources);
  return permissions.every(({ scopes }, at) => scopes.length === registered[at]?.scopes.length);
};
