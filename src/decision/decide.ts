/** Decides one request over a program: what may be seen, on whose word, and until when. */
import type { Instant } from '../base/instant.ts';
import { type Combined, combine, heard } from './combine.ts';
import type { Basis, Decision, Reason } from './decision.ts';
import type { ResourceFacts } from './facts.ts';
import { allOf, anyOf, type Filter, none, settled } from './filter.ts';
import { residual, truthOf } from './logic.ts';
import type { Program } from './program.ts';
import { type Reach, reach } from './reach.ts';
import type { AccessRequest } from './request.ts';
import { restrictToType } from './restrict.ts';
import { testAtom } from './visible.ts';

/**
 * Decides over every resource at once: the answer's filter says which of the patient's resources may be seen.
 *
 * @param whenSilent what holds where no consent speaks: the implicit policy of the deployment
 * @returns permit when anything could be visible, with the filter that remains to be applied (fhir-consent.md §6.5)
 */
export function decide(program: Program, request: AccessRequest, whenSilent: 'permit' | 'deny'): Decision {
  const inForce = reach(program, request, residual);
  const reaches = heard(program.settings.combining, inForce);
  const combined = combine(program.settings.combining, reaches, residual);
  const spoken = anyOf(reaches.map(({ speaks }) => speaks));
  const unspoken = whenSilent === 'permit' ? residual.not(spoken) : none;
  const filter = settled(ofTypes(anyOf([combined.visible, unspoken]), request.resourceTypes));
  const outcome = filter.op === 'none' ? 'deny' : 'permit';
  return {
    outcome,
    reason: outcome === 'permit' ? reasonToPermit(combined) : reasonToDeny(inForce, combined, spoken),
    conflict: inConflict(inForce),
    basis: basisOf(reaches, outcome),
    permittedBy: outcome === 'permit' ? permittingIn(reaches) : [],
    obligations: outcome === 'permit' ? obligationsOf(reaches) : [],
    filter,
    holdsUntil: nextBoundary(program.boundaries, request.at),
  };
}

/**
 * Decides over one resource, whatever is asked in general: the same walk, with truth in place of conditions.
 *
 * @returns whether this resource may be seen; what it does not say hides it
 */
export function isPermitted(
  program: Program,
  request: AccessRequest,
  resource: ResourceFacts,
  whenSilent: 'permit' | 'deny',
): boolean {
  const logic = truthOf((atom) => testAtom(atom, resource));
  const counted = heard(program.settings.combining, reach(program, request, residual));
  const names = new Set(counted.map(({ consent }) => consent));
  const reaches = reach(program, request, logic).filter(({ consent }) => names.has(consent));
  const { visible } = combine(program.settings.combining, reaches, logic);
  const spoken = logic.or(reaches.map(({ speaks }) => speaks));
  const unspoken = whenSilent === 'permit' ? logic.not(spoken) : false;
  const isAsked = request.resourceTypes?.includes(resource.type) ?? true;
  return isAsked && logic.or([visible, unspoken]) === true;
}

/** With the types known, nothing else may be seen, and a permit that leaves none of them is none. */
function ofTypes(filter: Filter, types: readonly string[] | undefined): Filter {
  if (!types) return filter;
  const perType = types.map((type) =>
    allOf([{ op: 'is', atom: { kind: 'type', anyOf: [type] } }, restrictToType(filter, type)]),
  );
  return perType.every(({ op }) => op === 'none') ? none : anyOf(perType);
}

const reasonToPermit = ({ visible }: Combined<Filter>): Reason =>
  visible.op === 'none' ? 'implicit-policy' : 'permitted';

function reasonToDeny(reaches: readonly Reach<Filter>[], combined: Combined<Filter>, spoken: Filter): Reason {
  if (reaches.length === 0) return 'no-consent';
  if (combined.denies.op !== 'none') return 'explicit-deny';
  if (combined.closes.op !== 'none') return closingReason(reaches);
  if (spoken.op === 'none') return 'not-applicable';
  return reaches.some(({ outside }) => outside === 'permitted-data')
    ? 'outside-permitted-data'
    : 'outside-consent-scope';
}

function closingReason(reaches: readonly Reach<Filter>[]): Reason {
  const closing = reaches.find(({ closes }) => closes.op !== 'none');
  return closing?.defect ?? 'ambiguous-root';
}

/** One consent permits a resource that another refuses (C-5). */
function inConflict(reaches: readonly Reach<Filter>[]): boolean {
  return reaches.some((one) =>
    reaches.some((other) => one !== other && settled(allOf([one.permits, other.denies])).op !== 'none'),
  );
}

/** The parts that bear on the outcome, then those that stand against it; a base that only grants nothing else comes last. */
function basisOf(reaches: readonly Reach<Filter>[], outcome: 'permit' | 'deny'): readonly Basis[] {
  const parts = reaches.flatMap(({ consent, parts, closes }) => [
    ...parts
      .filter(({ region }) => region.op !== 'none')
      .map((part) => ({ consent, path: part.path, weight: weightOf(part, outcome) })),
    ...(closes.op === 'none' ? [] : [{ consent, path: '', weight: 1 }]),
  ]);
  return [...parts]
    .sort((a, b) => a.weight - b.weight)
    .map(({ consent, path }) => ({ consent: consent.id, version: consent.version, path }));
}

function weightOf(
  part: { readonly effect: string; readonly implicit: boolean },
  outcome: 'permit' | 'deny',
): number {
  if (part.implicit) return 3;
  return part.effect === outcome ? 0 : 2;
}

const permittingIn = (reaches: readonly Reach<Filter>[]): readonly string[] =>
  reaches.filter(({ permits }) => settled(permits).op !== 'none').map(({ consent }) => consent.id);

/** Only from what permits (C-1). */
const obligationsOf = (reaches: readonly Reach<Filter>[]): readonly string[] => [
  ...new Set(
    reaches
      .flatMap(({ parts }) => parts)
      .filter(({ effect, region }) => effect === 'permit' && settled(region).op !== 'none')
      .flatMap(({ limits }) => limits),
  ),
];

function nextBoundary(boundaries: readonly Instant[], at: Instant): Instant | undefined {
  return boundaries.find((boundary) => boundary > at);
}
