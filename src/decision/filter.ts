/** A condition over one resource of the patient: what remains to be checked where the data lies. */
import type { JsonObject } from '../base/json.ts';
import type { Period } from '../base/period.ts';
import type { Coding } from '../fhir/coding.ts';
import type { Expression } from '../fhir/expression.ts';
import type { Confidentiality } from '../labeling/vocabulary.ts';

/**
 * In negation normal form: `not` stands before an atom only. `none` hides everything, `all` shows everything.
 * What a resource leaves unknown makes an atom and its negation alike fail, so the unknown is hidden
 * (access-denied-and-enforcement.md §6.2, §6.3 rule 6).
 */
export type Filter =
  | { readonly op: 'all' }
  | { readonly op: 'none' }
  | { readonly op: 'and' | 'or'; readonly of: readonly Filter[] }
  | Leaf;

type Leaf = { readonly op: 'is' | 'not'; readonly atom: Atom };

export type Atom =
  /** Confidentiality, sensitivity raised (security-labels.md L-5, L-8), lies at or below / at or above the code. */
  | {
      readonly kind: 'confidentiality';
      readonly bound: 'at-most' | 'at-least';
      readonly code: Confidentiality;
    }
  /** Some label is one of these codes; hierarchies are already expanded. */
  | { readonly kind: 'label'; readonly anyOf: readonly Coding[] }
  /** Every one of these purposes is allowed by a purpose on the label, where it bears any (L-14, L-16, R-12). */
  | { readonly kind: 'use'; readonly purposes: readonly string[]; readonly explicitOnly: readonly string[] }
  | { readonly kind: 'type'; readonly anyOf: readonly string[] }
  | { readonly kind: 'profile'; readonly anyOf: readonly string[] }
  | { readonly kind: 'document-type'; readonly anyOf: readonly Coding[] }
  | { readonly kind: 'code'; readonly anyOf: readonly Coding[] }
  | { readonly kind: 'date'; readonly within: Period }
  | { readonly kind: 'id'; readonly anyOf: readonly string[]; readonly version?: string }
  /** By the elements that say where data belongs (encounter, partOf, basedOn, context), or by any reference. */
  | { readonly kind: 'refers-to'; readonly anyOf: readonly string[]; readonly through: 'context' | 'any' }
  | { readonly kind: 'author'; readonly anyOf: readonly string[] }
  /** FHIRPath over the resource, with what it may know of the request (M-14). */
  | { readonly kind: 'expression'; readonly expression: Expression; readonly request: JsonObject }
  /** What no implementation can know about any resource, such as an expression in an unsupported language. */
  | { readonly kind: 'unknown'; readonly why: string };

export const all: Filter = { op: 'all' };
export const none: Filter = { op: 'none' };

export const allOf = (parts: readonly Filter[]): Filter => join('and', parts, all, none);
export const anyOf = (parts: readonly Filter[]): Filter => join('or', parts, none, all);

/** Pushes the negation down to the atoms. */
export function negate(filter: Filter): Filter {
  switch (filter.op) {
    case 'all':
      return none;
    case 'none':
      return all;
    case 'and':
      return anyOf(filter.of.map(negate));
    case 'or':
      return allOf(filter.of.map(negate));
    case 'is':
      return { op: 'not', atom: filter.atom };
    case 'not':
      return { op: 'is', atom: filter.atom };
  }
}

function join(op: 'and' | 'or', parts: readonly Filter[], neutral: Filter, absorbing: Filter): Filter {
  const kept: Filter[] = [];
  for (const part of parts) {
    if (part.op === absorbing.op) return absorbing;
    if (part.op === neutral.op) continue;
    if (part.op === op) kept.push(...part.of);
    else kept.push(part);
  }
  const distinct = withoutAbsorbed(op, withoutRepeats(kept));
  const [only] = distinct;
  if (only === undefined) return neutral;
  return distinct.length === 1 ? only : { op, of: distinct };
}

/** Conditions on the same thing said twice: a program holds one atom for each thing that can be asked. */
function withoutRepeats(parts: readonly Filter[]): readonly Filter[] {
  if (parts.length < 2) return parts;
  const [is, not, others] = [new Set<Atom>(), new Set<Atom>(), new Set<Filter>()];
  return parts.filter((part) => {
    const known: Set<unknown> = part.op === 'is' ? is : part.op === 'not' ? not : others;
    const thing = 'atom' in part ? part.atom : part;
    const isNew = !known.has(thing);
    known.add(thing);
    return isNew;
  });
}

/** `a and (a or b)` is `a`, and `a or (a and b)` likewise; true of every value, unknown included. */
function withoutAbsorbed(op: 'and' | 'or', parts: readonly Filter[]): readonly Filter[] {
  const composed = parts.filter((part) => 'of' in part && part.op !== op);
  if (composed.length === 0 || composed.length === parts.length) return parts;
  const is = new Set(parts.flatMap((part) => (part.op === 'is' ? [part.atom] : [])));
  const not = new Set(parts.flatMap((part) => (part.op === 'not' ? [part.atom] : [])));
  const isThere = (leaf: Filter): boolean =>
    (leaf.op === 'is' && is.has(leaf.atom)) || (leaf.op === 'not' && not.has(leaf.atom));
  return parts.filter((part) => !('of' in part && part.op !== op && part.of.some(isThere)));
}
