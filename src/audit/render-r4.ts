/** An event as an AuditEvent of R4 and R4B, which share its shape (audit.md §1). */
import { formatInstant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import type { Resource } from '../fhir/resource.ts';
import {
  type Agent,
  type AuditedEvent,
  concept,
  type Entity,
  explanationsOf,
  type Network,
  observerOf,
  otherIdExtensions,
} from './event.ts';

export function renderR4(event: AuditedEvent, issuer: string): Resource {
  const purposes = event.purposes.map(concept);
  const explanations = explanationsOf(event);
  return {
    resourceType: 'AuditEvent',
    id: event.id,
    meta: { versionId: '1', lastUpdated: formatInstant(event.recordedAt) },
    ...(event.extension === undefined ? {} : { extension: [event.extension] }),
    type: event.type,
    subtype: [event.subtype],
    action: event.action,
    recorded: formatInstant(event.recordedAt),
    outcome: event.outcome,
    ...(explanations.length > 0 ? { outcomeDesc: explanations.join(': ') } : {}),
    ...(purposes.length > 0 ? { purposeOfEvent: purposes } : {}),
    agent: event.agents.map((agent) => agentR4(agent, purposes)),
    source: { observer: observerOf(issuer), type: [event.source] },
    entity: event.entities.map(entityR4),
  };
}

const agentR4 = (agent: Agent, purposes: readonly JsonObject[]): JsonObject => ({
  ...otherIdExtensions(agent),
  type: concept(agent.type),
  ...(agent.roles?.length ? { role: agent.roles.map(concept) } : {}),
  who: agent.who,
  requestor: agent.requestor,
  ...(agent.policy === undefined ? {} : { policy: [agent.policy] }),
  ...(agent.network === undefined
    ? {}
    : { network: { address: agent.network.address, type: networkTypes[agent.network.kind] } }),
  ...(agent.asks && purposes.length > 0 ? { purposeOfUse: purposes } : {}),
});

/** http://hl7.org/fhir/network-type. */
const networkTypes = { ip: '2', uri: '5' } as const satisfies Record<Network['kind'], string>;

const entityR4 = ({ what, type, role, query }: Entity): JsonObject => ({
  ...(what === undefined ? {} : { what }),
  type,
  ...(role === undefined ? {} : { role }),
  ...(query === undefined ? {} : { query }),
});
