/** A decision as an event: who took part, what it was about, on what basis (audit.md §4). */
import { formatInstant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import type { Basis } from '../decision/decision.ts';
import { type Coding, codeSystems } from '../fhir/coding.ts';
import type { DecisionEntry } from './audit-log.ts';
import { authorizer, participantsOf } from './decision-participants.ts';
import { type Act, type AuditedEvent, type Entity, patientEntity, systems, tokenUri } from './event.ts';

export const securityAlert: Coding = { system: systems.dicom, code: '110113' };
export const securityServer: Coding = { system: systems.sourceType, code: '6' };

export const decisionKinds = {
  byConsent: { system: systems.decisionKind, code: 'AuthZ-Consent' },
  /** without a consent that decided, the event makes no claim to be one of consent. */
  byRole: { system: systems.decisionKind, code: 'AuthZ-Role' },
} as const satisfies Record<string, Coding>;

export const decisionAct = (entry: DecisionEntry): Act => ({
  type: securityAlert,
  subtype: entry.basis.length > 0 ? decisionKinds.byConsent : decisionKinds.byRole,
  action: 'E',
  outcome: entry.outcome === 'permit' ? '0' : '8',
  ...(entry.patient === undefined ? {} : { patient: entry.patient }),
  entities: entitiesOf(entry),
  participants: participantsOf(entry),
});

export const decisionEvent = (entry: DecisionEntry, issuer: string): AuditedEvent => ({
  ...decisionAct(entry),
  id: entry.id,
  recordedAt: entry.recordedAt,
  explanation: entry.reason,
  ...(entry.breakGlass?.reason === undefined ? {} : { reasonGiven: entry.breakGlass.reason }),
  severity: severityOf(entry),
  purposes: entry.purposes.map((code) => ({ system: codeSystems.actReason, code })),
  agents: [...participantsOf(entry), authorizer(issuer)],
  source: securityServer,
  extension: basisExtension(entry, issuer),
});

/** */
function severityOf({ outcome, purposes }: DecisionEntry): 'notice' | 'warning' | 'alert' {
  if (purposes.includes('BTG')) return 'alert';
  return outcome === 'permit' ? 'notice' : 'warning';
}

/** The patient, each consent version that decided once, and the token by its id. */
function entitiesOf({ patient, basis, circumstances: { tokenId } }: DecisionEntry): readonly Entity[] {
  return [
    ...(patient === undefined ? [] : [patientEntity(patient)]),
    ...[...new Set(basis.map(versionOf))].map((reference) => ({
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

const versionOf = ({ consent, version }: Basis): string => `Consent/${consent}/_history/${version}`;

/** What came with the answer, and what became of it. */
function settledExtensions(entry: DecisionEntry): readonly JsonObject[] {
  const { obligations = [], asOf, review = [], superseded = [], failed } = entry;
  return [
    ...(failed ? [{ url: 'failed', valueBoolean: true }] : []),
    ...(asOf === undefined ? [] : [{ url: 'asOf', valueInstant: formatInstant(asOf) }]),
    ...obligations.map((code) => ({
      url: 'obligation',
      valueCoding: { system: codeSystems.actCode, code },
    })),
    ...review.map((code) => ({ url: 'review', valueCode: code })),
    ...superseded.map((reference) => ({ url: 'superseded', valueReference: { reference } })),
  ];
}

/** What the closed slicing of the profile has no entity for. */
function basisExtension(entry: DecisionEntry, issuer: string): JsonObject {
  const { reason, conflict, action, basis, circumstances, requester, resourceTypes = [] } = entry;
  const { door, requestId, transaction, clientId } = circumstances;
  const asking = requester.clientId;
  return {
    url: `${issuer}/fhir/StructureDefinition/decision-basis`,
    extension: [
      { url: 'reason', valueCode: reason },
      { url: 'conflict', valueBoolean: conflict },
      { url: 'action', valueCode: action },
      ...resourceTypes.map((type) => ({ url: 'type', valueCode: type })),
      ...(entry.inputs === undefined ? [] : [{ url: 'inputs', valueString: entry.inputs }]),
      ...(entry.resource === undefined ? [] : [{ url: 'resource', valueString: entry.resource }]),
      // Another than the one that called: asked for in the back channel, or the holder of a token (D8).
      ...(asking === undefined || asking === clientId ? [] : [{ url: 'client', valueString: asking }]),
      ...settledExtensions(entry),
      { url: 'door', valueCode: door },
      { url: 'request', valueString: requestId },
      ...(transaction === undefined ? [] : [{ url: 'transaction', valueString: transaction }]),
      ...basis.map((part) => ({
        url: 'provision',
        extension: [
          { url: 'consent', valueReference: { reference: versionOf(part) } },
          { url: 'path', valueString: part.path },
        ],
      })),
    ],
  };
}
