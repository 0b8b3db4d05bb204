/** One decision for a client that asks on behalf of a resource server: decide, record, describe. */
import type { Caller } from '../../access/caller.ts';
import type { DecideAccess, Decided } from '../../access/decide-access.ts';
import type { ExplainAccess } from '../../access/explain-access.ts';
import type { FindPatient } from '../../access/find-on-file.ts';
import { patientInReach } from '../../access/patient-in-reach.ts';
import { recordOf } from '../../access/record-of.ts';
import type { AuditLog, Circumstances } from '../../audit/audit-log.ts';
import type { Failure } from '../../base/failure.ts';
import { type Instant, parseInstant } from '../../base/instant.ts';
import type { Json } from '../../base/json.ts';
import { fromJson } from '../../base/present.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Transact } from '../../base/transact.ts';
import type { Explanation } from '../../decision/explain.ts';
import type { ResourceFacts } from '../../decision/facts.ts';
import type { AccessRequest } from '../../decision/request.ts';
import type { DecisionSettings } from '../../decision/settings.ts';
import {
  type Described,
  describeBasis,
  describeDecision,
  describeVisibility,
  factsAbout,
} from './describe-decision.ts';
import { describeFilters } from './describe-filters.ts';
import type { DecisionRequest, FilterRequest } from './wire.ts';

export type DecisionsDeps = {
  readonly decide: DecideAccess;
  readonly explain: ExplainAccess;
  readonly findPatient: FindPatient;
  readonly transact: Transact<{ readonly audit: AuditLog }>;
  readonly settings: DecisionSettings;
};

type Asked = {
  readonly body: DecisionRequest;
  readonly caller: Caller;
  readonly at: Instant;
  readonly requestId: string;
  readonly address?: string;
};

type Answered = Promise<Result<Json, Failure>>;

export async function answerDecision(deps: DecisionsDeps, asked: Asked): Answered {
  const found = await decideAndRecord(deps, asked);
  return found.ok ? ok(describe(deps, found.value)) : found;
}

export async function answerFilter(
  deps: DecisionsDeps,
  asked: Asked & { readonly body: FilterRequest },
): Answered {
  const found = await decideAndRecord(deps, asked);
  if (!found.ok) return found;
  const { target, resourceTypes } = asked.body;
  const { filter } = found.value.decided.decision;
  return ok({
    ...describe(deps, found.value),
    ...(target
      ? { filters: describeFilters(filter, resourceTypes, deps.settings.unlabelledAs, target) }
      : {}),
  });
}

/** Facts of the candidates, if any came: made once, so that all that is said of one rests on the same. */
type Found = { readonly decided: Decided; readonly candidates: readonly ResourceFacts[] | undefined };

async function decideAndRecord(deps: DecisionsDeps, asked: Asked): Promise<Result<Found, Failure>> {
  const time = timeOf(asked);
  if (!time.ok) return time;
  const candidates = candidatesOf(deps, asked);
  const [decided] = await deps.decide([await accessRequest(deps, asked)], time.value);
  if (!decided) throw new Error('a decision was asked and none came');
  await record(deps, asked, { decided, candidates });
  return ok({ decided, candidates });
}

const candidatesOf = ({ settings }: DecisionsDeps, { body }: Asked): Found['candidates'] =>
  body.candidates && factsAbout(body.candidates, settings);

const describe = ({ settings }: DecisionsDeps, { decided, candidates }: Found): Described => ({
  ...describeDecision(decided, settings),
  ...(candidates ? describeVisibility(decided, candidates) : {}),
});

export async function answerExplanation(deps: DecisionsDeps, asked: Asked): Answered {
  const time = timeOf(asked);
  if (!time.ok) return time;
  const candidates = candidatesOf(deps, asked);
  const request = await accessRequest(deps, asked);
  const { decided, explanation } = await deps.explain(request, candidates ?? [], time.value);
  await record(deps, asked, { decided, candidates });
  return ok({ ...describe(deps, { decided, candidates }), ...describeExplanation(explanation) });
}

/** 1970: nothing is on file from before it, and PostgreSQL would refuse the earliest years an instant can be written with. */
const firstInstant = 0;

/** What is to come is not on file, and nobody can tell it. */
function timeOf({ body, at }: Asked): Result<{ readonly asOf?: Instant }, Failure> {
  if (body.asOf === undefined) return ok({});
  const asOf = parseInstant(body.asOf);
  if (asOf === undefined || asOf > at || asOf < firstInstant)
    return err({
      kind: 'malformed',
      code: 'malformed',
      detail: '`asOf` must be an earlier instant, with seconds and an offset',
      pointer: '/asOf',
    });
  return ok({ asOf });
}

async function accessRequest(deps: DecisionsDeps, { body, caller, at }: Asked): Promise<AccessRequest> {
  return {
    patient: await patientInReach(deps.findPatient, caller, body.patient),
    requester: fromJson(body.requester),
    action: body.action,
    purposes: body.purposes,
    ...(body.resourceTypes ? { resourceTypes: body.resourceTypes } : {}),
    ...(body.breakGlass ? { breakGlass: fromJson(body.breakGlass) } : {}),
    at,
  };
}

async function record(deps: DecisionsDeps, asked: Asked, { decided, candidates }: Found): Promise<void> {
  const { caller, requestId } = asked;
  const circumstances: Circumstances = {
    door: 'decisions',
    clientId: caller.clientId,
    requestId,
    tokenId: caller.tokenId,
    ...(asked.address === undefined ? {} : { address: asked.address }),
  };
  await deps.transact(({ audit }) => audit.append([recordOf(decided, circumstances, candidates)]));
}

const describeExplanation = ({ summary, consents, resources }: Explanation): Described => ({
  summary,
  consents: consents.map(({ verdict, rules, ...consent }) => ({
    ...consent,
    ...(verdict === undefined ? {} : { verdict }),
    rules: rules.map((rule) => ({ ...rule })),
  })),
  resources: resources.map(({ resource, decision, summary: words }) => ({
    resource,
    outcome: decision.outcome,
    reason: decision.reason,
    basis: describeBasis(decision.basis),
    summary: words,
  })),
});
