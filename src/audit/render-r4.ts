/** A decision as an AuditEvent of R4 and R4B, in the pattern IHE.BasicAudit.AuthZconsent (audit.md §4). */
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

export function renderDecisionR4(entry: DecisionEntry, issuer: string): Resource {
  const purposes = purposeConcepts(entry);
  return {
    resourceType: 'AuditEvent',
    id: entry.id,
    meta: { versionId: '1', lastUpdated: formatInstant(entry.recordedAt) },
    extension: [basisExtension(entry, issuer)],
    type: securityAlert,
    subtype: [kindOf(entry)],
    action: 'E',
    recorded: formatInstant(entry.recordedAt),
    outcome: outcomeCode(entry),
    outcomeDesc: entry.reason,
    ...(purposes.length > 0 ? { purposeOfEvent: purposes } : {}),
    agent: agentsOf(entry, issuer).map((agent) => agentR4(agent, purposes)),
    source: { observer: observerOf(issuer), type: [securityServer] },
    entity: entitiesR4(entry),
  };
}

const agentR4 = (
  { type, who, requestor, roles = [], policy, asks }: Agent,
  purposes: readonly JsonObject[],
): JsonObject => ({
  type: concept(type),
  ...(roles.length > 0 ? { role: roles.map(concept) } : {}),
  who,
  requestor,
  ...(policy === undefined ? {} : { policy: [policy] }),
  ...(asks && purposes.length > 0 ? { purposeOfUse: purposes } : {}),
});

function entitiesR4(entry: DecisionEntry): readonly JsonObject[] {
  const { tokenId } = entry.circumstances;
  return [
    {
      what: { reference: entry.patient },
      type: { system: systems.entityType, code: '1' },
      role: { system: systems.objectRole, code: '1' },
    },
    ...consentVersions(entry).map((reference) => ({
      what: { reference },
      type: { system: systems.resourceTypes, code: 'Consent' },
    })),
    ...(tokenId === undefined
      ? []
      : [
          {
            what: { identifier: { value: tokenUri(tokenId) } },
            type: { system: systems.userAgent, code: 'UserOauthAgent' },
          },
        ]),
  ];
}
