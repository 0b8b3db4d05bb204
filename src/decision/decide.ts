/** Decides one request over a program: what may be seen, on whose word, and until when. */
import { conclude, type Remaining } from './conclude.ts';
import type { Decision } from './decision.ts';
import type { ResourceFacts } from './facts.ts';
import { all, allOf, anyOf, type Filter, none } from './filter.ts';
import { residualOver, truth } from './logic.ts';
import type { Party } from './party.ts';
import type { Program } from './program.ts';
import type { AccessRequest } from './request.ts';
import { restrictToType } from './restrict.ts';
import { settled } from './settled.ts';
import type { Truth } from './truth.ts';
import { type Weighed, weigh } from './weigh.ts';

/**
 * Decides over every resource of the patient at once, or over the one that the request is about.
 *
 * @param party the requester of this very request, identified in the directory
 * @returns permit when anything could be visible, with the filter that remains to be applied (fhir-consent.md §6.5)
 * @example decide(compile('Patient/ann', found, settings), identify(requester, around, settings), request)
 */
export function decide(program: Program, party: Party, request: AccessRequest): Decision {
  if (request.resource) return decideOn(program, party, request, request.resource);
  const logic = residualOver(request.resourceTypes);
  const weighed = weigh({ program, party, request, logic, about: undefined });
  return conclude(weighed, remainingOf(weighed));
}

/**
 * Decides over one resource: the same walk, with truth in place of conditions. What the resource does not say hides it.
 *
 * @param facts of the resource asked about, see `factsOf`
 * @returns permit with nothing left to check, or deny with the reason why this resource stays hidden
 */
export function decideOn(
  program: Program,
  party: Party,
  request: AccessRequest,
  facts: ResourceFacts,
): Decision {
  const weighed = weigh({ program, party, request, logic: truth, about: facts });
  const isAsked = request.resourceTypes?.includes(facts.type) ?? true;
  const shownIf = (value: Truth): Filter => (isAsked && value === true ? all : none);
  return conclude(weighed, {
    filter: shownIf(weighed.visible),
    beforeLabels: shownIf(weighed.disclosed),
  });
}

/** What remains to be checked, of the types asked for. */
export const remainingOf = ({ visible, disclosed, request }: Weighed<Filter>): Remaining => ({
  filter: settled(ofTypes(visible, request.resourceTypes)),
  beforeLabels: settled(ofTypes(disclosed, request.resourceTypes)),
});

/** With the types known, nothing else may be seen, and a permit that leaves none of them is none. */
function ofTypes(filter: Filter, types: readonly string[] | undefined): Filter {
  if (!types) return filter;
  const perType = types.map((type) =>
    allOf([{ op: 'is', atom: { kind: 'type', anyOf: [type] } }, settled(restrictToType(filter, type))]),
  );
  return perType.every(({ op }) => op === 'none') ? none : anyOf(perType);
}
