/** Our engine as the bench asks it: all that knows its signatures. */
import { accessSettings, settingsSchema } from '../../../src/access/settings.ts';
import { asInstant } from '../../../src/base/instant.ts';
import { compile } from '../../../src/decision/compile.ts';
import { decide, decideOn } from '../../../src/decision/decide.ts';
import { type ResourceFacts, factsOf as readFacts } from '../../../src/decision/facts.ts';
import type { Filter } from '../../../src/decision/filter.ts';
import { identify, type Party } from '../../../src/decision/party.ts';
import type { Program } from '../../../src/decision/program.ts';
import { type AccessRequest, actions } from '../../../src/decision/request.ts';
import { isVisible } from '../../../src/decision/visible.ts';
import type { Resource, StoredResource } from '../../../src/fhir/resource.ts';
import { patient } from './as-fhir.ts';
import { explicitOnly } from './covers.ts';
import { type Asked, askedAt } from './world.ts';

const settings = accessSettings(settingsSchema.parse({ explicitOnlyPurposes: explicitOnly }), []);

export type Prepared = { readonly program: Program; readonly party: Party; readonly request: AccessRequest };

export const programOf = (found: readonly StoredResource[]): Program => compile(patient, found, settings);

/** @param around directory resources about whoever asks */
export function prepare(
  program: Program,
  { who, organization, action, purposes }: Asked,
  around: readonly StoredResource[],
): Prepared {
  const type = who.startsWith('Organization/') ? 'organization' : 'practitioner';
  const requester = { type, reference: who, organization } as const;
  const named = actions.find((each) => each === action) ?? 'access';
  return {
    program,
    party: identify(requester, around, settings),
    request: { patient, requester, action: named, purposes, at: asInstant(askedAt) },
  };
}

/** What the resource says is found when first asked for, so it is asked before time is taken. */
export const factsOf = (resource: Resource): ResourceFacts => readFacts(resource, settings);

/** All that the consents here ask of a resource, each of which is found when it is asked for. */
export function readAll(resource: Resource): readonly unknown[] {
  const { labels, confidentiality, codes, isCoded, period } = factsOf(resource);
  return [labels, confidentiality, codes, isCoded, period];
}

/** About one resource. */
export const permits = ({ program, party, request }: Prepared, facts: ResourceFacts): boolean =>
  decideOn(program, party, request, facts).outcome === 'permit';

/** About all of the patient's data, with the filter that remains. */
export const residualOf = ({ program, party, request }: Prepared): Filter =>
  decide(program, party, request).filter;

export const shows = (filter: Filter, facts: ResourceFacts): boolean => isVisible(filter, facts);
