/** Patients with so many consents, and what is asked about them, ready for every contender. */
import type { Filter } from '../../../src/decision/filter.ts';
import type { StoredResource } from '../../../src/fhir/resource.ts';
import { consentOf, directoryEntry, patientOnFile, resourceOf } from './as-fhir.ts';
import { factsOf, questionOf } from './asked.ts';
import { callOf, isAllowed, policiesOf, preparse } from './cedar.ts';
import { closureOf } from './closures.ts';
import { someConsent } from './consents.ts';
import type { Meaning, Rule } from './meaning.ts';
import * as ours from './ours.ts';
import { type Asked, type Data, parentOf, pickBy, somebodyAsks, someData, worldOf } from './world.ts';

/** One patient. */
export type Scene = {
  readonly consents: readonly StoredResource[];
  /** Those the consents name, with the organizations above. */
  readonly directory: readonly StoredResource[];
  readonly policies: string;
  readonly cases: readonly Case[];
};

/** One question about one resource: what was asked, and each contender's answer to it. */
export type Case = {
  readonly asked: Asked;
  readonly data: Data;
  readonly ours: () => boolean;
  readonly residual: () => Filter;
  /** Whether the filter that remains shows the resource. */
  readonly isShown: () => boolean;
  readonly readFacts: () => unknown;
  readonly identify: () => unknown;
  readonly cedar: () => boolean;
  readonly packed: () => boolean;
  readonly closures: () => boolean;
};

const resourcesPerScene = 40;

export function sceneOf(seed: number, consents: number, cases: number): Scene {
  const pick = pickBy(seed);
  const world = worldOf(consents);
  const meanings = Array.from({ length: consents }, (_, n) =>
    someConsent(pick, world, consents === 1 ? seed : n, consents === 1),
  );
  const named = [...new Set(meanings.flatMap(namedBy))];
  const people = [...named, ...named.flatMap((name) => parentOf(name) ?? [])];
  const directory = [patientOnFile, ...[...new Set(people)].map(directoryEntry)];
  const data = Array.from({ length: resourcesPerScene }, (_, n) => someData(pick, `d${n}`));
  const filed = meanings.map(consentOf);
  const answer = contenders(`${consents}-${seed}`, meanings, [...filed, ...directory]);
  return {
    consents: filed,
    directory,
    policies: policiesOf(meanings, 'each'),
    cases: Array.from({ length: cases }, () => answer(somebodyAsks(pick, world, named), pick.one(data))),
  };
}

/** Everything that is done once for a patient, a requester or a resource is done here, and not timed. */
function contenders(name: string, meanings: readonly Meaning[], found: readonly StoredResource[]) {
  const packedName = `${name} packed`;
  preparse(name, policiesOf(meanings, 'each'));
  preparse(packedName, policiesOf(meanings, 'packed'));
  const closure = closureOf(meanings);
  const program = ours.programOf(found);
  return (asked: Asked, data: Data): Case => {
    const question = questionOf(asked);
    const facts = factsOf(data);
    const call = callOf(name, asked, question, facts);
    const packedCall = { ...call, preparsedPolicySetId: packedName };
    const around = directoryOf(asked);
    const prepared = ours.prepare(program, asked, around);
    const resource = resourceOf(data);
    const ourFacts = ours.factsOf(resource);
    return {
      asked,
      data,
      ours: () => ours.permits(prepared, ourFacts),
      residual: () => ours.residualOf(prepared),
      isShown: () => ours.shows(ours.residualOf(prepared), ourFacts),
      readFacts: () => ours.readAll(resource),
      identify: () => ours.prepare(program, asked, around),
      cedar: () => isAllowed(call),
      packed: () => isAllowed(packedCall),
      closures: () => closure(question, facts),
    };
  };
}

function directoryOf({ who, organization }: Asked): readonly StoredResource[] {
  const parent = parentOf(organization);
  const names = new Set([who, organization, ...(parent === undefined ? [] : [parent])]);
  return [...names].map(directoryEntry);
}

const namedBy = ({ scope, rules }: Meaning): readonly string[] => [
  ...(scope.actors ?? []),
  ...rules.flatMap(namedByRule),
];
const namedByRule = ({ actors = [], exceptions }: Rule): readonly string[] => [
  ...actors,
  ...exceptions.flatMap(namedByRule),
];
