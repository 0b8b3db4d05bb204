/** The last word on a filter: without what can never hold of any resource. */
import { type Coding, codeSystems } from '../fhir/coding.ts';
import { typeOfReference } from '../fhir/reference.ts';
import { rankOf, restrictedSensitivity } from '../labeling/vocabulary.ts';
import { type Atom, allOf, anyOf, type Filter, none } from './filter.ts';

/**
 * Without what nobody can ever know, and without what contradicts itself: both hide, whichever way they were asked.
 * INVARIANT: only of a filter that will not be negated any more. Negated, "an atom and its negation" is not always true.
 */
export function settled(filter: Filter): Filter {
  switch (filter.op) {
    case 'all':
    case 'none':
      return filter;
    case 'and': {
      const joined = allOf(filter.of.map(settled));
      return joined.op === 'and' && contradicts(joined.of) ? none : joined;
    }
    case 'or':
      return anyOf(filter.of.map(settled));
    case 'is':
    case 'not':
      return filter.atom.kind === 'unknown' ? none : filter;
  }
}

/** Parts that no resource meets all of; looked at together, since there may be thousands. */
function contradicts(parts: readonly Filter[]): boolean {
  const leaves = parts.filter((part) => 'atom' in part);
  const negated = new Set(leaves.flatMap(({ op, atom }) => (op === 'not' ? [atom] : [])));
  const positive = leaves.flatMap(({ op, atom }) => (op === 'is' ? [atom] : []));
  if (positive.some((atom) => negated.has(atom))) return true;
  return (
    isNowhere(typesLeft(positive, [...negated])) ||
    isNowhere(idsLeft(positive)) ||
    isBetweenNone(positive, [...negated])
  );
}

const isNowhere = (left: ReadonlySet<string> | undefined): boolean => left?.size === 0;

/** A resource has one type, which its id tells as well; undefined where nothing is said of it. */
function typesLeft(positive: readonly Atom[], negated: readonly Atom[]): ReadonlySet<string> | undefined {
  const named = positive.flatMap((atom) =>
    atom.kind === 'type' ? [atom.anyOf] : atom.kind === 'id' ? [atom.anyOf.map(typeOfReference)] : [],
  );
  const [first, ...others] = named;
  if (!first) return undefined;
  const excluded = new Set(negated.flatMap((atom) => (atom.kind === 'type' ? atom.anyOf : [])));
  return new Set(first.filter((type) => !excluded.has(type) && others.every((list) => list.includes(type))));
}

function idsLeft(positive: readonly Atom[]): ReadonlySet<string> | undefined {
  const [first, ...others] = positive.flatMap((atom) => (atom.kind === 'id' ? [atom.anyOf] : []));
  return first && new Set(first.filter((name) => others.every((list) => list.includes(name))));
}

/** It is as confidential as it is, and at least R where a label says so (L-8). */
function isBetweenNone(positive: readonly Atom[], negated: readonly Atom[]): boolean {
  const bounds = [...positive.flatMap(boundsOf), ...negated.flatMap(boundsOf).flatMap(turnedRound)];
  const lowest = Math.max(...bounds.map(({ least = Number.NEGATIVE_INFINITY }) => least));
  const highest = Math.min(...bounds.map(({ most = Number.POSITIVE_INFINITY }) => most));
  return highest < lowest;
}

type Bound = { readonly least?: number; readonly most?: number; readonly isWhole?: boolean };

function boundsOf(atom: Atom): readonly Bound[] {
  if (atom.kind === 'label') return atom.anyOf.every(isRestricting) ? [{ least: rankOf('R') }] : [];
  if (atom.kind !== 'confidentiality') return [];
  const rank = rankOf(atom.code);
  return [{ ...(atom.bound === 'at-most' ? { most: rank } : { least: rank }), isWhole: true }];
}

/** That a label is missing says nothing of the rest. */
function turnedRound({ least, most, isWhole }: Bound): readonly Bound[] {
  if (!isWhole) return [];
  return [
    {
      ...(least === undefined ? {} : { most: least - 1 }),
      ...(most === undefined ? {} : { least: most + 1 }),
    },
  ];
}

const isRestricting = ({ system, code }: Coding): boolean =>
  system === codeSystems.actCode && restrictedSensitivity.has(code);
