/** Walks the consents once, over any logic: the only place that knows how provisions nest. */
import { contains } from '../base/period.ts';
import type { Defect, Effect } from '../consent/consent.ts';
import type { Logic } from './logic.ts';
import { matches, matchesData, matchesRequest, type Walk } from './match.ts';
import type { CompiledConsent, CompiledProvision, CompiledRule } from './program.ts';

/** What one consent says of the patient's data, each part as a value of the logic. */
export type Reach<T> = {
  readonly consent: CompiledConsent;
  /** Where it permits. */
  readonly permits: T;
  /** Where it refuses, and a permit of another consent does not help. */
  readonly denies: T;
  /** Where it speaks at all, so that the implicit policy is silent. */
  readonly speaks: T;
  /** Where it cannot be read, and therefore closes. */
  readonly closes: T;
  readonly parts: readonly Part<T>[];
  /** Set when its base permit does not apply: the request lies outside, or only the data does. */
  readonly outside: 'consent-scope' | 'permitted-data' | undefined;
  /** Of the base that does not apply. */
  readonly basePath: string | undefined;
  /** Why it cannot be read, when that is the case for all of it. */
  readonly defect: Defect['reason'] | undefined;
};

/** One element of a consent and where it is the one that decides. */
type Part<T> = {
  readonly path: string;
  readonly effect: Effect;
  readonly implicit: boolean;
  readonly region: T;
  /** What goes with a permit by it (O-3). */
  readonly limits: readonly string[];
};

export function reachOf<T>(consent: CompiledConsent, walk: Walk<T>): Reach<T> {
  const { logic } = walk;
  const { rules, defects } = consent;
  if (defects[0]) return closed(consent, defects[0].reason, logic);
  const [first, second] = rules.map((rule) => reachOfRule(consent, rule, walk));
  if (!first) return closed(consent, 'unreadable-consent', logic);
  return second ? agreement(first, second, logic) : first;
}

function closed<T>(consent: CompiledConsent, defect: Defect['reason'], { yes, no }: Logic<T>): Reach<T> {
  const silent = { permits: no, denies: no, parts: [], outside: undefined, basePath: undefined };
  return { ...silent, consent, defect, speaks: yes, closes: yes };
}

/** Two readings of one consent: where they agree that is the answer, elsewhere it closes (N-4, R-4). */
function agreement<T>(a: Reach<T>, b: Reach<T>, { and, or, not }: Logic<T>): Reach<T> {
  const permits = and(a.permits, b.permits);
  const denies = and(a.denies, b.denies);
  const differ = (x: T, y: T): T => or(and(x, not(y)), and(y, not(x)));
  const closes = or(differ(a.permits, b.permits), differ(a.denies, b.denies));
  return { ...a, permits, denies, closes, speaks: or(a.speaks, b.speaks), outside: a.outside ?? b.outside };
}

function reachOfRule<T>(consent: CompiledConsent, rule: CompiledRule, walk: Walk<T>): Reach<T> {
  const { and, or, not, yes, no } = walk.logic;
  const asked = matchesRequest(rule.scope, walk);
  const inside = asked === no ? no : and(asked, matchesData(rule.scope, walk));
  const parts: Part<T>[] = [];
  const exceptions = weigh(rule.exceptions, inside, inside, parts, walk);
  const own = decideHere(rule.base, inside, exceptions, walk.logic);
  const isPermit = rule.base === 'permit';
  const { base: effect, basePath: path, implicit, scope: condition } = rule;
  const region = and(inside, not(or(exceptions.permits, exceptions.denies)));
  if (region !== no) parts.push({ path, effect, implicit, region, limits: condition.limits });
  walk.observe?.({ path, effect, condition, isOver: false, matched: inside, region });
  return {
    consent,
    permits: isPermit ? or(own.permits, exceptions.permits) : exceptions.permits,
    // INVARIANT: an implicit base deny refuses nothing; the denies below it do.
    denies: rule.implicit ? exceptions.denies : or(own.denies, exceptions.free.denies),
    // A base permit closes what it does not name; a base deny leaves that to the implicit policy (P-1, R-5).
    speaks: isPermit ? yes : or(inside, or(exceptions.permits, exceptions.denies)),
    closes: no,
    parts,
    defect: undefined,
    outside: isPermit ? outsideOf(asked, inside, walk.logic) : undefined,
    basePath: rule.basePath,
  };
}

function outsideOf<T>(asked: T, inside: T, { isOpen }: Logic<T>): Reach<T>['outside'] {
  if (!isOpen(asked)) return 'consent-scope';
  return isOpen(inside) ? undefined : 'permitted-data';
}

type Said<T> = { readonly permits: T; readonly denies: T };

/** `bound` holds only where the parent matched; `free`, of typed rules, wherever they match themselves (N-6, R-2). */
type Resolved<T> = { readonly bound: Said<T>; readonly free: Said<T> };

/** What all exceptions to a rule say together, where the rule matched. */
type Weighed<T> = Resolved<T> & Said<T>;

/**
 * Siblings together: any match is an exception to the parent (M-4), a deny among them wins (§6.4.3).
 *
 * @param matched where the parent's own conditions hold
 * @param around where all those above hold, for telling where a part decides
 */
function weigh<T>(
  provisions: readonly CompiledProvision[],
  matched: T,
  around: T,
  parts: Part<T>[],
  walk: Walk<T>,
): Weighed<T> {
  const { and, or, not, no } = walk.logic;
  let bound: Said<T> = { permits: no, denies: no };
  let free = bound;
  for (const provision of provisions) {
    if (provision.children.length > 0) {
      const one = resolve(provision, around, parts, walk);
      if (!one) continue;
      bound = together(bound, one.bound, walk.logic);
      free = together(free, one.free, walk.logic);
      continue;
    }
    // Most have nothing below them, and then there is nothing to weigh against.
    const own = matchedBy(provision, around, parts, walk);
    if (own === no) continue;
    if (provision.explicit) free = including(free, provision.effect, own, walk.logic);
    else bound = including(bound, provision.effect, own, walk.logic);
  }
  if (bound.permits !== no || bound.denies !== no)
    bound = { permits: and(bound.permits, matched), denies: and(bound.denies, matched) };
  const denies = or(bound.denies, free.denies);
  const permits = or(bound.permits, free.permits);
  // Within one provision the two are apart already; saying so again would double the condition at every level.
  const areApart =
    denies === no || permits === no || (provisions.length < 2 && free.permits === no && free.denies === no);
  if (areApart) return { bound, free, denies, permits };
  const without = (permitted: T): T => and(permitted, not(denies));
  return {
    bound: { permits: without(bound.permits), denies: bound.denies },
    free,
    denies,
    permits: without(permits),
  };
}

/** Where a provision without exceptions matches, and decides. */
function matchedBy<T>(provision: CompiledProvision, above: T, parts: Part<T>[], walk: Walk<T>): T {
  const { and, no } = walk.logic;
  const { effect, explicit, condition, path } = provision;
  const isOver = !contains(provision.period, walk.request.at);
  const matched = isOver ? no : matches(condition, walk);
  const region = explicit || matched === no ? matched : and(above, matched);
  walk.observe?.({ path, effect, condition, isOver, matched, region });
  if (region !== no) parts.push({ path, effect, implicit: false, region, limits: condition.limits });
  return matched;
}

const including = <T>(said: Said<T>, effect: Effect, matched: T, { or }: Logic<T>): Said<T> =>
  effect === 'permit'
    ? { permits: or(said.permits, matched), denies: said.denies }
    : { permits: said.permits, denies: or(said.denies, matched) };

/** Undefined when neither it nor anything below it has a say. */
function resolve<T>(
  provision: CompiledProvision,
  above: T,
  parts: Part<T>[],
  walk: Walk<T>,
): Resolved<T> | undefined {
  const { and, or, not, no } = walk.logic;
  const { effect, explicit, condition, path } = provision;
  // A rule below one whose period has ended falls with it.
  const isOver = !contains(provision.period, walk.request.at);
  const matched = isOver ? no : matches(condition, walk);
  const around = explicit ? matched : and(above, matched);
  if (isOver || (around === no && !provision.leadsToExplicit)) {
    walk.observe?.({ path, effect, condition, isOver, matched, region: no });
    return undefined;
  }
  const below = weigh(provision.children, matched, around, parts, walk);
  const region = and(around, not(or(below.permits, below.denies)));
  walk.observe?.({ path, effect, condition, isOver, matched, region });
  if (region !== no) parts.push({ path, effect, implicit: false, region, limits: condition.limits });
  const own = decideHere(effect, matched, below, walk.logic);
  if (!explicit) return { bound: own, free: below.free };
  return { bound: { permits: no, denies: no }, free: together(own, below.free, walk.logic) };
}

/**
 * A rule decides where it matched and no exception does. Since the exceptions' permits and denies are apart, only the
 * opposite ones have to be cut out.
 */
function decideHere<T>(effect: Effect, matched: T, below: Weighed<T>, { and, not }: Logic<T>): Said<T> {
  if (effect === 'permit') return { permits: and(matched, not(below.denies)), denies: below.bound.denies };
  return { permits: below.bound.permits, denies: and(matched, not(below.permits)) };
}

const together = <T>(a: Said<T>, b: Said<T>, { or }: Logic<T>): Said<T> => ({
  permits: or(a.permits, b.permits),
  denies: or(a.denies, b.denies),
});
