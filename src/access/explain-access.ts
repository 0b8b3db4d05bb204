/** The same question, asked by somebody who wants to know why. */
import type { Instant } from '../base/instant.ts';
import { type Explanation, explain } from '../decision/explain.ts';
import type { ResourceFacts } from '../decision/facts.ts';
import type { AccessRequest } from '../decision/request.ts';
import type { StoredResource } from '../fhir/resource.ts';
import {
  createDecideAccess,
  createDecisionCache,
  type DecideAccessDeps,
  type Decided,
  type DecisionEngine,
  ownEngine,
} from './decide-access.ts';

/** Decides once, as `DecideAccess` does, and tells how it came about; of the single resources as well. */
export type ExplainAccess = (
  request: AccessRequest,
  resources: readonly ResourceFacts[],
  options?: { readonly asOf?: Instant },
) => Promise<{ readonly decided: Decided; readonly explanation: Explanation }>;

export function createExplainAccess(deps: DecideAccessDeps): ExplainAccess {
  const own = deps.engine ?? ownEngine;
  return async (request, resources, options) => {
    const told: { consents: readonly StoredResource[]; explanation?: Explanation } = { consents: [] };
    const engine: DecisionEngine = {
      ...own,
      compile: (patient, found, settings) => {
        told.consents = found.filter(({ type }) => type === 'Consent');
        return own.compile(patient, found, settings);
      },
      decide: (program, party, asked) => {
        told.explanation = explain(program, party, asked, told.consents, resources);
        return told.explanation.decision;
      },
    };
    // What is kept of a consent does not have its words, so it is read for whoever wants them.
    const decide = createDecideAccess({ ...deps, engine, cache: createDecisionCache() });
    const [decided] = await decide([request], options);
    if (!decided) throw new Error('an explanation was asked and none came');
    return { decided, explanation: told.explanation ?? unexplained(decided) };
  };
}

/** The engine failed; what it cannot tell, nobody makes up. */
const unexplained = ({ decision }: Decided): Explanation => ({
  decision,
  summary: ['Refused: the consents could not be weighed, because the service failed.'],
  consents: [],
  resources: [],
});
