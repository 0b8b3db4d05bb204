/** An event as an AuditEvent of R5 (audit.md §1 and A-12). */
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
  systems,
} from './event.ts';

export function renderR5(event: AuditedEvent, issuer: string): Resource {
  const purposes = event.purposes.map(concept);
  return {
    resourceType: 'AuditEvent',
    id: event.id,
    meta: { versionId: '1', lastUpdated: formatInstant(event.recordedAt) },
    ...(event.extension === undefined ? {} : { extension: [event.extension] }),
    category: [concept(event.type)],
    code: concept(event.subtype),
    action: event.action,
    ...(event.severity === undefined ? {} : { severity: event.severity }),
    recorded: formatInstant(event.recordedAt),
    outcome: outcomeR5(event),
    ...(purposes.length > 0 ? { authorization: purposes } : {}),
    ...(event.patient === undefined ? {} : { patient: { reference: event.patient } }),
    agent: event.agents.map((agent) => agentR5(agent, purposes)),
    source: { observer: observerOf(issuer), type: [concept(event.source)] },
    entity: event.entities.map(entityR5),
  };
}

function outcomeR5(event: AuditedEvent): JsonObject {
  const detail = explanationsOf(event).map((text) => ({ text }));
  return {
    code: { system: systems.outcome, code: event.outcome },
    ...(detail.length > 0 ? { detail } : {}),
  };
}

const agentR5 = (agent: Agent, purposes: readonly JsonObject[]): JsonObject => ({
  ...otherIdExtensions(agent),
  type: concept(agent.type),
  ...(agent.roles?.length ? { role: agent.roles.map(concept) } : {}),
  who: agent.who,
  requestor: agent.requestor,
  ...(agent.policy === undefined ? {} : { policy: [agent.policy] }),
  ...(agent.network === undefined ? {} : { [networkElements[agent.network.kind]]: agent.network.address }),
  ...(agent.asks && purposes.length > 0 ? { authorization: purposes } : {}),
});

const networkElements = { ip: 'networkString', uri: 'networkUri' } as const satisfies Record<
  Network['kind'],
  string
>;

/** Without `entity.type`, an identifier has to say itself what it identifies. */
const entityR5 = ({ what, type, role, query }: Entity): JsonObject => ({
  ...(what === undefined
    ? {}
    : { what: 'identifier' in what ? { identifier: { type: concept(type), ...what.identifier } } : what }),
  ...(role === undefined ? {} : { role: concept(role) }),
  ...(query === undefined ? {} : { query }),
});
