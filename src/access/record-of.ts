/** What is kept of a decision, and what of it somebody shall look at. */
import type { Circumstances, DecisionEntry, ReviewReason } from '../audit/audit-log.ts';
import type { ResourceFacts } from '../decision/facts.ts';
import type { AccessRequest } from '../decision/request.ts';
import { codeSystems, sameCoding } from '../fhir/coding.ts';
import { noPatientLabel } from '../labeling/limiting-labels.ts';
import type { Decided } from './decide-access.ts';
import { nobody } from './patient-in-reach.ts';

/**
 * What the audit log keeps of a decision; to be appended in the transaction of the act it allowed or refused.
 *
 * @param candidates resources that were asked about one by one
 */
export function recordOf(
  decided: Decided,
  circumstances: Circumstances,
  candidates: readonly ResourceFacts[] = [],
): DecisionEntry {
  const { id, request, decision, asOf, failed } = decided;
  const superseded = namesOf(decided, decision.superseded);
  const review = reviewOf(decided, request.resource ? [request.resource] : candidates);
  return {
    kind: 'decision',
    id,
    recordedAt: request.at,
    ...(request.patient === nobody ? {} : { patient: request.patient }),
    outcome: decision.outcome,
    reason: decision.reason,
    basis: decision.basis,
    conflict: decision.conflict,
    action: request.action,
    purposes: request.purposes,
    ...(request.resourceTypes === undefined ? {} : { resourceTypes: request.resourceTypes }),
    ...(request.resource === undefined ? {} : { resource: request.resource.name }),
    requester: request.requester,
    circumstances,
    ...(decided.inputs === '' ? {} : { inputs: decided.inputs }),
    ...(decision.obligations.length > 0 ? { obligations: decision.obligations } : {}),
    ...(asOf === undefined ? {} : { asOf }),
    ...(review.length > 0 ? { review } : {}),
    ...(asksToBreakGlass(request) ? { breakGlass: reasonOf(request) } : {}),
    ...(superseded.length > 0 ? { superseded } : {}),
    ...(failed ? { failed } : {}),
  };
}

const asksToBreakGlass = ({ purposes }: AccessRequest): boolean => purposes.includes('BTG');

const reasonOf = ({ breakGlass }: AccessRequest) =>
  breakGlass?.reason === undefined ? {} : { reason: breakGlass.reason };

/** B-5, C-5, R-26; a consent nobody can read is shown to somebody (EV-3). */
const reviewOf = (
  { request, decision, failed }: Decided,
  candidates: readonly ResourceFacts[],
): readonly ReviewReason[] => [
  ...(asksToBreakGlass(request) ? (['break-glass'] as const) : []),
  ...(decision.conflict ? (['conflict'] as const) : []),
  ...(decision.unreadable.length > 0 || failed ? (['unreadable-consent'] as const) : []),
  ...(isWithheld(request, candidates) ? (['withheld-from-patient'] as const) : []),
];

const isWithheld = ({ requester: { type } }: AccessRequest, candidates: readonly ResourceFacts[]): boolean =>
  (type === 'patient' || type === 'related-person') &&
  candidates.some(({ labels }) => labels.some((label) => sameCoding(label, withheldFromPatients)));

const withheldFromPatients = { system: codeSystems.actCode, code: noPatientLabel };

/** `Consent/1/_history/2`, of each id. */
const namesOf = ({ consents }: Decided, ids: readonly string[]): readonly string[] =>
  consents.filter(({ id }) => ids.includes(id)).map(({ id, version }) => `Consent/${id}/_history/${version}`);
