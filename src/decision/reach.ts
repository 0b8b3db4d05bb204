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
  readonly limits: readonly string[];
};

/** One element of a consent and where it is the one that decides. */
export type Part<T> = {
  readonly path: string;
  readonly effect: Effect;
  readonly implicit: boolean;
  readonly region: T;
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
  const silent = { permits: no, denies: no, parts: [], outside: undefined, limits: [] };
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
  const { and, or, not, yes } = walk.logic;
  const asked = matchesRequest(rule.scope, walk);
  const inside = and([asked, matchesData(rule.scope, walk)]);
  const { parts, permits, denies } = resolve(rule.exceptions, inside, walk);
  const rest = and([inside, not(or([permits, denies]))]);
  const base: Part<T> = { path: rule.basePath, effect: rule.base, implicit: rule.implicit, region: rest };
  const isPermit = rule.base === 'permit';
  return {
    consent,
    permits: isPermit ? or([permits, rest]) : permits,
    denies: isPermit || rule.implicit ? denies : or([denies, rest]),
    // A base permit closes what it does not name; a base deny leaves that to the implicit policy (P-1, R-5).
    speaks: isPermit ? yes : or([inside, permits, denies]),
    closes: walk.logic.no,
    parts: [...parts, base],
    defect: undefined,
    outside: isPermit ? outsideOf(asked, inside, walk.logic) : undefined,
    limits: rule.scope.limits,
  };
}

function outsideOf<T>(asked: T, inside: T, { no }: Logic<T>): Reach<T>['outside'] {
  if (asked === no) return 'consent-scope';
  return inside === no ? 'permitted-data' : undefined;
}

type Resolved<T> = { readonly parts: readonly Part<T>[]; readonly permits: T; readonly denies: T };

/**
 * Siblings together: any match is an exception to the parent (M-4), a deny among them wins (§6.4.3). Untyped ones are
 * consulted only where the parent matched, typed ones everywhere (N-6).
 */
function resolve<T>(provisions: readonly CompiledProvision[], parentMatched: T, walk: Walk<T>): Resolved<T> {
  const { and, or, not } = walk.logic;
  const each = provisions.map((provision) => {
    const own = resolveOne(provision, walk);
    return provision.explicit ? own : within(own, parentMatched, walk.logic);
  });
  const denies = or(each.map((one) => one.denies));
  const permits = and([or(each.map((one) => one.permits)), not(denies)]);
  return { parts: each.flatMap(({ parts }) => parts), permits, denies };
}

function resolveOne<T>(provision: CompiledProvision, walk: Walk<T>): Resolved<T> {
  const { and, or, not, no } = walk.logic;
  // A rule below one whose period has ended falls with it.
  if (!contains(provision.period, walk.request.at)) return { parts: [], permits: no, denies: no };
  const matched = and([matchesRequest(provision.condition, walk), matchesData(provision.condition, walk)]);
  const below = resolve(provision.children, matched, walk);
  const region = and([matched, not(or([below.permits, below.denies]))]);
  const part: Part<T> = { path: provision.path, effect: provision.effect, implicit: false, region };
  return {
    parts: [...below.parts, part],
    permits: provision.effect === 'permit' ? or([below.permits, region]) : below.permits,
    denies: provision.effect === 'deny' ? or([below.denies, region]) : below.denies,
  };
}

function within<T>(resolved: Resolved<T>, parent: T, { and }: Logic<T>): Resolved<T> {
  return {
    parts: resolved.parts.map((part) => ({ ...part, region: and([part.region, parent]) })),
    permits: and([resolved.permits, parent]),
    denies: and([resolved.denies, parent]),
  };
}
