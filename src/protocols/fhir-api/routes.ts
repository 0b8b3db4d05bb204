/** The endpoints of one FHIR base, as a table (fhir-consent.md §8, interfaces.md). */
import type { ZodObject } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { type Call, type Endpoint, forScripts } from '../../base/endpoint.ts';
import { auditEndpoints } from './audit/audit-routes.ts';
import type { FhirApiDeps, FhirBase } from './base.ts';
import { aboutTheBase } from './base-routes.ts';
import { type Interacting, interacting, served } from './interacting.ts';
import { readHistory } from './read/read-history.ts';
import { readResource, readVersion } from './read/read-resource.ts';
import { type ResourceKind, resourceKinds } from './resource-kind.ts';
import type { Pair } from './search/read-search.ts';
import { searchResources } from './search/search-resources.ts';
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
import { patchConditionally, patchResource } from './write/patch-resource.ts';
import { updateConditionally, updateResource } from './write/update-resource.ts';

export const fhirEndpoints = (deps: FhirApiDeps, base: FhirBase): readonly Endpoint[] =>
  [
    ...aboutTheBase(deps, base),
    ...interactions.flatMap(({ kind, rows }) => rows.map(served(deps, base, kind))),
    ...auditEndpoints(deps, base),
  ].map(forScripts);

function interactionsWith(kind: ResourceKind): readonly Interacting[] {
  const query = searchQuery([...new Set(kind.parameters.map(({ name }) => name))]);
  return [
    ...searches(kind, query),
    ...(kind.inCompartment ? [searchOfPatient(kind, query)] : []),
    ...histories(kind),
    ...reads(kind),
    ...writes(kind),
    ...conditionalWrites(kind, query),
  ];
}

const found = { 200: resourceReply('a searchset Bundle, also when nothing matches') };

const searches = (kind: ResourceKind, query: ZodObject): readonly Interacting[] => [
  interacting({
    does: 'search-type',
    name: `Search${kind.type}`,
    method: 'get',
    path: kind.type,
    summary: `Search the ${kind.type} resources within reach`,
    query,
    replies: found,
    handle: searchResources,
  }),
  interacting({
    does: 'search-type',
    name: `Search${kind.type}ByForm`,
    method: 'post',
    path: `${kind.type}/_search`,
    summary: `Search the ${kind.type} resources within reach, the parameters in the body`,
    query,
    body: searchForm,
    replies: found,
    handle: (deps, base, of, act, call: Call<unknown, readonly Pair[], Caller>) =>
      searchResources(deps, base, of, act, call, { form: call.body }),
  }),
];

/** FHIR R4 §3.1.1.2: the compartment of one patient. */
const searchOfPatient = (kind: ResourceKind, query: ZodObject): Interacting =>
  interacting({
    does: 'search-type',
    name: `Search${kind.type}OfPatient`,
    method: 'get',
    path: `Patient/{id}/${kind.type}`,
    summary: `Search the ${kind.type} resources of one patient`,
    params: byId,
    query,
    replies: found,
    handle: (deps, base, of, act, call) =>
      searchResources(deps, base, of, act, call, { compartment: call.params.id }),
  });

const histories = ({ type }: ResourceKind): readonly Interacting[] => [
  interacting({
    does: 'history-type',
    name: `HistoryOf${type}s`,
    method: 'get',
    path: `${type}/_history`,
    summary: `List the versions of all ${type} resources within reach, newest first`,
    query: historyQuery,
    replies: { 200: resourceReply('a history Bundle') },
    handle: readHistory,
  }),
  interacting({
    does: 'history-instance',
    name: `History${type}`,
    method: 'get',
    path: `${type}/{id}/_history`,
    summary: `List the versions of a ${type}, newest first`,
    params: byId,
    query: historyQuery,
    replies: { 200: resourceReply('a history Bundle') },
    handle: readHistory,
  }),
];

const reads = ({ type }: ResourceKind): readonly Interacting[] => [
  interacting({
    does: 'vread',
    name: `ReadVersion${type}`,
    method: 'get',
    path: `${type}/{id}/_history/{version}`,
    summary: `Read one version of a ${type}`,
    params: byVersion,
    query: layoutQuery,
    replies: { 200: resourceReply(`the ${type} as it was`) },
    handle: readVersion,
  }),
  interacting({
    does: 'read',
    name: `Read${type}`,
    method: 'get',
    path: `${type}/{id}`,
    summary: `Read the current version of a ${type}`,
    params: byId,
    query: layoutQuery,
    replies: {
      200: resourceReply(`the ${type}`),
      304: { description: 'the version the client has is current' },
    },
    handle: readResource,
  }),
];

const filed = ({ type }: ResourceKind) => resourceReply(`the ${type} as filed, unless Prefer says otherwise`);

const writes = (kind: ResourceKind): readonly Interacting[] => [
  interacting({
    does: 'create',
    name: `Create${kind.type}`,
    method: 'post',
    path: kind.type,
    summary: `File a new ${kind.type}, unless If-None-Exist finds one`,
    body: resourceBody,
    replies: { 200: resourceReply('the one that was there'), 201: filed(kind) },
    handle: createResource,
  }),
  interacting({
    does: 'update',
    name: `Update${kind.type}`,
    method: 'put',
    path: `${kind.type}/{id}`,
    summary: `File the next version of a ${kind.type}`,
    params: byId,
    body: resourceBody,
    replies: { 200: filed(kind) },
    handle: updateResource,
  }),
  interacting({
    does: 'patch',
    name: `Patch${kind.type}`,
    method: 'patch',
    path: `${kind.type}/{id}`,
    summary: `File the next version of a ${kind.type} by saying what changes`,
    params: byId,
    body: patchBody,
    replies: { 200: filed(kind) },
    handle: patchResource,
  }),
  interacting({
    does: 'delete',
    name: `Delete${kind.type}`,
    method: 'delete',
    path: `${kind.type}/{id}`,
    summary: `End a ${kind.type} that should not have been filed; its versions stay`,
    params: byId,
    replies: { 204: { description: 'it is not there, now or already before' } },
    handle: (deps, _base, of, act, call: FhirCall<{ readonly id: string }>) =>
      deleteResource(deps, of, act, call),
  }),
];

/** What a condition finds is written to: one resource, or none. */
const conditionalWrites = (kind: ResourceKind, query: ZodObject): readonly Interacting[] => [
  interacting({
    does: 'update',
    name: `Update${kind.type}Conditionally`,
    method: 'put',
    path: kind.type,
    summary: `File the next version of the one ${kind.type} that matches, or a first`,
    query,
    body: resourceBody,
    replies: { 200: filed(kind), 201: filed(kind) },
    handle: updateConditionally,
  }),
  interacting({
    does: 'patch',
    name: `Patch${kind.type}Conditionally`,
    method: 'patch',
    path: kind.type,
    summary: `File the next version of the one ${kind.type} that matches by saying what changes`,
    query,
    body: patchBody,
    replies: { 200: filed(kind) },
    handle: patchConditionally,
  }),
  interacting({
    does: 'delete',
    name: `Delete${kind.type}Conditionally`,
    method: 'delete',
    path: kind.type,
    summary: `End the one ${kind.type} that matches`,
    query,
    replies: { 204: { description: 'none matches, now or already before' } },
    handle: deleteConditionally,
  }),
];

/** Made once, since a Worker composes the application for each request. */
const interactions = resourceKinds.map((kind) => ({ kind, rows: interactionsWith(kind) }));
