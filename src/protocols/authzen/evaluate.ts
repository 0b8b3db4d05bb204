/** Asks the consents, and turns each decision into what this client is told: a permit it cannot carry out is none. */
import type { Caller } from '../../access/caller.ts';
import type { DecideAccess, Decided } from '../../access/decide-access.ts';
import type { FindPatient } from '../../access/find-on-file.ts';
import { nobody, patientInReach } from '../../access/patient-in-reach.ts';
import type { Instant } from '../../base/instant.ts';
import { awaitsApproval, type Decision } from '../../decision/decision.ts';
import { none } from '../../decision/filter.ts';
import type { DecisionSettings } from '../../decision/settings.ts';
import { settled } from '../../decision/settled.ts';
import { type Obligation, obligationsOf } from './obligations.ts';
import type { Question } from './read-evaluation.ts';
import { remainsOf, type Told } from './told.ts';

export type EvaluateDeps = {
  readonly issuer: string;
  readonly decide: DecideAccess;
  readonly findPatient: FindPatient;
  readonly settings: DecisionSettings;
};

export type Asking = { readonly caller: Caller; readonly at: Instant };

export type Evaluated = {
  readonly question: Question;
  /** As it turned out for this client, which is what goes on record. */
  readonly decided: Decided;
  /** Of a permit. */
  readonly obligations: readonly Obligation[];
  /** Types of obligations for lack of which a permit was not given. */
  readonly lacking: readonly string[];
};

export const isPermitted = ({ decided }: Evaluated): boolean => decided.decision.outcome === 'permit';

/** One answer for each question, in order, over one reading of what they rest on. */
export async function evaluateAll(
  deps: EvaluateDeps,
  { caller, at }: Asking,
  questions: readonly Question[],
): Promise<readonly Evaluated[]> {
  const patients = await patientsOf(deps, caller, questions);
  const decided = await deps.decide(
    questions.map(({ request }, place) => ({ ...request, patient: patients[place] ?? nobody, at })),
  );
  return questions.map((question, place) => {
    const one = decided[place];
    if (!one) throw new Error('a decision was asked and none came');
    return turnedOut(deps, question, one);
  });
}

/** Each name is looked up once. */
async function patientsOf(
  { findPatient }: EvaluateDeps,
  caller: Caller,
  questions: readonly Question[],
): Promise<readonly string[]> {
  const names = [...new Set(questions.flatMap(({ patients }) => patients))];
  const found = await Promise.all(names.map((name) => patientInReach(findPatient, caller, name)));
  const byName = new Map(names.map((name, place) => [name, found[place] ?? nobody]));
  return questions.map(({ patients }) => {
    const [one = nobody, ...others] = new Set(patients.map((name) => byName.get(name) ?? nobody));
    return others.length > 0 ? nobody : one;
  });
}

function turnedOut(deps: EvaluateDeps, question: Question, given: Decided): Evaluated {
  const decided = question.told ? narrowed(given, question.told) : given;
  const { decision } = decided;
  const refused = (lacking: readonly string[]): Evaluated => ({
    question,
    decided: { ...decided, decision: refusalOf(decision) },
    obligations: [],
    lacking,
  });
  if (decision.outcome === 'deny') return { question, decided, obligations: [], lacking: [] };
  // Where a person has to approve first, it is no permit yet (consent-decisioning.md O-4).
  if (awaitsApproval(decision)) return refused([]);
  const { issuer, settings } = deps;
  const obligations = obligationsOf(decision, question.request.resourceTypes, {
    issuer,
    unlabelledAs: settings.unlabelledAs,
  });
  const lacking = obligations.map(({ type }) => type).filter((type) => !question.supported.includes(type));
  // consent-decisioning.md O-1.
  return lacking.length > 0 ? refused(lacking) : { question, decided, obligations, lacking };
}

/** What was told of the resource is part of the question that is recorded. */
function narrowed({ request, decision, ...decided }: Decided, told: Told): Decided {
  const filter = settled(remainsOf(decision.filter, told));
  const isNamed = told.kinds.has('id');
  const asked = { ...request, ...(isNamed ? { resource: told.facts } : {}) };
  if (decision.outcome === 'permit' && filter.op === 'none')
    return { ...decided, request: asked, decision: refusalOf(decision) };
  const beforeLabels = settled(remainsOf(decision.beforeLabels, told));
  return { ...decided, request: asked, decision: { ...decision, filter, beforeLabels } };
}

/** A permit that came to nothing. */
const refusalOf = (decision: Decision): Decision => ({
  ...decision,
  outcome: 'deny',
  reason: 'outside-permitted-data',
  permittedBy: [],
  obligations: [],
  filter: none,
  beforeLabels: none,
});
