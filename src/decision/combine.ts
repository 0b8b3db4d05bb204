/** How consents in force combine into what may be seen (consent-decisioning.md §6); each rule a named value. */
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
  // Consents that say nothing were dropped before; the newest of the rest decides alone, a tie denies.
  'most-recent': (consents, logic) =>
    combineBy['deny-overrides'](newest(consents.filter(says(logic))), logic),
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

const says =
  <T>({ no }: Logic<T>) =>
  ({ permits, denies, closes }: Reach<T>): boolean =>
    permits !== no || denies !== no || closes !== no;

function newest<T>(consents: readonly Reach<T>[]): readonly Reach<T>[] {
  const latest = Math.max(...consents.map(({ consent }) => consent.datedAt ?? Number.NEGATIVE_INFINITY));
  return consents.filter(({ consent }) => (consent.datedAt ?? Number.NEGATIVE_INFINITY) === latest);
}
