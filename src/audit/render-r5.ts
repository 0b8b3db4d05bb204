/** A decision as an AuditEvent of R5 (audit.md §1 and A-12). */
import { formatInstant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import type { Resource } from '../fhir/resource.ts';
import type { DecisionEntry } from './audit-log.ts';
import {
  type Agent,
  agentsOf,
  basisExtension,
  concept,
  consentVersions,
  kindOf,
  observerOf,
  outcomeCode,
  purposeConcepts,
  securityAlert,
  securityServer,
  systems,
  tokenUri,
} from './decision-event.ts';

export function renderDecisionR5(entry: DecisionEntry, issuer: string): Resource {
  const purposes = purposeConcepts(entry);
  return {
    resourceType: 'AuditEvent',
    id: entry.id,
    meta: { versionId: '1', lastUpdated: formatInstant(entry.recordedAt) },
    extension: [basisExtension(entry, issuer)],
    category: [concept(securityAlert)],
    code: concept(kindOf(entry)),
    action: 'E',
    severity: severityOf(entry),
    recorded: formatInstant(entry.recordedAt),
    outcome: {
      code: { system: systems.outcome, code: outcomeCode(entry) },
      detail: [{ text: entry.reason }],
    },
    ...(purposes.length > 0 ? { authorization: purposes } : {}),
    patient: { reference: entry.patient },
    agent: agentsOf(entry, issuer).map((agent) => agentR5(agent, purposes)),
    source: { observer: observerOf(issuer), type: [concept(securityServer)] },
    entity: entitiesR5(entry),
  };
}

/** */
function severityOf({ outcome, purposes }: DecisionEntry): string {
  if (purposes.includes('BTG')) return 'alert';
  return outcome === 'permit' ? 'notice' : 'warning';
}

const agentR5 = (
  { type, who, requestor, roles = [], policy, asks }: Agent,
  purposes: readonly JsonObject[],
): JsonObject => ({
  type: concept(type),
  ...(roles.length > 0 ? { role: roles.map(concept) } : {}),
  who,
  requestor,
  ...(policy === undefined ? {} : { policy: [policy] }),
  ...(asks && purposes.length > 0 ? { authorization: purposes } : {}),
});

function entitiesR5(entry: DecisionEntry): readonly JsonObject[] {
  const { tokenId } = entry.circumstances;
  return [
    { what: { reference: entry.patient }, role: concept({ system: systems.objectRole, code: '1' }) },
    ...consentVersions(entry).map((reference) => ({ what: { reference } })),
    ...(tokenId === undefined ? [] : [{ what: { identifier: { value: tokenUri(tokenId) } } }]),
  ];
}
