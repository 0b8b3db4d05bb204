/** What was weighed as an answer: outcome, reason, basis, obligations, and until when. */
import { earlier, type Instant, plusSeconds } from '../base/instant.ts';
import { edgesOf, nextOf } from './boundaries.ts';
import type { Basis, Decision, Reason } from './decision.ts';
import type { Logic } from './logic.ts';
import { walkOf } from './match.ts';
import { isBreakGlass } from './question.ts';
import type { Reach } from './reach.ts';
import { opensToOthers } from './rules/break-glass.ts';
import { needsMinimumOnly } from './rules/implicit-policy.ts';
import { authoritiesFor } from './rules/own-access.ts';
import type { Weighed } from './weigh.ts';

export type Remaining = Pick<Decision, 'filter' | 'beforeLabels'>;

export function conclude<T>(weighed: Weighed<T>, { filter, beforeLabels }: Remaining): Decision {
  const { inForce, heard: consents } = weighed;
  const outcome = filter.op === 'none' ? 'deny' : 'permit';
  return {
    outcome,
    reason: outcome === 'permit' ? reasonToPermit(weighed) : reasonToDeny(weighed),
    conflict: isInConflict(weighed),
    basis: weighed.isRefusedTheGlass ? [] : basisOf(consents, outcome, weighed.logic),
    permittedBy: outcome === 'permit' ? permittingIn(weighed) : [],
    obligations: outcome === 'permit' ? obligationsOf(weighed) : [],
    filter,
    beforeLabels,
    holdsUntil: endOf(weighed, outcome),
    superseded: inForce.superseded.map(({ id }) => id),
    unreadable: weighed.reaches.filter(({ defect }) => defect !== undefined).map(({ consent }) => consent.id),
  };
}

/**
 * The requester's own dates matter only where somebody's word depends on who asks: of a patient who is unknown here they
 * would tell what is on file of others. A broken glass closes by itself (B-2).
 */
function endOf<T>(
  { program, party, request }: Weighed<T>,
  outcome: Decision['outcome'],
): Instant | undefined {
  const { at } = request;
  const own = program.consents.length === 0 ? undefined : nextOf(party.edges, at);
  const acting = nextOf(edgesOf(authoritiesFor(program, party).map(({ during }) => during)), at);
  const glass =
    outcome === 'permit' && isBreakGlass(request) ? plusSeconds(at, breakGlassSeconds) : undefined;
  return [nextOf(program.boundaries, at), own, acting, glass].reduce(sooner);
}

const breakGlassSeconds = 30 * 60;

const sooner = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined ? a : earlier(a, b);

function reasonToPermit<T>({ combined, own, unspoken, logic, granted }: Weighed<T>): Reason {
  const isByPolicy =
    !logic.isPossible(combined.visible) && own.by === undefined && logic.isPossible(unspoken);
  return isByPolicy && logic.isPossible(granted) ? 'implicit-policy' : 'permitted';
}

function reasonToDeny<T>(weighed: Weighed<T>): Reason {
  const { inForce, reaches, combined, logic, granted } = weighed;
  if (weighed.isRefusedTheGlass) return 'btg-not-authorized';
  if (isBreakGlass(weighed.request) && opensToOthers(inForce.counted, walkOf(weighed)))
    return 'btg-not-authorized';
  // Only the labels on the data, or the types asked for, stand against it.
  if (logic.isPossible(granted)) return 'outside-permitted-data';
  if (reaches.length === 0) return inForce.agedOut.length > 0 ? 'minor-aged-out' : 'no-consent';
  const closing = logic.isOpen(combined.closes)
    ? (reaches.find(({ closes }) => logic.isOpen(closes))?.defect ?? 'ambiguous-root')
    : undefined;
  // By permit-overrides a consent that cannot be read outranks a refusal: it might have been a permit (consent-decisioning.md §6).
  if (closing && weighed.program.settings.combining === 'permit-overrides') return closing;
  if (logic.isOpen(combined.denies)) return 'explicit-deny';
  if (closing) return closing;
  if (!logic.isOpen(weighed.spoken)) return 'not-applicable';
  return reaches.some(({ outside }) => outside === 'permitted-data')
    ? 'outside-permitted-data'
    : 'outside-consent-scope';
}

/** One consent permits a resource that another refuses (C-5, R-29). */
function isInConflict<T>({ reaches, logic }: Weighed<T>): boolean {
  if (reaches.length < 2) return false;
  const permitting = reaches.filter(({ permits }) => logic.isPossible(permits));
  const denying = reaches.filter(({ denies }) => logic.isPossible(denies));
  return permitting.some((one) =>
    denying.some((other) => one !== other && logic.isPossible(logic.and(one.permits, other.denies))),
  );
}

/** The parts that bear on the outcome, then those that stand against it; a base that only grants nothing else comes last. */
function basisOf<T>(
  reaches: readonly Reach<T>[],
  outcome: 'permit' | 'deny',
  logic: Logic<T>,
): readonly Basis[] {
  const bearing: Basis[] = [];
  const closing: Basis[] = [];
  const against: Basis[] = [];
  const last: Basis[] = [];
  for (const { consent, parts, closes, outside, basePath } of reaches) {
    const { id, version } = consent;
    // A base permit that does not reach so far is what the request fell short of (D-1).
    if (outside && basePath !== undefined) last.push({ consent: id, version, path: basePath });
    for (const { path, effect, implicit, region } of parts) {
      if (!logic.isOpen(region)) continue;
      const rank = implicit ? last : effect === outcome ? bearing : against;
      rank.push({ consent: id, version, path });
    }
    if (logic.isOpen(closes)) closing.push({ consent: id, version, path: '' });
  }
  return [...bearing, ...closing, ...against, ...last];
}

const permittingIn = <T>({ heard: consents, logic }: Weighed<T>): readonly string[] =>
  consents.filter(({ permits }) => logic.isPossible(permits)).map(({ consent }) => consent.id);

/** Only from what permits (C-1). */
function obligationsOf<T>({ heard: consents, request, unspoken, logic }: Weighed<T>): readonly string[] {
  const codes = new Set<string>();
  for (const { parts } of consents)
    for (const { effect, limits, region } of parts)
      if (effect === 'permit' && limits.length > 0 && logic.isPossible(region))
        for (const code of limits) codes.add(code);
  if (logic.isPossible(unspoken) && needsMinimumOnly(request)) codes.add('MINEC');
  // B-2.
  if (isBreakGlass(request)) codes.add('AUDIT');
  return [...codes];
}
