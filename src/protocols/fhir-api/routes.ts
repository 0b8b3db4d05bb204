/** The endpoints of one FHIR base, as a table (fhir-consent.md §8, interfaces.md). */
import { anyone, type Endpoint, endpoint } from '../../base/endpoint.ts';
import { ok } from '../../base/result.ts';
import { releaseOf } from '../../fhir/version.ts';
import type { FhirApiDeps, FhirBase } from './base.ts';
import { capabilityStatement } from './capability-statement.ts';
import { createResource } from './create-resource.ts';
import { answerVersion } from './negotiate.ts';
import { auditSearchParameters, readAuditEvent, searchAuditEvents } from './read-audit.ts';
import { readHistory } from './read-history.ts';
import { readResource, readVersion } from './read-resource.ts';
import { fhirReply } from './represent.ts';
import { type ResourceKind, resourceKinds } from './resource-kind.ts';
import { searchResources } from './search-resources.ts';
import { updateResource } from './update-resource.ts';
import { allowing } from './who-may.ts';
import {
  byId,
  byVersion,
  type FhirCall,
  listQuery,
  resourceBody,
  resourceReply,
  searchQuery,
} from './wire.ts';

export const fhirEndpoints = (deps: FhirApiDeps, base: FhirBase): readonly Endpoint[] => [
  metadata(deps, base),
  ...resourceKinds.flatMap((kind) => endpointsOf(deps, base, kind)),
  ...auditEndpoints(deps, base),
];

/** `fhirR4ReadConsent`; the base that negotiates has no release in its names. */
const nameFor = ({ version }: FhirBase, what: string): string =>
  `fhir${version === 'negotiated' ? '' : releaseOf[version]}${what}`;

const metadata = (deps: FhirApiDeps, base: FhirBase): Endpoint =>
  endpoint({
    name: nameFor(base, 'Metadata'),
    method: 'get',
    path: `${base.path}/metadata`,
    summary: 'What this base serves',
    guard: anyone,
    replies: { 200: resourceReply('a CapabilityStatement') },
    async handle(call) {
      const version = answerVersion(base, call);
      if (!version.ok) return version;
      return ok(fhirReply(200, version.value, capabilityStatement(base, version.value, deps.issuer)));
    },
  });

function endpointsOf(deps: FhirApiDeps, base: FhirBase, kind: ResourceKind): readonly Endpoint[] {
  const { type } = kind;
  const path = `${base.path}/${type}`;
  const reader = allowing(deps.requireScope, type, 'r');
  return [
    endpoint({
      name: nameFor(base, `Create${type}`),
      method: 'post',
      path,
      summary: `File a new ${type}`,
      guard: allowing(deps.requireScope, type, 'c', kind.writers),
      body: resourceBody,
      replies: { 201: resourceReply(`the ${type} as filed, unless Prefer says otherwise`) },
      handle: (call) => createResource(deps, base, kind, call as FhirCall),
    }),
    endpoint({
      name: nameFor(base, `Search${type}`),
      method: 'get',
      path,
      summary: `Search the ${type} resources within reach`,
      guard: allowing(deps.requireScope, type, 's'),
      query: searchQuery(['_id', ...kind.searchedBy]),
      replies: { 200: resourceReply('a searchset Bundle, also when nothing matches') },
      handle: (call) => searchResources(deps, base, kind, call as FhirCall),
    }),
    endpoint({
      name: nameFor(base, `Read${type}`),
      method: 'get',
      path: `${path}/{id}`,
      summary: `Read the current version of a ${type}`,
      guard: reader,
      params: byId,
      replies: {
        200: resourceReply(`the ${type}`),
        304: { description: 'the version the client has is current' },
      },
      handle: (call) => readResource(deps, base, kind, call as FhirCall<typeof call.params>),
    }),
    endpoint({
      name: nameFor(base, `Update${type}`),
      method: 'put',
      path: `${path}/{id}`,
      summary: `File the next version of a ${type}`,
      guard: allowing(deps.requireScope, type, 'u', kind.writers),
      params: byId,
      body: resourceBody,
      replies: { 200: resourceReply(`the ${type} as filed, unless Prefer says otherwise`) },
      handle: (call) => updateResource(deps, base, kind, call as FhirCall<typeof call.params>),
    }),
    endpoint({
      name: nameFor(base, `History${type}`),
      method: 'get',
      path: `${path}/{id}/_history`,
      summary: `List the versions of a ${type}, newest first`,
      guard: reader,
      params: byId,
      query: listQuery,
      replies: { 200: resourceReply('a history Bundle') },
      handle: (call) => readHistory(deps, base, kind, call as FhirCall<typeof call.params>),
    }),
    endpoint({
      name: nameFor(base, `ReadVersion${type}`),
      method: 'get',
      path: `${path}/{id}/_history/{version}`,
      summary: `Read one version of a ${type}`,
      guard: reader,
      params: byVersion,
      replies: { 200: resourceReply(`the ${type} as it was`) },
      handle: (call) => readVersion(deps, base, kind, call as FhirCall<typeof call.params>),
    }),
  ];
}

/** Read and search alone: what was recorded is not changed through an API (audit.md §7). */
const auditEndpoints = (deps: FhirApiDeps, base: FhirBase): readonly Endpoint[] => [
  endpoint({
    name: nameFor(base, 'SearchAuditEvent'),
    method: 'get',
    path: `${base.path}/AuditEvent`,
    summary: 'Search the record of decisions within reach',
    guard: allowing(deps.requireScope, 'AuditEvent', 's'),
    query: searchQuery(auditSearchParameters),
    replies: { 200: resourceReply('a searchset Bundle, newest first') },
    handle: (call) => searchAuditEvents(deps, base, call as FhirCall),
  }),
  endpoint({
    name: nameFor(base, 'ReadAuditEvent'),
    method: 'get',
    path: `${base.path}/AuditEvent/{id}`,
    summary: 'Read the record of one decision',
    guard: allowing(deps.requireScope, 'AuditEvent', 'r'),
    params: byId,
    replies: { 200: resourceReply('the AuditEvent') },
    handle: (call) => readAuditEvent(deps, base, call as FhirCall<typeof call.params>),
  }),
];
