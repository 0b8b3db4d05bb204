/** Walks the consents once, over any logic: the only place that knows how provisions nest. */
import { contains } from '../base/period.ts';
import type { Consent, Defect, Effect } from '../consent/consent.ts';
import { identitiesOf } from './identities.ts';
import type { Logic } from './logic.ts';
import { matchesData, matchesRequest, type Walk } from './match.ts';
import type { CompiledConsent, CompiledProvision, CompiledRule, Program } from './program.ts';
import type { AccessRequest } from './request.ts';

/** What one consent says of the patient's data, each part as a value of the logic. */
export type Reach<T> = {
  readonly consent: Consent;
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
  /** Why it cannot be read, when that is the case for all of it. */
  readonly defect: Defect['reason'] | undefined;
};

/** One element of a consent and where it is the one that decides. */
export type Part<T> = {
  readonly path: string;
  readonly effect: Effect;
  readonly implicit: boolean;
  readonly region: T;
  /** What goes with a permit by it (O-3). */
  readonly limits: readonly string[];
};

/** Every consent in force at the moment of the request, in the order of the program. */
export function reach<T>(program: Program, request: AccessRequest, logic: Logic<T>): readonly Reach<T>[] {
  const { directory, settings } = program;
  const identities = identitiesOf(request.requester, directory, request.at, settings);
  const walk: Walk<T> = { request, logic, identities, directory, settings };
  return program.consents
    .filter(({ consent }) => contains(consent.period, request.at))
    .map((compiled) => reachOfConsent(compiled, walk));
}

function reachOfConsent<T>({ consent, rules, defects }: CompiledConsent, walk: Walk<T>): Reach<T> {
  const { logic } = walk;
  if (defects[0]) return closed(consent, defects[0].reason, logic);
  const [first, second] = rules.map((rule) => reachOfRule(consent, rule, walk));
  if (!first) return closed(consent, 'unreadable-consent', logic);
  return second ? agreement(first, second, logic) : first;
}

function closed<T>(consent: Consent, defect: Defect['reason'], { yes, no }: Logic<T>): Reach<T> {
  const silent = { permits: no, denies: no, parts: [], outside: undefined };
  return { ...silent, consent, defect, speaks: yes, closes: yes };
}

/** Two readings of one consent: where they agree that is the answer, elsewhere it closes (N-4, R-4). */
function agreement<T>(a: Reach<T>, b: Reach<T>, { and, or, not }: Logic<T>): Reach<T> {
  const permits = and([a.permits, b.permits]);
  const denies = and([a.denies, b.denies]);
  const differ = (x: T, y: T): T => or([and([x, not(y)]), and([y, not(x)])]);
  const closes = or([differ(a.permits, b.permits), differ(a.denies, b.denies)]);
  return { ...a, permits, denies, closes, speaks: or([a.speaks, b.speaks]), outside: a.outside ?? b.outside };
}

function reachOfRule<T>(consent: Consent, rule: CompiledRule, walk: Walk<T>): Reach<T> {
  const { and, or, not, yes, no } = walk.logic;
  const asked = matchesRequest(rule.scope, walk);
  const inside = and([asked, matchesData(rule.scope, walk)]);
  const exceptions = weigh(rule.exceptions, inside, walk);
  const own = decideHere(rule.base, inside, exceptions, walk.logic);
  const isPermit = rule.base === 'permit';
  return {
    consent,
    permits: isPermit ? or([own.permits, exceptions.permits]) : exceptions.permits,
    // INVARIANT: an implicit base deny refuses nothing; the denies below it do.
    denies: rule.implicit ? exceptions.denies : or([own.denies, exceptions.free.denies]),
    // A base permit closes what it does not name; a base deny leaves that to the implicit policy (P-1, R-5).
    speaks: isPermit ? yes : or([inside, exceptions.permits, exceptions.denies]),
    closes: no,
    parts: [
      ...exceptions.bound.parts,
      ...exceptions.free.parts,
      {
        path: rule.basePath,
        effect: rule.base,
        implicit: rule.implicit,
        region: and([inside, not(or([exceptions.permits, exceptions.denies]))]),
        limits: rule.scope.limits,
      },
    ],
    defect: undefined,
    outside: isPermit ? outsideOf(asked, inside, walk.logic) : undefined,
  };
}

function outsideOf<T>(asked: T, inside: T, { no }: Logic<T>): Reach<T>['outside'] {
  if (asked === no) return 'consent-scope';
  return inside === no ? 'permitted-data' : undefined;
}

type Said<T> = { readonly permits: T; readonly denies: T; readonly parts: readonly Part<T>[] };

/** `bound` holds only where the parent matched; `free`, of typed rules, wherever they match themselves (N-6, R-2). */
type Resolved<T> = { readonly bound: Said<T>; readonly free: Said<T> };

/** What all exceptions to a rule say together, where the rule matched. */
type Weighed<T> = Resolved<T> & { readonly permits: T; readonly denies: T };

/** Siblings together: any match is an exception to the parent (M-4), a deny among them wins (§6.4.3). */
function weigh<T>(provisions: readonly CompiledProvision[], matched: T, walk: Walk<T>): Weighed<T> {
  const { and, or, not, no } = walk.logic;
  const each = provisions.map((provision) => resolve(provision, walk));
  const bound = within(
    together(
      each.map((one) => one.bound),
      walk.logic,
    ),
    matched,
    walk.logic,
  );
  const free = together(
    each.map((one) => one.free),
    walk.logic,
  );
  const denies = or([bound.denies, free.denies]);
  const permits = or([bound.permits, free.permits]);
  // Within one provision the two are apart already; saying so again would double the condition at every level.
  const areApart = each.length < 2 && (free.permits === no || free.denies === no);
  const without = (permitted: T): T => (areApart ? permitted : and([permitted, not(denies)]));
  return { bound: { ...bound, permits: without(bound.permits) }, free, denies, permits: without(permits) };
}

function resolve<T>(provision: CompiledProvision, walk: Walk<T>): Resolved<T> {
  const { logic, request } = walk;
  const { and, or, not } = logic;
  // A rule below one whose period has ended falls with it.
  if (!contains(provision.period, request.at)) return { bound: nothing(logic), free: nothing(logic) };
  const matched = and([matchesRequest(provision.condition, walk), matchesData(provision.condition, walk)]);
  const below = weigh(provision.children, matched, walk);
  const part: Part<T> = {
    path: provision.path,
    effect: provision.effect,
    implicit: false,
    region: and([matched, not(or([below.permits, below.denies]))]),
    limits: provision.condition.limits,
  };
  const own = { ...decideHere(provision.effect, matched, below, logic), parts: [...below.bound.parts, part] };
  if (!provision.explicit) return { bound: own, free: below.free };
  return { bound: nothing(logic), free: together([own, below.free], logic) };
}

/**
 * A rule decides where it matched and no exception does. Since the exceptions' permits and denies are apart, only the
 * opposite ones have to be cut out.
 */
function decideHere<T>(effect: Effect, matched: T, below: Weighed<T>, { and, not }: Logic<T>) {
  if (effect === 'permit') return { permits: and([matched, not(below.denies)]), denies: below.bound.denies };
  return { permits: below.bound.permits, denies: and([matched, not(below.permits)]) };
}

const nothing = <T>({ no }: Logic<T>): Said<T> => ({ permits: no, denies: no, parts: [] });

const together = <T>(said: readonly Said<T>[], { or }: Logic<T>): Said<T> => ({
  permits: or(said.map(({ permits }) => permits)),
  denies: or(said.map(({ denies }) => denies)),
  parts: said.flatMap(({ parts }) => parts),
});

const within = <T>(said: Said<T>, matched: T, { and }: Logic<T>): Said<T> => ({
  permits: and([said.permits, matched]),
  denies: and([said.denies, matched]),
  parts: said.parts.map((part) => ({ ...part, region: and([part.region, matched]) })),
});
