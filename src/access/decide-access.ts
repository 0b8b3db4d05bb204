/** The one question every door asks: may this requester do this? Gathers what bears on it, decides, and says what to record. */
import type { Circumstances, DecisionEntry } from '../audit/audit-log.ts';
import type { RandomBytes } from '../base/clock.ts';
import { randomId } from '../base/ids.ts';
import { compile } from '../decision/compile.ts';
import { decide } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.ts';
import { none } from '../decision/filter.ts';
import type { Program } from '../decision/program.ts';
import type { AccessRequest } from '../decision/request.ts';
import { idOfReference } from '../fhir/reference.ts';
import type { StoredResource } from '../fhir/resource.ts';
import { mayBreakGlass } from './break-glass.ts';
import type { ConsentsOfPatient } from './consents-of-patient.ts';
import type { ReadDirectory } from './directory.ts';
import { asksToBreakGlass, whenSilent } from './implicit-policy.ts';
import { seedsOf } from './seeds.ts';
import type { AccessSettings } from './settings.ts';

export type Decided = {
  readonly id: string;
  readonly request: AccessRequest;
  readonly decision: Decision;
  /** The consents that were weighed, as stored, for whoever must describe the answer. */
  readonly consents: readonly StoredResource[];
};

/** One decision per request, in order; consents and directory are read once for all. Writes nothing. */
export type DecideAccess = (requests: readonly AccessRequest[]) => Promise<readonly Decided[]>;

export type DecideAccessDeps = {
  readonly consents: ConsentsOfPatient;
  readonly directory: ReadDirectory;
  readonly settings: AccessSettings;
  readonly random: RandomBytes;
};

export function createDecideAccess(deps: DecideAccessDeps): DecideAccess {
  return async (requests) => {
    const patients = [...new Set(requests.map(({ patient }) => idOfReference(patient)))];
    const consents = await deps.consents.mayBeInForce(patients);
    const directory = await deps.directory.around(seedsOf(requests, consents, deps.settings));
    const programs = new Map(
      patients.map((patient) => {
        const own = consents.filter((consent) => consent.patient === patient);
        return [patient, { own, program: compile(own, directory, deps.settings) }] as const;
      }),
    );
    return requests.flatMap((request) => {
      const ofPatient = programs.get(idOfReference(request.patient));
      if (!ofPatient) return [];
      const decision = decideOne(ofPatient.program, request, deps.settings);
      return { id: randomId(deps.random), request, decision, consents: ofPatient.own };
    });
  };
}

function decideOne(program: Program, request: AccessRequest, settings: AccessSettings): Decision {
  if (asksToBreakGlass(request) && !mayBreakGlass(request, settings.breakGlass))
    return notEntitledToBreakGlass;
  return decide(program, request, whenSilent(settings.implicitPolicy, request));
}

const notEntitledToBreakGlass: Decision = {
  outcome: 'deny',
  reason: 'btg-not-authorized',
  conflict: false,
  basis: [],
  permittedBy: [],
  obligations: [],
  filter: none,
  holdsUntil: undefined,
};

/** What the audit log keeps of a decision; to be appended in the transaction of the act it allowed or refused. */
export function recordOf(decided: Decided, circumstances: Circumstances): DecisionEntry {
  const { id, request, decision } = decided;
  return {
    kind: 'decision',
    id,
    recordedAt: request.at,
    patient: request.patient,
    outcome: decision.outcome,
    reason: decision.reason,
    basis: decision.basis,
    conflict: decision.conflict,
    action: request.action,
    purposes: request.purposes,
    ...(request.resourceTypes === undefined ? {} : { resourceTypes: request.resourceTypes }),
    requester: request.requester,
    circumstances,
  };
}
