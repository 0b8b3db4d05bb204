/** The UMA endpoints: discovery, and the protection API of resource servers (UMA Federated Authorization §2–§4). */
import type { RequireScope } from '../../access/caller.ts';
import { anyone, type Endpoint, endpoint, jsonBody, type Reply, unchanged } from '../../base/endpoint.ts';
import type { Json } from '../../base/json.ts';
import { err, ok } from '../../base/result.ts';
import { protectionScope } from '../authorization-server/issue-access.ts';
import type { Discovery } from '../authorization-server/metadata.ts';
import { keySetMaxAgeSeconds } from '../authorization-server/signing-key.ts';
import { umaFailure } from './failures.ts';
import { keeperOf, type RegisteredResource } from './permission/resource-store.ts';
import {
  type RegistrationDeps,
  readResource,
  registerResource,
  updateResource,
} from './protection/register-resource.ts';
import { type PermissionDeps, requestPermission } from './protection/request-permission.ts';
import * as wire from './wire.ts';

export type UmaDeps = RegistrationDeps &
  PermissionDeps & {
    readonly issuer: string;
    readonly discovery: Discovery;
    readonly requireScope: RequireScope;
  };

export const umaEndpoints = (deps: UmaDeps): readonly Endpoint[] => [
  discover(deps),
  register(deps),
  list(deps),
  read(deps),
  update(deps),
  remove(deps),
  permission(deps),
];

const discover = ({ discovery }: UmaDeps): Endpoint =>
  endpoint({
    name: 'readUmaConfiguration',
    method: 'get',
    path: '/.well-known/uma2-configuration',
    summary: 'UMA 2.0 discovery',
    cors: 'anyone',
    guard: anyone,
    revalidated: true,
    replies: { 200: { description: 'the metadata', schema: wire.umaConfiguration }, 304: unchanged },
    handle: async () =>
      ok({
        status: 200,
        body: discovery,
        headers: { 'cache-control': `public, max-age=${keySetMaxAgeSeconds}` },
      }),
  });

const register = (deps: UmaDeps): Endpoint =>
  endpoint({
    name: 'registerResource',
    method: 'post',
    path: '/uma/resources',
    summary: "Put a patient's record under the patient's protection",
    guard: deps.requireScope(protectionScope),
    body: jsonBody(wire.resourceRegistration),
    replies: {
      201: { description: 'registered, and protected from now on', schema: wire.registrationReply },
    },
    async handle({ body, caller, at }) {
      const id = await registerResource(deps, body, caller, at);
      if (!id.ok) return err(umaFailure(id.failure));
      return ok(fresh(201, { _id: id.value }, { location: `${deps.issuer}/uma/resources/${id.value}` }));
    },
  });

const list = (deps: UmaDeps): Endpoint =>
  endpoint({
    name: 'listResources',
    method: 'get',
    path: '/uma/resources',
    summary:
      'The ids of all resources this resource server registered, or of those of the patient who granted the PAT',
    guard: deps.requireScope(protectionScope),
    replies: { 200: { description: 'ids, oldest first', schema: wire.resourceList } },
    handle: async ({ caller }) => ok(fresh(200, await deps.resources.list(keeperOf(caller)))),
  });

const read = (deps: UmaDeps): Endpoint =>
  endpoint({
    name: 'readResource',
    method: 'get',
    path: '/uma/resources/{id}',
    summary: 'One registered resource',
    guard: deps.requireScope(protectionScope),
    params: wire.resourceId,
    replies: { 200: { description: 'its description', schema: wire.resourceReply } },
    async handle({ params, caller }) {
      const resource = await readResource(deps, params.id, caller);
      return resource.ok ? ok(fresh(200, replyOf(resource.value))) : err(umaFailure(resource.failure));
    },
  });

const update = (deps: UmaDeps): Endpoint =>
  endpoint({
    name: 'updateResource',
    method: 'put',
    path: '/uma/resources/{id}',
    summary: 'Replace the description of a resource',
    guard: deps.requireScope(protectionScope),
    params: wire.resourceId,
    body: jsonBody(wire.resourceRegistration),
    replies: { 200: { description: 'replaced', schema: wire.registrationReply } },
    async handle({ params, body, caller }) {
      const updated = await updateResource(deps, params.id, body, caller);
      return updated.ok ? ok(fresh(200, { _id: params.id })) : err(umaFailure(updated.failure));
    },
  });

const remove = (deps: UmaDeps): Endpoint =>
  endpoint({
    name: 'removeResource',
    method: 'delete',
    path: '/uma/resources/{id}',
    summary: 'End the protection of a resource',
    guard: deps.requireScope(protectionScope),
    params: wire.resourceId,
    replies: { 204: { description: 'removed; what was granted on it holds no more' } },
    async handle({ params, caller }) {
      const isGone = await deps.resources.remove(keeperOf(caller), params.id);
      return isGone ? ok(fresh(204)) : err(umaFailure({ reason: 'no-such-resource' }));
    },
  });

const permission = (deps: UmaDeps): Endpoint =>
  endpoint({
    name: 'requestPermission',
    method: 'post',
    path: '/uma/permission',
    summary: 'Get a ticket for permissions that a client needs',
    guard: deps.requireScope(protectionScope),
    body: jsonBody(wire.permissionRequest),
    replies: { 201: { description: 'one ticket for all of them', schema: wire.permissionReply } },
    async handle({ body, caller, at }) {
      const ticket = await requestPermission(deps, body, caller, at);
      return ticket.ok ? ok(fresh(201, { ticket: ticket.value })) : err(umaFailure(ticket.failure));
    },
  });

const replyOf = ({ id, patient, description }: RegisteredResource): Json => ({
  _id: id,
  ...(description as Readonly<Record<string, Json>>),
  resource_owner: patient,
});

const fresh = (status: number, body?: Json, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  ...(body === undefined ? {} : { body }),
  headers: { 'cache-control': 'no-store', ...headers },
});
