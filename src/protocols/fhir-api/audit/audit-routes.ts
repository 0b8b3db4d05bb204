/** AuditEvent, to read and to search alone: what was recorded is not changed through an API (audit.md §7). */
import type { Caller } from '../../../access/caller.ts';
import { type Endpoint, endpoint, type Refusal } from '../../../base/endpoint.ts';
import type { FhirApiDeps, FhirBase } from '../base.ts';
import { nameFor } from '../endpoint-name.ts';
import { type Act, recordRefusal } from '../record.ts';
import { allowing } from '../who-may.ts';
import { byId, type FhirCall, layoutQuery, resourceReply, searchForm, searchQuery } from '../wire.ts';
import { auditParameters } from './audit-criteria.ts';
import { readAuditEvent, searchAuditEvents } from './search-audit.ts';

const reading: Act = { interaction: 'read', type: 'AuditEvent' };
const searching: Act = { interaction: 'search-type', type: 'AuditEvent' };

export function auditEndpoints(deps: FhirApiDeps, base: FhirBase): readonly Endpoint[] {
  const path = `${base.path}/AuditEvent`;
  const told = (act: Act) => ({
    onRefusal: (refusal: Refusal<Caller>) => recordRefusal(deps, act, refusal),
  });
  const search = {
    guard: allowing(deps.requireScope, 'AuditEvent', 's'),
    query: searchQuery(
      auditParameters(base.version === 'negotiated' ? '4.0' : base.version).map(({ name }) => name),
    ),
    replies: { 200: resourceReply('a searchset Bundle, newest first') },
    ...told(searching),
  };
  return [
    endpoint({
      ...search,
      name: nameFor(base, 'SearchAuditEvent'),
      method: 'get',
      path,
      summary: 'Search the record of decisions and interactions within reach',
      handle: (call) => searchAuditEvents(deps, base, searching, call as FhirCall),
    }),
    endpoint({
      ...search,
      name: nameFor(base, 'SearchAuditEventByForm'),
      method: 'post',
      path: `${path}/_search`,
      summary: 'Search the record, the parameters in the body',
      body: searchForm,
      handle: (call) => searchAuditEvents(deps, base, searching, call as unknown as FhirCall, call.body),
    }),
    endpoint({
      name: nameFor(base, 'ReadAuditEvent'),
      method: 'get',
      path: `${path}/{id}`,
      summary: 'Read the record of one decision or interaction',
      guard: allowing(deps.requireScope, 'AuditEvent', 'r'),
      params: byId,
      query: layoutQuery,
      replies: { 200: resourceReply('the AuditEvent') },
      ...told(reading),
      handle: (call) => readAuditEvent(deps, base, reading, call as FhirCall<typeof call.params>),
    }),
  ];
}
