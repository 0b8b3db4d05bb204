/** A filter as `residual` of IHE PCF: rules a resource server carries out, a permit overriding a forbid. */
import { formatInstant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import type { Period } from '../base/period.ts';
import type { Filter } from '../decision/filter.ts';
import { type Coding, sameCoding } from '../fhir/coding.ts';
import type { Confidentiality } from '../labeling/vocabulary.ts';
import { type Criterion, type Literal, type NamedData, type Term, termsOf } from './pcf-terms.ts';

/** Every element present must match, of each one value; a rule without elements matches everything. */
export type PcfRule = JsonObject & { readonly type: 'forbid' | 'permit' };

export type RenderedPcf = {
  /** False when the rules hide more than the filter does. */
  readonly exact: boolean;
  readonly residual: readonly PcfRule[];
};

type Rule = readonly Criterion[];

const hideAll: RenderedPcf = { exact: true, residual: [{ type: 'forbid' }] };

/**
 * INVARIANT: never shows more than the filter. PCF says `not forbidden, or permitted`: alternatives of negations
 * become forbids, alternatives without a negation permits; an alternative that mixes both, or names what PCF has no
 * element for, is left out. A resource server treats a criterion it cannot evaluate as met by a forbid and as not met
 * by a permit, as our own filters do.
 */
export function renderPcf(filter: Filter, unlabelledAs: Confidentiality = 'N'): RenderedPcf {
  if (filter.op === 'none') return hideAll;
  const terms = termsOf(filter, unlabelledAs);
  if (!terms) return { ...hideAll, exact: false };
  const negative = terms.filter((term) => term.every(({ sign }) => sign === 'not'));
  if (negative.some((term) => term.length === 0)) return { exact: true, residual: [] };
  const positive = terms.filter((term) => term.length > 0 && term.every(isPermitting));
  const permits = positive.map((term) => together(criteriaOf(term)));
  const forbids = forbiddenBy(negative);
  const isComplete = terms.length === negative.length + positive.length && !positive.flat().some(misses);
  const rules = [
    ...merged(forbids.rules).map(ruleOf('forbid')),
    ...merged(permits.flatMap(rule)).map(ruleOf('permit')),
  ];
  return { exact: isComplete && forbids.exact && permits.every((each) => each.exact), residual: rules };
}

const isPermitting = (literal: Literal): boolean => literal.sign === 'is' && literal.reach !== 'wider';

const misses = (literal: Literal): boolean => literal.sign !== 'inexpressible' && literal.reach !== undefined;

type Together = { readonly exact: boolean; readonly rule: Rule | undefined };

const rule = ({ exact, rule: criteria }: Together): readonly Rule[] => (exact && criteria ? [criteria] : []);

const criteriaOf = (term: Term): readonly Criterion[] =>
  term.flatMap((literal) => (literal.sign === 'inexpressible' ? [] : [literal.criterion]));

/**
 * What none of the alternatives leaves visible: one forbid for each way of picking a criterion from every
 * alternative. Without any alternative everything is forbidden.
 */
function forbiddenBy(negative: readonly Term[]): {
  readonly exact: boolean;
  readonly rules: readonly Rule[];
} {
  const [first, ...others] = negative;
  if (!first) return { exact: true, rules: [[]] };
  if (others.reduce((count, term) => count * term.length, first.length) > 256)
    return { exact: false, rules: [[]] };
  const picks = others.reduce<readonly (readonly Criterion[])[]>(
    (picked, term) => picked.flatMap((pick) => criteriaOf(term).map((criterion) => [...pick, criterion])),
    criteriaOf(first).map((criterion) => [criterion]),
  );
  const rules = picks.map(together);
  // Where two criteria of one kind would both have to match, one of them alone forbids, which is more.
  return {
    exact: !negative.flat().some(misses) && rules.every(({ exact }) => exact),
    rules: rules.flatMap(({ rule: one }) => (one ? [one] : [])),
  };
}

/** One criterion per element: of two the narrower when it implies the other, else the first, and that is not exact. */
function together(criteria: readonly Criterion[]): Together {
  const byElement = new Map<Criterion['element'], Criterion>();
  let exact = true;
  for (const criterion of criteria) {
    const known = byElement.get(criterion.element);
    if (!known || implies(criterion, known)) byElement.set(criterion.element, criterion);
    else if (!implies(known, criterion)) exact = false;
  }
  return { exact, rule: [...byElement.values()] };
}

function implies(narrow: Criterion, wide: Criterion): boolean {
  const written = new Set(wide.anyOf.map((value) => JSON.stringify(value)));
  return narrow.element === wide.element && narrow.anyOf.every((value) => written.has(JSON.stringify(value)));
}

/** Rules on one and the same element join into one, since of its values one suffices. */
function merged(rules: readonly Rule[]): readonly Rule[] {
  if (rules.some((criteria) => criteria.length === 0)) return [[]];
  const joined = new Map<string, Criterion[]>();
  for (const criteria of rules) {
    const [only] = criteria;
    const name = criteria.length === 1 && only ? only.element : JSON.stringify(criteria);
    const known = joined.get(name);
    if (!known) joined.set(name, [...criteria]);
    else if (criteria.length === 1 && only && known[0]) known[0] = union(known[0], only);
  }
  return [...joined.values()];
}

function union(a: Criterion, b: Criterion): Criterion {
  const values = new Map([...a.anyOf, ...b.anyOf].map((value) => [JSON.stringify(value), value]));
  return { element: a.element, anyOf: [...values.values()] } as Criterion;
}

const ruleOf =
  (type: PcfRule['type']) =>
  (criteria: Rule): PcfRule => ({ type, ...Object.assign({}, ...criteria.map(elementOf)) });

function elementOf(criterion: Criterion): JsonObject {
  switch (criterion.element) {
    case 'securityLabel':
      return { securityLabel: distinct(criterion.anyOf).map((coding) => ({ ...coding })) };
    case 'dataPeriod':
      return { dataPeriod: criterion.anyOf.map(periodOf) };
    case 'data':
      return { data: criterion.anyOf.map(dataOf) };
  }
}

const distinct = (codings: readonly Coding[]): readonly Coding[] =>
  codings.filter((coding, index) => codings.findIndex((other) => sameCoding(other, coding)) === index);

const periodOf = ({ start, end }: Period): JsonObject => ({
  ...(start === undefined ? {} : { start: formatInstant(start) }),
  ...(end === undefined ? {} : { end: formatInstant(end) }),
});

function dataOf({ meaning, name }: NamedData): JsonObject {
  const bar = name.indexOf('|');
  if (bar < 0) return { meaning, reference: { reference: name } };
  const system = name.slice(0, bar);
  return {
    meaning,
    reference: { identifier: { ...(system === '' ? {} : { system }), value: name.slice(bar + 1) } },
  };
}
