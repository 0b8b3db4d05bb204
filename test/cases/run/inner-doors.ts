/** The doors inside: the engine asked about each candidate by itself, and the filter of its one answer applied to all. */
import { accessSettings, settingsSchema } from '../../../src/access/settings.ts';
import { compile } from '../../../src/decision/compile.ts';
import { decide, decideOn } from '../../../src/decision/decide.ts';
import type { Decision } from '../../../src/decision/decision.ts';
import { factsOf, type ResourceFacts } from '../../../src/decision/facts.ts';
import { identify } from '../../../src/decision/party.ts';
import type { AccessRequest } from '../../../src/decision/request.ts';
import { isVisible } from '../../../src/decision/visible.ts';
import type { Resource, StoredResource } from '../../../src/fhir/resource.ts';
import type { Answer, Door } from './answer.ts';
import type { DecisionCase } from './case-format.ts';
import { consentsOf, directoryOf, type Filed, indexOfConsent, nowOf } from './filed.ts';

export const engineDoor: Door = {
  name: 'engine',
  needsService: false,
  ask: async (given) => {
    const { program, party, request, facts } = preparedFrom(given);
    const seen = facts.filter((each) => decideOn(program, party, request, each).outcome === 'permit');
    return answerOf(given, decide(program, party, request), seen);
  },
};

export const filterDoor: Door = {
  name: 'filter',
  needsService: false,
  ask: async (given) => {
    const { program, party, request, facts } = preparedFrom(given);
    const decision = decide(program, party, request);
    return answerOf(
      given,
      decision,
      facts.filter((each) => isVisible(decision.filter, each)),
    );
  },
};

/** Reading the consents is most of the work, and both doors ask of the same. */
const known = new WeakMap<DecisionCase, ReturnType<typeof prepare>>();

function preparedFrom(given: DecisionCase): ReturnType<typeof prepare> {
  const prepared = known.get(given) ?? prepare(given);
  known.set(given, prepared);
  return prepared;
}

function prepare(given: DecisionCase) {
  const settings = accessSettings(settingsSchema.parse(given.settings ?? {}), []);
  const at = nowOf(given);
  const directory = directoryOf(given).map((each) => stored(each, at));
  const consents = consentsOf(given)
    .filter(mayBeInForce)
    .map((each) => stored(each, at));
  const { action = 'access', patient, requester, ...rest } = given.request;
  const request: AccessRequest = { ...rest, patient, requester, action, at };
  return {
    request,
    program: compile(patient, [...consents, ...directory], settings),
    party: identify(requester, directory, settings),
    facts: (given.candidates ?? []).map((candidate) => factsOf(candidate as Resource, settings)),
  };
}

/** Any other state is seen by nobody (EV-1); none, or one that does not exist, closes. */
const mayBeInForce = ({ resource }: Filed): boolean => !settledStates.has(String(resource['status']));

const settledStates: ReadonlySet<string> = new Set([
  ...['draft', 'proposed', 'rejected', 'inactive', 'entered-in-error'],
  ...['not-done', 'unknown'],
]);

function answerOf(given: DecisionCase, decision: Decision, seen: readonly ResourceFacts[]): Answer {
  const { outcome, reason, basis, obligations, conflict, holdsUntil } = decision;
  return {
    outcome,
    visible: seen.map(({ name }) => name),
    reason,
    basis: basis.map(({ consent, path }) => ({ consent: indexOfConsent(given, consent), path })),
    obligations,
    conflict,
    notAfter: holdsUntil ?? 'none',
  };
}

function stored({ fhirVersion, resource, patient }: Filed, at: StoredResource['updatedAt']): StoredResource {
  const status = resource['status'];
  return {
    type: resource.resourceType,
    id: resource.id,
    version: 1,
    fhirVersion: fhirVersion ?? '4.0',
    patient,
    status: typeof status === 'string' ? status : undefined,
    resource,
    updatedAt: at,
    filedBy: 'cases',
  };
}
