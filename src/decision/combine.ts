/** How consents in force combine into what may be seen (consent-decisioning.md §6); each rule a named value. */
import type { Filter } from './filter.ts';
import type { Logic } from './logic.ts';
import type { Reach } from './reach.ts';
import type { CombiningRule } from './settings.ts';

type Combine = <T>(consents: readonly Reach<T>[], logic: Logic<T>) => Combined<T>;
export type Combined<T> = {
  readonly visible: T;
  readonly denies: T;
  readonly closes: T;
  readonly permits: T;
};

/**
 * `deny-overrides`: an explicit deny beats an unreadable consent, that beats a permit, that beats "not granted" (C-3);
 * the patient's refusal in one form must not be undone by an older signature in another.
 */
const combineBy: Readonly<Record<CombiningRule, Combine>> = {
  'deny-overrides': (consents, logic) => {
    const { permits, denies, closes } = parts(consents, logic);
    return { permits, denies, closes, visible: logic.and([permits, logic.not(denies), logic.not(closes)]) };
  },
  'permit-overrides': (consents, logic) => {
    const { permits, denies, closes } = parts(consents, logic);
    return { permits, denies, closes, visible: permits };
  },
  // Which consents are heard was settled before (`heard`); among them a refusal still wins.
  'most-recent': (consents, logic) => combineBy['deny-overrides'](consents, logic),
};

export function combine<T>(rule: CombiningRule, consents: readonly Reach<T>[], logic: Logic<T>): Combined<T> {
  return combineBy[rule](consents, logic);
}

function parts<T>(consents: readonly Reach<T>[], { or }: Logic<T>) {
  return {
    permits: or(consents.map(({ permits }) => permits)),
    denies: or(consents.map(({ denies }) => denies)),
    closes: or(consents.map(({ closes }) => closes)),
  };
}

/**
 * The consents that count, of those in force. By `most-recent` those without an opinion on the request are dropped, and
 * the newest of the rest decides alone; what may be as new as it counts with it, as does what bears no date.
 */
export function heard(rule: CombiningRule, consents: readonly Reach<Filter>[]): readonly Reach<Filter>[] {
  if (rule !== 'most-recent') return consents;
  const opinions = consents.filter(hasOpinion);
  const starts = opinions.map(({ consent }) => consent.dated?.start ?? Number.NEGATIVE_INFINITY);
  const latest = Math.max(...starts);
  return opinions.filter(({ consent }) => (consent.dated?.end ?? Number.POSITIVE_INFINITY) >= latest);
}

/** "Nothing else is granted" is an opinion too, where nothing it grants is asked (C-3). */
const hasOpinion = ({ permits, denies, closes, parts }: Reach<Filter>): boolean =>
  [permits, denies, closes].some(({ op }) => op !== 'none') ||
  parts.some(({ implicit, region }) => implicit && region.op !== 'none');
