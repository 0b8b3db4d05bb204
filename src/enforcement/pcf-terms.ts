/** A filter taken apart into alternatives of criteria that IHE PCF can name (consent-decisioning.md §2). */
import type { Period } from '../base/period.ts';
import type { DataMeaning } from '../consent/consent.ts';
import type { Atom, Filter } from '../decision/filter.ts';
import type { Coding } from '../fhir/coding.ts';
import { labelsAtLeast } from '../labeling/confidentiality.ts';
import { type Confidentiality, confidentialityOrder, rankOf } from '../labeling/vocabulary.ts';

/** `name` is `Type/id`, with a version perhaps, or `system|value`. */
export type NamedData = { readonly meaning: DataMeaning; readonly name: string };

/** One element of a PCF rule; of its values one suffices. */
export type Criterion =
  | { readonly element: 'securityLabel'; readonly anyOf: readonly Coding[] }
  | { readonly element: 'dataPeriod'; readonly anyOf: readonly Period[] }
  | { readonly element: 'data'; readonly anyOf: readonly NamedData[] };

/** `wider`: the criterion meets more data than was meant, so it may forbid but not permit. */
export type Literal =
  | { readonly sign: 'is' | 'not'; readonly criterion: Criterion; readonly reach?: 'wider' }
  | { readonly sign: 'inexpressible' };

/** Everything in it must hold; of several terms one suffices. */
export type Term = readonly Literal[];

/** More alternatives than anybody writes down; beyond it, rendering gives up and hides everything. */
const mostTerms = 64;

/** Undefined when there are too many to be worth rendering. */
export function termsOf(filter: Filter, unlabelledAs: Confidentiality): readonly Term[] | undefined {
  switch (filter.op) {
    case 'all':
      return [[]];
    case 'none':
      return [];
    case 'or':
      return atMost(alternatives(filter.of, 'is', unlabelledAs));
    case 'and':
      return product(alternatives(filter.of, 'not', unlabelledAs));
    case 'is':
    case 'not':
      return termsOfAtom(filter.op, filter.atom, unlabelledAs);
  }
}

type Alternatives = readonly (readonly Term[] | undefined)[];

/** Atoms that together say `related` or `dependents` (M-12) are put back together first. */
function alternatives(
  parts: readonly Filter[],
  sign: 'is' | 'not',
  unlabelledAs: Confidentiality,
): Alternatives {
  const { grouped, rest } = groupRelations(parts, sign);
  return [...grouped.map((literal) => [[literal]]), ...rest.map((part) => termsOf(part, unlabelledAs))];
}

function atMost(lists: Alternatives): readonly Term[] | undefined {
  const terms: Term[] = [];
  for (const list of lists) {
    if (!list) return undefined;
    terms.push(...list);
  }
  return terms.length > mostTerms ? undefined : terms;
}

function product(lists: Alternatives): readonly Term[] | undefined {
  let terms: readonly Term[] = [[]];
  for (const list of lists) {
    if (!list || terms.length * list.length > mostTerms) return undefined;
    terms = terms.flatMap((term) => list.map((other) => [...term, ...other]));
  }
  return terms;
}

function termsOfAtom(sign: 'is' | 'not', atom: Atom, unlabelledAs: Confidentiality): readonly Term[] {
  if (atom.kind === 'confidentiality') return confidentialityTerms(sign, atom, unlabelledAs);
  const said = criterionOf(atom);
  return [[said ? { sign, ...said } : { sign: 'inexpressible' }]];
}

function criterionOf(atom: Atom): { readonly criterion: Criterion; readonly reach?: 'wider' } | undefined {
  switch (atom.kind) {
    case 'label':
      return { criterion: { element: 'securityLabel', anyOf: atom.anyOf } };
    case 'date':
      return { criterion: { element: 'dataPeriod', anyOf: [atom.within] } };
    case 'id':
      return {
        criterion: dataNamed(
          'instance',
          atom.anyOf.map((name) => withVersion(name, atom.version)),
        ),
      };
    case 'author':
      return { criterion: dataNamed('authoredby', atom.anyOf) };
    case 'refers-to':
      return { criterion: dataNamed(meaningOf[atom.through], atom.anyOf), reach: 'wider' };
    case 'confidentiality':
    case 'type':
    case 'profile':
    case 'document-type':
    case 'code':
    case 'use':
    case 'expression':
    case 'unknown':
      return undefined;
  }
}

/**
 * Always as "not at or above": a list of labels allowed would let through what is labelled N and HIV alike, which
 * counts as R (L-8). Data without a label must then be what the negation leaves visible.
 */
function confidentialityTerms(
  sign: 'is' | 'not',
  { bound, code }: Extract<Atom, { kind: 'confidentiality' }>,
  unlabelledAs: Confidentiality,
): readonly Term[] {
  const lowest = bound === 'at-least' ? code : confidentialityOrder[rankOf(code) + 1];
  const isAtLeast = (bound === 'at-least') === (sign === 'is');
  if (lowest === undefined) return isAtLeast ? [] : [[]];
  if (lowest === 'U') return isAtLeast ? [[]] : [];
  const countsUnlabelled = rankOf(unlabelledAs) >= rankOf(lowest);
  if (!isAtLeast && countsUnlabelled) return [[{ sign: 'inexpressible' }]];
  const criterion: Criterion = { element: 'securityLabel', anyOf: labelsAtLeast(lowest) };
  if (!isAtLeast) return [[{ sign: 'not', criterion }]];
  // A permit of a code covers all that is less confidential (M-5), unlabelled data among it.
  return [[{ sign: 'is', criterion, reach: 'wider' }]];
}

/** What of `data.meaning` a reference to the data says (M-12). */
const meaningOf = { context: 'related', any: 'dependents' } as const;

type Grouped = { readonly grouped: readonly Literal[]; readonly rest: readonly Filter[] };

function groupRelations(parts: readonly Filter[], sign: 'is' | 'not'): Grouped {
  const grouped: Literal[] = [];
  let rest = parts;
  for (const name of namesIn(parts, sign)) {
    const itself = rest.find((part) => part.op === sign && names(part.atom, 'id', name));
    const referring = rest.find((part) => part.op === sign && names(part.atom, 'refers-to', name));
    if (!itself || !referring || !('atom' in referring) || referring.atom.kind !== 'refers-to') continue;
    grouped.push({ sign, criterion: dataNamed(meaningOf[referring.atom.through], [name]) });
    rest = rest.filter((part) => part !== itself && part !== referring);
  }
  return { grouped, rest };
}

const namesIn = (parts: readonly Filter[], sign: 'is' | 'not'): readonly string[] =>
  parts.flatMap((part) => (part.op === sign && part.atom.kind === 'refers-to' ? part.atom.anyOf : []));

const names = (atom: Atom, kind: 'id' | 'refers-to', name: string): boolean =>
  atom.kind === kind &&
  atom.anyOf.length === 1 &&
  atom.anyOf[0] === name &&
  !('version' in atom && atom.version);

const dataNamed = (meaning: DataMeaning, names: readonly string[]): Criterion => ({
  element: 'data',
  anyOf: names.map((name) => ({ meaning, name })),
});

const withVersion = (name: string, version: string | undefined): string =>
  version === undefined ? name : `${name}/_history/${version}`;
