/** The engine as a test asks it: about the patient of the generated consents, with a directory of its own. */
import { compile } from '../../src/decision/compile.ts';
import { decide, decideOn } from '../../src/decision/decide.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { explain } from '../../src/decision/explain.ts';
import { factsOf } from '../../src/decision/facts.ts';
import { identify } from '../../src/decision/party.ts';
import type { AccessRequest } from '../../src/decision/request.ts';
import type { DecisionSettings } from '../../src/decision/settings.ts';
import { isVisible } from '../../src/decision/visible.ts';
import type { Resource, StoredResource } from '../../src/fhir/resource.ts';

export function engineOver(
  consents: readonly StoredResource[],
  directory: readonly StoredResource[],
  settings: DecisionSettings,
) {
  const program = compile('Patient/ann', [...consents, ...directory], settings);
  const partyOf = ({ requester }: AccessRequest) => identify(requester, directory, settings);
  const decided = (asked: AccessRequest): Decision => decide(program, partyOf(asked), asked);
  const decidedOn = (asked: AccessRequest, one: Resource): Decision =>
    decideOn(program, partyOf(asked), asked, factsOf(one, settings));
  return {
    program,
    decide: decided,
    decideOn: decidedOn,
    explain: (asked: AccessRequest, resources: readonly Resource[] = []) =>
      explain(
        program,
        partyOf(asked),
        asked,
        consents,
        resources.map((one) => factsOf(one, settings)),
      ),
    /** By asking about the resource itself. */
    permits: (asked: AccessRequest, one: Resource): boolean => decidedOn(asked, one).outcome === 'permit',
    /** By what the decision on everything leaves to be checked. */
    shows: (asked: AccessRequest, one: Resource): boolean =>
      isVisible(decided(asked).filter, factsOf(one, settings)),
  };
}
