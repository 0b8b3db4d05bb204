/** What a token request is about: the scopes in question on the resources that are there now. */
import { err, ok, type Result } from '../../../base/result.ts';
import type { Client } from '../../authorization-server/client.ts';
import type { UmaProblem } from '../failures.ts';
import { requestedPermissions } from '../permission/assess.ts';
import type { Permission } from '../permission/permission.ts';
import type { OfferedResource } from '../permission/resource-store.ts';
import type { Presented } from './ticket-store.ts';

export type Wanted = {
  readonly permissions: readonly Permission[];
  readonly resources: readonly OfferedResource[];
  readonly resourceServer: { readonly id: string; readonly resource: string };
};

/** Ten on each of a thousand resources: an approval is written, read and told whole. */
const mostScopes = 10_000;

/** A resource or scope withdrawn since the ticket was issued is not in question any more (uma2.md §4). */
export function wantedOf(
  { ticket, audience, resources }: Presented,
  client: Pick<Client, 'scopes'>,
  requested: readonly string[],
): Result<Wanted, UmaProblem> {
  if (audience === undefined || resources.length === 0)
    return err({ reason: 'ticket-outlived-its-resources' });
  const permissions = requestedPermissions({
    registered: client.scopes,
    requested,
    ticket: ticket.permissions,
    available: new Map(resources.map((each) => [each.id, each.description.resource_scopes])),
  });
  if (!permissions.ok) return err({ reason: 'scope-fits-no-resource', scope: permissions.failure.scope });
  if (permissions.value.flatMap(({ scopes }) => scopes).length > mostScopes)
    return err({ reason: 'too-many-scopes' });
  const resourceServer = { id: ticket.resourceServer, resource: audience };
  return ok({ permissions: permissions.value, resources, resourceServer });
}
