/** What a patient said at the authorization page, as an event: the shape of a decision without a consent (audit.md §4, A-9). */
import { formatInstant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import { codeSystems } from '../fhir/coding.ts';
import type { AuthorizationEntry } from './audit-log.ts';
import { decisionKinds, securityAlert, securityServer } from './decision-event.ts';
import { authorizer, participantsOf } from './decision-participants.ts';
import { type Act, type Agent, type AuditedEvent, patientEntity } from './event.ts';

export const authorizationAct = (entry: AuthorizationEntry): Act => ({
  type: securityAlert,
  subtype: decisionKinds.byRole,
  action: 'E',
  outcome: entry.answer === 'allowed' ? '0' : '8',
  patient: entry.patient,
  entities: [patientEntity(entry.patient)],
  participants: agentsOf(entry),
});

export const authorizationEvent = (entry: AuthorizationEntry, issuer: string): AuditedEvent => ({
  ...authorizationAct(entry),
  id: entry.id,
  recordedAt: entry.recordedAt,
  explanation: entry.answer,
  severity: entry.answer === 'allowed' ? 'notice' : 'warning',
  purposes: [{ system: codeSystems.actReason, code: 'PATRQT' }],
  agents: [...agentsOf(entry), authorizer(issuer)],
  source: securityServer,
  extension: basisExtension(entry, issuer),
});

/** The patient at a browser, where the client had sent them. */
const agentsOf = ({ patient, circumstances }: AuthorizationEntry): readonly Agent[] =>
  participantsOf({
    requester: { type: 'patient', reference: patient, clientId: circumstances.clientId },
    circumstances,
  });

/** All that was agreed, so that nobody has to ask what has been deleted since. */
function basisExtension(entry: AuthorizationEntry, issuer: string): JsonObject {
  const { answer, scopes, resources, expiresAt, circumstances } = entry;
  const { door, requestId, transaction } = circumstances;
  return {
    url: `${issuer}/fhir/StructureDefinition/decision-basis`,
    extension: [
      { url: 'reason', valueCode: answer },
      ...scopes.map((scope) => ({ url: 'scope', valueString: scope })),
      ...resources.map((audience) => ({ url: 'audience', valueUri: audience })),
      ...(expiresAt === undefined ? [] : [{ url: 'expires', valueInstant: formatInstant(expiresAt) }]),
      { url: 'door', valueCode: door },
      { url: 'request', valueString: requestId },
      ...(transaction === undefined ? [] : [{ url: 'transaction', valueString: transaction }]),
    ],
  };
}
