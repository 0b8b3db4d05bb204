/** What a patient signs by approving a request: a consent that permits this very request, and only for some time. */
import { formatInstant, type Instant, plusSeconds } from '../../../base/instant.ts';
import type { JsonObject } from '../../../base/json.ts';
import { codeSystems } from '../../../fhir/coding.ts';
import type { Resource } from '../../../fhir/resource.ts';
import { purposeCoding } from '../../../labeling/purpose-of-use.ts';
import { accountIdentifier } from '../party/account.ts';
import { type AskedAccess, askedAccess } from '../permission/asked-access.ts';
import { plainName } from './plain-name.ts';
import type { SubmittedRequest } from './submitted-request-store.ts';

/** From the answer on. Whoever wants to permit more, or for longer, files a consent of their own. */
export const approvalDays = 7;

/** @param at when the patient answered */
export const approvedUntil = (at: Instant): Instant => plusSeconds(at, approvalDays * 86_400);

/**
 * FHIR R4; one for each set of types, since a provision permits all its actions on all its types. INVARIANT: the root
 * permits and denies nothing, so that it never takes away what another consent permits.
 */
export const approvingConsents = (
  issuer: string,
  request: SubmittedRequest,
  at: Instant,
): readonly Resource[] =>
  askedAccess(request.permissions).map((asked) => ({
    resourceType: 'Consent',
    status: 'active',
    // Where it comes from: the request, by the id under which the patient saw it.
    identifier: [{ system: `${issuer}/user/requests`, value: request.id }],
    scope: { coding: [{ system: codeSystems.consentScope, code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: request.patient },
    performer: [{ reference: request.patient }],
    dateTime: formatInstant(at),
    policy: [{ uri: `${issuer}/fhir/policies/approved-request` }],
    provision: provisionFor(issuer, request, asked, at),
  }));

const provisionFor = (
  ourIssuer: string,
  { party }: SubmittedRequest,
  { actions, types }: AskedAccess,
  at: Instant,
): JsonObject => ({
  type: 'permit',
  period: { start: formatInstant(at), end: formatInstant(approvedUntil(at)) },
  // The account that asked, at its issuer: nobody else of the same organization.
  actor: [{ role: { coding: [recipient] }, reference: accountOf(ourIssuer, party) }],
  action: actions.map((code) => ({ coding: [{ system: codeSystems.consentAction, code }] })),
  purpose: party.purposes.map((code) => ({ ...purposeCoding(code) })),
  ...(types === undefined
    ? {}
    : { class: types.map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code })) }),
});

const recipient = { system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' };

function accountOf(ourIssuer: string, party: SubmittedRequest['party']): JsonObject {
  const display = plainName(party.asserted.subject_name);
  return {
    identifier: { ...accountIdentifier(ourIssuer, party) },
    ...(display === undefined ? {} : { display }),
  };
}
