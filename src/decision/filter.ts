/** A condition over one resource of the patient: what remains to be checked where the data lies. */
import type { Period } from '../base/period.ts';
import type { Coding } from '../fhir/coding.ts';

/**
 * In negation normal form: `not` stands before an atom only. `none` hides everything, `all` shows everything.
 * What a resource leaves unknown makes an atom and its negation alike fail, so the unknown is hidden
 * (access-denied-and-enforcement.md §6.2, §6.3 rule 6).
 */
export type Filter =
  | { readonly op: 'all' }
  | { readonly op: 'none' }
  | { readonly op: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly op: 'is' | 'not'; readonly atom: Atom };

export type Atom =
  /** Confidentiality, sensitivity raised (security-labels.md L-5, L-8), lies at or below / at or above the code. */
  | { readonly kind: 'confidentiality'; readonly bound: 'at-most' | 'at-least'; readonly code: string }
  /** Some label is one of these codes; hierarchies are already expanded. */
  | { readonly kind: 'label'; readonly anyOf: readonly Coding[] }
  | { readonly kind: 'type'; readonly anyOf: readonly string[] }
  | { readonly kind: 'profile'; readonly anyOf: readonly string[] }
  | { readonly kind: 'document-type'; readonly anyOf: readonly Coding[] }
  | { readonly kind: 'code'; readonly anyOf: readonly Coding[] }
  | { readonly kind: 'date'; readonly within: Period }
  | { readonly kind: 'id'; readonly anyOf: readonly string[]; readonly version?: string }
  /** By the elements that say where data belongs (encounter, partOf, basedOn, context), or by any reference. */
  | { readonly kind: 'refers-to'; readonly anyOf: readonly string[]; readonly through: 'context' | 'any' }
  | { readonly kind: 'author'; readonly anyOf: readonly string[] }
  /** What no implementation can know about any resource, such as an expression in an unsupported language. */
  | { readonly kind: 'unknown'; readonly why: string };

export const all: Filter = { op: 'all' };
export const none: Filter = { op: 'none' };

export function allOf(parts: readonly Filter[]): Filter {
  return join('and', parts, all, none);
}

export function anyOf(parts: readonly Filter[]): Filter {
  return join('or', parts, none, all);
}

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

/** Without what nobody can ever know: it hides, whichever way it was asked. Only for a filter that will not be negated. */
export function settled(filter: Filter): Filter {
  switch (filter.op) {
    case 'all':
    case 'none':
      return filter;
    case 'and':
      return withoutContradiction(allOf(filter.of.map(settled)));
    case 'or':
      return anyOf(filter.of.map(settled));
    case 'is':
    case 'not':
      return filter.atom.kind === 'unknown' ? none : filter;
  }
}

/** An atom beside its own negation is never true, whatever is known; of a filter to be negated it may not be said. */
function withoutContradiction(filter: Filter): Filter {
  return filter.op === 'and' && contradicts(filter.of) ? none : filter;
}

function join(op: 'and' | 'or', parts: readonly Filter[], neutral: Filter, absorbing: Filter): Filter {
  const kept: Filter[] = [];
  for (const part of parts) {
    if (part.op === absorbing.op) return absorbing;
    if (part.op === neutral.op) continue;
    if (part.op === op) kept.push(...part.of);
    else kept.push(part);
  }
  const distinct = withoutRepeats(kept);
  const [only] = distinct;
  if (only === undefined) return neutral;
  return distinct.length === 1 ? only : { op, of: distinct };
}

function contradicts(parts: readonly Filter[]): boolean {
  const denied = new Set(parts.flatMap((part) => (part.op === 'not' ? [JSON.stringify(part.atom)] : [])));
  return denied.size > 0 && parts.some((part) => part.op === 'is' && denied.has(JSON.stringify(part.atom)));
}

/** Conditions on the same thing said twice; larger parts are compared by identity, since writing them out costs. */
function withoutRepeats(parts: readonly Filter[]): readonly Filter[] {
  if (parts.length < 2) return parts;
  const seen = new Map<unknown, Filter>();
  for (const part of parts) seen.set('atom' in part ? part.op + JSON.stringify(part.atom) : part, part);
  return seen.size === parts.length ? parts : [...seen.values()];
}
