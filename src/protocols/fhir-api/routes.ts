/** The endpoints of one FHIR base, as a table (fhir-consent.md §8, interfaces.md). */
import type { Caller } from '../../access/caller.ts';
import type { Interaction } from '../../audit/audit-log.ts';
import { anyone, type Endpoint, endpoint, type Refusal } from '../../base/endpoint.ts';
import { ok } from '../../base/result.ts';
import { auditEndpoints } from './audit/audit-routes.ts';
import type { FhirApiDeps, FhirBase } from './base.ts';
import { capabilityStatement } from './capability-statement.ts';
import { nameFor } from './endpoint-name.ts';
import { presentationOf } from './presentation.ts';
import { readHistory } from './read/read-history.ts';
import { readResource, readVersion } from './read/read-resource.ts';
import { type Act, recordRefusal } from './record.ts';
import { fhirReply } from './represent.ts';
import { type ResourceKind, resourceKinds } from './resource-kind.ts';
import { searchResources } from './search/search-resources.ts';
import { readVersions } from './versions.ts';
import { administrators, allowing } from './who-may.ts';
import {
  byId,
  byVersion,
  type FhirCall,
  historyQuery,
  layoutQuery,
  patchBody,
  resourceBody,
  resourceReply,
  searchForm,
  searchQuery,
} from './wire.ts';
import { createResource } from './write/create-resource.ts';
import { deleteConditionally, deleteResource } from './write/delete-resource.ts';
import { type PatchCall, patchConditionally, patchResource } from './write/patch-resource.ts';
import { updateConditionally, updateResource } from './write/update-resource.ts';

export const fhirEndpoints = (deps: FhirApiDeps, base: FhirBase): readonly Endpoint[] => [
  ...aboutTheBase(deps, base),
  ...resourceKinds.flatMap((kind) => endpointsOf(deps, base, kind)),
  ...auditEndpoints(deps, base),
];

const aboutTheBase = (deps: FhirApiDeps, base: FhirBase): readonly Endpoint[] => [
  endpoint({
    name: nameFor(base, 'Metadata'),
    method: 'get',
    path: `${base.path}/metadata`,
    summary: 'What this base serves',
    guard: anyone,
    query: layoutQuery,
    replies: { 200: resourceReply('a CapabilityStatement') },
    async handle(call) {
      const presentation = presentationOf(base, call);
      if (!presentation.ok) return presentation;
      const { version } = presentation.value;
      return ok(fhirReply(200, presentation.value, capabilityStatement(base, version, deps.issuer)));
    },
  }),
  endpoint({
    name: nameFor(base, 'Versions'),
    method: 'get',
    path: `${base.path}/$versions`,
    summary: 'The FHIR versions that this base speaks',
    guard: anyone,
    replies: { 200: resourceReply('Parameters, or plain JSON for whoever asks for that') },
    handle: async (call) => readVersions(base, call),
  }),
];

function endpointsOf(deps: FhirApiDeps, base: FhirBase, kind: ResourceKind): readonly Endpoint[] {
  return [
    ...searching(deps, base, kind),
    ...ofVersions(deps, base, kind),
    ...reading(deps, base, kind),
    ...writing(deps, base, kind),
    ...conditionally(deps, base, kind),
  ];
}

/** One interaction with one type, and the record of those that are refused; what is answered records itself. */
function acting(deps: FhirApiDeps, { type }: Pick<ResourceKind, 'type'>, interaction: Interaction) {
  const act: Act = { interaction, type };
  const onRefusal = (refusal: Refusal<Caller>) => recordRefusal(deps, act, refusal);
  return { act, told: { onRefusal } };
}

function searching(deps: FhirApiDeps, base: FhirBase, kind: ResourceKind): readonly Endpoint[] {
  const { type } = kind;
  const { act, told } = acting(deps, kind, 'search-type');
  const common = {
    guard: allowing(deps.requireScope, type, 's'),
    query: searchQuery(parameterNames(kind)),
    replies: { 200: resourceReply('a searchset Bundle, also when nothing matches') },
    ...told,
  };
  return [
    endpoint({
      ...common,
      name: nameFor(base, `Search${type}`),
      method: 'get',
      path: `${base.path}/${type}`,
      summary: `Search the ${type} resources within reach`,
      handle: (call) => searchResources(deps, base, kind, act, call as FhirCall),
    }),
    endpoint({
      ...common,
      name: nameFor(base, `Search${type}ByForm`),
      method: 'post',
      path: `${base.path}/${type}/_search`,
      summary: `Search the ${type} resources within reach, the parameters in the body`,
      body: searchForm,
      handle: (call) =>
        searchResources(deps, base, kind, act, call as unknown as FhirCall, { form: call.body }),
    }),
    ...(kind.inCompartment ? [inCompartment(deps, base, kind)] : []),
  ];
}

const parameterNames = ({ parameters }: ResourceKind): readonly string[] => [
  ...new Set(parameters.map(({ name }) => name)),
];

/** FHIR R4 §3.1.1.2: the compartment of one patient. */
function inCompartment(deps: FhirApiDeps, base: FhirBase, kind: ResourceKind): Endpoint {
  const { act, told } = acting(deps, kind, 'search-type');
  return endpoint({
    name: nameFor(base, `Search${kind.type}OfPatient`),
    method: 'get',
    path: `${base.path}/Patient/{id}/${kind.type}`,
    summary: `Search the ${kind.type} resources of one patient`,
    guard: allowing(deps.requireScope, kind.type, 's'),
    params: byId,
    query: searchQuery(parameterNames(kind)),
    replies: { 200: resourceReply('a searchset Bundle, also when nothing matches') },
    ...told,
    handle: (call) =>
      searchResources(deps, base, kind, act, call as FhirCall, { compartment: call.params.id }),
  });
}

function ofVersions(deps: FhirApiDeps, base: FhirBase, kind: ResourceKind): readonly Endpoint[] {
  const { type } = kind;
  const path = `${base.path}/${type}`;
  const guard = allowing(deps.requireScope, type, 'r');
  const ofType = acting(deps, kind, 'history-type');
  const ofOne = acting(deps, kind, 'history-instance');
  const ofVersion = acting(deps, kind, 'vread');
  return [
    endpoint({
      name: nameFor(base, `HistoryOf${type}s`),
      method: 'get',
      path: `${path}/_history`,
      summary: `List the versions of all ${type} resources within reach, newest first`,
      guard,
      query: historyQuery,
      replies: { 200: resourceReply('a history Bundle') },
      ...ofType.told,
      handle: (call) => readHistory(deps, base, kind, ofType.act, call as FhirCall<{ readonly id?: string }>),
    }),
    endpoint({
      name: nameFor(base, `History${type}`),
      method: 'get',
      path: `${path}/{id}/_history`,
      summary: `List the versions of a ${type}, newest first`,
      guard,
      params: byId,
      query: historyQuery,
      replies: { 200: resourceReply('a history Bundle') },
      ...ofOne.told,
      handle: (call) => readHistory(deps, base, kind, ofOne.act, call as FhirCall<typeof call.params>),
    }),
    endpoint({
      name: nameFor(base, `ReadVersion${type}`),
      method: 'get',
      path: `${path}/{id}/_history/{version}`,
      summary: `Read one version of a ${type}`,
      guard,
      params: byVersion,
      query: layoutQuery,
      replies: { 200: resourceReply(`the ${type} as it was`) },
      ...ofVersion.told,
      handle: (call) => readVersion(deps, base, kind, ofVersion.act, call as FhirCall<typeof call.params>),
    }),
  ];
}

function reading(deps: FhirApiDeps, base: FhirBase, kind: ResourceKind): readonly Endpoint[] {
  const { type } = kind;
  const { act, told } = acting(deps, kind, 'read');
  return [
    endpoint({
      name: nameFor(base, `Read${type}`),
      method: 'get',
      path: `${base.path}/${type}/{id}`,
      summary: `Read the current version of a ${type}`,
      guard: allowing(deps.requireScope, type, 'r'),
      params: byId,
      query: layoutQuery,
      replies: {
        200: resourceReply(`the ${type}`),
        304: { description: 'the version the client has is current' },
      },
      ...told,
      handle: (call) => readResource(deps, base, kind, act, call as FhirCall<typeof call.params>),
    }),
  ];
}

function writing(deps: FhirApiDeps, base: FhirBase, kind: ResourceKind): readonly Endpoint[] {
  const { type, writers } = kind;
  const path = `${base.path}/${type}`;
  const [create, update, patch, remove] = writes.map((interaction) => acting(deps, kind, interaction));
  if (!create || !update || !patch || !remove) return [];
  const filed = resourceReply(`the ${type} as filed, unless Prefer says otherwise`);
  const updater = allowing(deps.requireScope, type, 'u', writers);
  return [
    endpoint({
      name: nameFor(base, `Create${type}`),
      method: 'post',
      path,
      summary: `File a new ${type}, unless If-None-Exist finds one`,
      guard: allowing(deps.requireScope, type, 'c', writers),
      body: resourceBody,
      replies: { 200: resourceReply('the one that was there'), 201: filed },
      ...create.told,
      handle: (call) => createResource(deps, base, kind, create.act, call as FhirCall),
    }),
    endpoint({
      name: nameFor(base, `Update${type}`),
      method: 'put',
      path: `${path}/{id}`,
      summary: `File the next version of a ${type}`,
      guard: updater,
      params: byId,
      body: resourceBody,
      replies: { 200: filed },
      ...update.told,
      handle: (call) => updateResource(deps, base, kind, update.act, call as FhirCall<typeof call.params>),
    }),
    endpoint({
      name: nameFor(base, `Patch${type}`),
      method: 'patch',
      path: `${path}/{id}`,
      summary: `File the next version of a ${type} by saying what changes`,
      guard: updater,
      params: byId,
      body: patchBody,
      replies: { 200: filed },
      ...patch.told,
      handle: (call) =>
        patchResource(deps, base, kind, patch.act, call as unknown as PatchCall<typeof call.params>),
    }),
    endpoint({
      name: nameFor(base, `Delete${type}`),
      method: 'delete',
      path: `${path}/{id}`,
      summary: `End a ${type} that should not have been filed; its versions stay`,
      guard: allowing(deps.requireScope, type, 'd', administrators),
      params: byId,
      replies: { 204: { description: 'it is not there, now or already before' } },
      ...remove.told,
      handle: (call) => deleteResource(deps, kind, remove.act, call as FhirCall<typeof call.params>),
    }),
  ];
}

const writes = ['create', 'update', 'patch', 'delete'] as const;

/** What a condition finds is written to: one resource, or none. */
function conditionally(deps: FhirApiDeps, base: FhirBase, kind: ResourceKind): readonly Endpoint[] {
  const { type, writers } = kind;
  const path = `${base.path}/${type}`;
  const query = searchQuery(parameterNames(kind));
  const [, update, patch, remove] = writes.map((interaction) => acting(deps, kind, interaction));
  if (!update || !patch || !remove) return [];
  const filed = resourceReply(`the ${type} as filed, unless Prefer says otherwise`);
  const updater = allowing(deps.requireScope, type, 'u', writers);
  return [
    endpoint({
      name: nameFor(base, `Update${type}Conditionally`),
      method: 'put',
      path,
      summary: `File the next version of the one ${type} that matches, or a first`,
      guard: updater,
      query,
      body: resourceBody,
      replies: { 200: filed, 201: filed },
      ...update.told,
      handle: (call) => updateConditionally(deps, base, kind, update.act, call as FhirCall),
    }),
    endpoint({
      name: nameFor(base, `Patch${type}Conditionally`),
      method: 'patch',
      path,
      summary: `File the next version of the one ${type} that matches by saying what changes`,
      guard: updater,
      query,
      body: patchBody,
      replies: { 200: filed },
      ...patch.told,
      handle: (call) => patchConditionally(deps, base, kind, patch.act, call as unknown as PatchCall),
    }),
    endpoint({
      name: nameFor(base, `Delete${type}Conditionally`),
      method: 'delete',
      path,
      summary: `End the one ${type} that matches`,
      guard: allowing(deps.requireScope, type, 'd', administrators),
      query,
      replies: { 204: { description: 'none matches, now or already before' } },
      ...remove.told,
      handle: (call) => deleteConditionally(deps, base, kind, remove.act, call as FhirCall),
    }),
  ];
}
