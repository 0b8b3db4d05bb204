/** A filter as the parameters of a REDACT obligation (consent-decisioning.md §4): codes that hide, codes that alone show. */
import type { Atom, Filter } from '../decision/filter.ts';
import { type Coding, codingToken } from '../fhir/coding.ts';
import { labelsAtLeast } from '../labeling/confidentiality.ts';
import { type Confidentiality, confidentialityOrder, rankOf } from '../labeling/vocabulary.ts';
import { type AskedClass, codesOfClass, knowing } from './asked-class.ts';

export type Redact = { readonly codes: readonly Coding[] } | { readonly exceptAnyOfCodes: readonly Coding[] };

/**
 * Each must be carried out. Undefined where the filter asks what no code on a resource tells: dates, authors,
 * references, or that a code is missing from what may be said in words alone.
 *
 * INVARIANT: whoever carries them out shows no more than the filter does, given that a label nobody knows counts as R (L-2).
 *
 * @param asked absent means any class; else it is of these alone that the answer speaks
 */
export function renderRedact(
  filter: Filter,
  unlabelledAs: Confidentiality,
  asked?: readonly AskedClass[],
): readonly Redact[] | undefined {
  if (!asked) return merged(clausesOf(filter, unlabelledAs));
  const ofEach = asked.map((one) => ({ one, left: knowing(filter, one) }));
  const hidden = ofEach.filter(({ left }) => left.op === 'none').flatMap(({ one }) => codesOfClass(one));
  const said = ofEach
    .filter(({ left }) => left.op !== 'none')
    .map(({ left }) => merged(clausesOf(left, unlabelledAs)));
  const [first, ...others] = said;
  const isSame = others.every((each) => JSON.stringify(each) === JSON.stringify(first));
  if (!first || !isSame) return undefined;
  return merged([...(hidden.length > 0 ? [{ codes: hidden }] : []), ...first]);
}

const clausesOf = (filter: Filter, unlabelledAs: Confidentiality): readonly Redact[] | undefined => {
  switch (filter.op) {
    case 'all':
      return [];
    case 'none':
      return undefined;
    case 'and':
      return allSaid(filter.of.map((part) => clausesOf(part, unlabelledAs)));
    case 'or':
      return alternatives(filter.of, unlabelledAs);
    case 'is':
    case 'not':
      return literal(filter.atom, filter.op === 'is', unlabelledAs);
  }
};

function allSaid(parts: readonly (readonly Redact[] | undefined)[]): readonly Redact[] | undefined {
  const said = parts.filter((part) => part !== undefined);
  return said.length === parts.length ? said.flat() : undefined;
}

/** What all of them ask is asked; beyond it each must be told by codes that show. */
function alternatives(
  parts: readonly Filter[],
  unlabelledAs: Confidentiality,
): readonly Redact[] | undefined {
  const said = parts.map((part) => clausesOf(part, unlabelledAs));
  if (said.some((part) => part === undefined)) return undefined;
  const clauses = said.map((part) => new Map((part ?? []).map((clause) => [JSON.stringify(clause), clause])));
  const common = [...(clauses[0] ?? [])].filter(([key]) => clauses.every((each) => each.has(key)));
  const beyond = clauses.map((each) =>
    [...each].filter(([key]) => !common.some(([shared]) => shared === key)),
  );
  const shared = common.map(([, clause]) => clause);
  if (beyond.some((each) => each.length === 0)) return shared;
  const only = beyond.flatMap(([one, ...more]) =>
    one && more.length === 0 && 'exceptAnyOfCodes' in one[1] ? [one[1]] : [],
  );
  if (only.length < beyond.length) return undefined;
  return [
    ...shared,
    { exceptAnyOfCodes: distinct(only.flatMap(({ exceptAnyOfCodes }) => exceptAnyOfCodes)) },
  ];
}

function literal(
  atom: Atom,
  isPositive: boolean,
  unlabelledAs: Confidentiality,
): readonly Redact[] | undefined {
  const signed = (codes: readonly Coding[]): readonly Redact[] => [
    isPositive ? { exceptAnyOfCodes: codes } : { codes },
  ];
  switch (atom.kind) {
    case 'label':
      return signed(atom.anyOf);
    case 'type':
    case 'profile':
    case 'document-type':
      return signed(codesOfClass(atom));
    // Where a resource says in words what it is about, nobody sees that the code is missing.
    case 'code':
      return isPositive ? signed(atom.anyOf) : undefined;
    case 'confidentiality':
      return confidentiality(atom, isPositive, unlabelledAs);
    case 'use':
    case 'date':
    case 'id':
    case 'refers-to':
    case 'author':
    case 'expression':
    case 'unknown':
      return undefined;
  }
}

/** By its labels; "some label at most N" would let through what is labelled N and R (L-1, L-8). */
function confidentiality(
  { bound, code }: Extract<Atom, { kind: 'confidentiality' }>,
  isPositive: boolean,
  unlabelledAs: Confidentiality,
): readonly Redact[] | undefined {
  const lowest = bound === 'at-least' ? code : confidentialityOrder[rankOf(code) + 1];
  const wantsAtLeast = (bound === 'at-least') === isPositive;
  if (lowest === undefined) return wantsAtLeast ? undefined : [];
  const unlabelledIsAtLeast = rankOf(unlabelledAs) >= rankOf(lowest);
  if (wantsAtLeast) return unlabelledIsAtLeast ? undefined : [{ exceptAnyOfCodes: labelsAtLeast(lowest) }];
  const below: Redact = { codes: labelsAtLeast(lowest) };
  return unlabelledIsAtLeast ? [below, { exceptAnyOfCodes: labelsAtLeast('U') }] : [below];
}

/** What hides is one list; what shows is a condition each. */
function merged(clauses: readonly Redact[] | undefined): readonly Redact[] | undefined {
  if (!clauses) return undefined;
  const codes = distinct(clauses.flatMap((clause) => ('codes' in clause ? clause.codes : [])));
  const shows = clauses.filter((clause) => 'exceptAnyOfCodes' in clause);
  const once = new Map(shows.map((clause) => [JSON.stringify(clause), clause]));
  return [...(codes.length > 0 ? [{ codes }] : []), ...once.values()];
}

const distinct = (codes: readonly Coding[]): readonly Coding[] => [
  ...new Map(codes.map((code) => [codingToken(code), code])).values(),
];
