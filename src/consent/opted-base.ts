/** The opt-in and opt-out codes that R4 examples carry in `policyRule` (fhir-consent.md §4.6, N-3). */
import type { JsonObject } from '../base/json.ts';
import { conceptCodings } from '../fhir/read-element.ts';
import type { Effect } from './consent.ts';

const optCodes: ReadonlyMap<string, Effect> = new Map([
  ['OPTIN', 'permit'],
  ['OPTINR', 'permit'],
  ['OPTOUT', 'deny'],
  ['OPTOUTE', 'deny'],
]);

/** What the opt codes of its `policyRule` say, which may be several. */
export const optedIn = (owner: JsonObject): readonly Effect[] =>
  conceptCodings(owner, 'policyRule').flatMap(({ code }) => optCodes.get(code) ?? []);

/** Undefined when none is named, or two that contradict each other. */
export function agreed(bases: readonly Effect[]): Effect | undefined {
  const [base, ...others] = new Set(bases);
  return others.length === 0 ? base : undefined;
}
