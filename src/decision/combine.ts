/** How consents in force combine into what may be seen (consent-decisioning.md §6); each rule a named value. */
import type { Filter } from './filter.ts';
import type { Logic } from './logic.ts';
import type { Reach } from './reach.ts';
import type { CombiningRule } from './settings.ts';

export type Combined<T> = {
  readonly visible: T;
  readonly denies: T;
  readonly closes: T;
  readonly permits: T;
  /** Where any of them speaks, so that the implicit policy does not. */
  readonly speaks: T;
};

type Rule = <T>(said: Omit<Combined<T>, 'visible'>, logic: Logic<T>) => T;

/**
 * `deny-overrides`: an explicit deny beats an unreadable consent, that beats a permit, that beats "not granted" (C-3);
 * the patient's refusal in one form must not be undone by an older signature in another.
 */
const denyOverrides: Rule = ({ permits, denies, closes }, { and, or, not }) =>
  and(permits, not(or(denies, closes)));

const rules: Readonly<Record<CombiningRule, Rule>> = {
  'deny-overrides': denyOverrides,
  'permit-overrides': ({ permits }) => permits,
  // Which consents are heard was settled before (`heard`); among them a refusal still wins.
  'most-recent': denyOverrides,
};

export function combine<T>(rule: CombiningRule, consents: readonly Reach<T>[], logic: Logic<T>): Combined<T> {
  const { or, no } = logic;
  let said = { permits: no, denies: no, closes: no, speaks: no };
  for (const { permits, denies, closes, speaks } of consents)
    said = {
      permits: or(said.permits, permits),
      denies: or(said.denies, denies),
      closes: or(said.closes, closes),
      speaks: or(said.speaks, speaks),
    };
  return { ...said, visible: rules[rule](said, logic) };
}

/**
 * The consents that count, of those in force. By `most-recent` those without an opinion on the request are dropped, and
 * the newest of the rest decides alone; what may be as new as it counts with it, as does what bears no date.
 */
export function heard(consents: readonly Reach<Filter>[]): readonly Reach<Filter>[] {
  const opinions = consents.filter(hasOpinion);
  const starts = opinions.map(({ consent }) => consent.dated?.start ?? Number.NEGATIVE_INFINITY);
  const latest = Math.max(...starts);
  return opinions.filter(({ consent }) => (consent.dated?.end ?? Number.POSITIVE_INFINITY) >= latest);
}

/** "Nothing else is granted" is an opinion too, where nothing it grants is asked (C-3). */
const hasOpinion = ({ permits, denies, closes, parts }: Reach<Filter>): boolean =>
  [permits, denies, closes].some(({ op }) => op !== 'none') ||
  parts.some(({ implicit, region }) => implicit && region.op !== 'none');
