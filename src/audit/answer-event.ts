/** A patient's answer to a request that waited, as an event: the shape of a decision, made by the patient (audit.md §4). */
import type { JsonObject } from '../base/json.ts';
import { codeSystems } from '../fhir/coding.ts';
import type { AnswerEntry } from './audit-log.ts';
import { decisionKinds, securityAlert, securityServer } from './decision-event.ts';
import { authorizer, participantsOf } from './decision-participants.ts';
import {
  type Act,
  type Agent,
  type AuditedEvent,
  clientOf,
  networkOf,
  patientEntity,
  systems,
  tokenUri,
} from './event.ts';

export const answerAct = (entry: AnswerEntry): Act => ({
  type: securityAlert,
  // without a consent it makes no claim to be one of consent.
  subtype: entry.consents.length > 0 ? decisionKinds.byConsent : decisionKinds.byRole,
  action: 'E',
  outcome: entry.answer === 'approved' ? '0' : '8',
  patient: entry.patient,
  entities: [
    patientEntity(entry.patient),
    ...entry.consents.map((reference) => ({
      what: { reference },
      type: { system: systems.resourceTypes, code: 'Consent' },
    })),
  ],
  participants: agentsOf(entry),
});

export const answerEvent = (entry: AnswerEntry, issuer: string): AuditedEvent => ({
  ...answerAct(entry),
  id: entry.id,
  recordedAt: entry.recordedAt,
  explanation: entry.answer,
  severity: entry.answer === 'approved' ? 'notice' : 'warning',
  purposes: entry.purposes.map((code) => ({ system: codeSystems.actReason, code })),
  agents: [...agentsOf(entry), authorizer(issuer)],
  source: securityServer,
  extension: basisExtension(entry, issuer),
});

/** Who answered, through which client; then who had asked, and through which, as decisions name them. */
function agentsOf({ patient, requester, askedBy, circumstances }: AnswerEntry): readonly Agent[] {
  const { clientId, tokenId, address } = circumstances;
  const asking = participantsOf({ requester, circumstances: { ...circumstances, ...askedBy } });
  return [
    {
      type: { system: systems.userAgent, code: 'UserOauthAgent' },
      who: clientOf(clientId),
      requestor: true,
      ...(tokenId === undefined ? {} : { policy: tokenUri(tokenId) }),
      ...networkOf(address),
    },
    { type: { system: systems.roleClass, code: 'PAT' }, who: { reference: patient }, requestor: true },
    // Neither the token nor the address is theirs.
    ...asking.map(({ network: _, policy: __, ...agent }) => ({ ...agent, requestor: false })),
  ];
}

/** The process stands beside the decisions that were taken in it. */
function basisExtension({ answer, request, circumstances }: AnswerEntry, issuer: string): JsonObject {
  const { door, requestId, transaction } = circumstances;
  return {
    url: `${issuer}/fhir/StructureDefinition/decision-basis`,
    extension: [
      { url: 'reason', valueCode: answer },
      { url: 'answered', valueString: request },
      { url: 'door', valueCode: door },
      { url: 'request', valueString: requestId },
      ...(transaction === undefined ? [] : [{ url: 'transaction', valueString: transaction }]),
    ],
  };
}
