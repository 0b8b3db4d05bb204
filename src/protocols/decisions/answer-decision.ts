/** One decision for a client that asks on behalf of a resource server: decide, record, describe. */

import type { Caller } from '../../access/caller.ts';
import { type DecideAccess, type Decided, recordOf } from '../../access/decide-access.ts';
import type { FindPatient } from '../../access/find-on-file.ts';
import { patientInReach } from '../../access/patient-in-reach.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import { formatInstant, type Instant } from '../../base/instant.ts';
import type { Json } from '../../base/json.ts';
import { fromJson } from '../../base/present.ts';
import type { Transact } from '../../base/transact.ts';
import { factsOf } from '../../decision/facts.ts';
import type { AccessRequest } from '../../decision/request.ts';
import type { DecisionSettings } from '../../decision/settings.ts';
import { isVisible } from '../../decision/visible.ts';
import { renderAst } from '../../enforcement/render-ast.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { DecisionRequest } from './wire.ts';

export type DecisionsDeps = {
  readonly decide: DecideAccess;
  readonly findPatient: FindPatient;
  readonly transact: Transact<{ readonly audit: AuditLog }>;
  readonly settings: DecisionSettings;
};

type Asked = {
  readonly body: DecisionRequest;
  readonly caller: Caller;
  readonly at: Instant;
  readonly requestId: string;
};

export async function answerDecision(deps: DecisionsDeps, asked: Asked): Promise<Json> {
  const { body, caller, requestId } = asked;
  const patient = await patientInReach(deps.findPatient, caller, body.patient);
  const decided = await deps.decide([accessRequest(asked, patient)]);
  const circumstances = { door: 'decisions', clientId: caller.clientId, requestId, tokenId: caller.tokenId };
  await deps.transact(({ audit }) => audit.append(decided.map((each) => recordOf(each, circumstances))));
  const [answer] = decided;
  if (!answer) throw new Error('a decision was asked and none came');
  return {
    ...describe(answer, deps.settings),
    ...visibility(answer, body.candidates as readonly Resource[] | undefined, deps.settings),
  };
}

function accessRequest({ body, at }: Asked, patient: string): AccessRequest {
  return {
    patient,
    requester: fromJson(body.requester),
    action: body.action,
    purposes: body.purposes,
    ...(body.resourceTypes ? { resourceTypes: body.resourceTypes } : {}),
    ...(body.breakGlass ? { breakGlass: fromJson(body.breakGlass) } : {}),
    at,
  };
}

function describe(
  { id, decision }: Decided,
  { unlabelledAs }: DecisionSettings,
): { readonly [member: string]: Json } {
  const { outcome, reason, basis, obligations, conflict, filter, holdsUntil } = decision;
  const basedOn = [...new Set(basis.map(({ consent, version }) => `Consent/${consent}/_history/${version}`))];
  return {
    id,
    outcome,
    reason,
    basis: basis.map((each) => ({ ...each })),
    obligations,
    conflict,
    residual: { ...renderAst(filter, { basedOn, notAfter: holdsUntil, unlabelledAs }) },
    ...(holdsUntil === undefined ? {} : { notAfter: formatInstant(holdsUntil) }),
  };
}

function visibility(
  { decision }: Decided,
  candidates: readonly Resource[] | undefined,
  settings: DecisionSettings,
) {
  if (!candidates) return {};
  const facts = candidates.map((candidate) => factsOf(candidate, settings));
  const hidden = facts.filter((each) => !isVisible(decision.filter, each)).map(({ name }) => name);
  // Two candidates under one name: the answer speaks of both, so the stricter word holds.
  return { visible: facts.map(({ name }) => name).filter((name) => !hidden.includes(name)), hidden };
}
