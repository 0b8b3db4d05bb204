/** The values a consent can be read over: truth about one resource, or a filter over all of them. */
import type { ResourceFacts } from './facts.ts';
import { type Atom, all, allOf, anyOf, type Filter, negate, none } from './filter.ts';
import { restrictToType } from './restrict.ts';
import { settled } from './settled.ts';
import type { Truth } from './truth.ts';
import { testAtom } from './visible.ts';

/** What the evaluator needs of a value; with it, one walk of the consents serves every reading. */
export type Logic<T> = {
  readonly yes: T;
  readonly no: T;
  readonly and: (a: T, b: T) => T;
  readonly or: (a: T, b: T) => T;
  /** Any of them; of thousands at once, since joining one by one costs. */
  readonly some: (of: readonly T[]) => T;
  readonly not: (of: T) => T;
  /** `about`: the resource, where it is one alone. */
  readonly test: (atom: Atom, about: ResourceFacts | undefined) => T;
  /** Holds of this resource, or of some that could exist. */
  readonly isPossible: (of: T) => boolean;
  /** Not ruled out: what the resource does not say, or nobody can know, may stand behind it. */
  readonly isOpen: (of: T) => boolean;
};

/** Leaves what depends on the resource as a condition. */
export const residual: Logic<Filter> = {
  yes: all,
  no: none,
  // Joining costs, and one side often says nothing.
  and: (a, b) => (a === all ? b : b === all ? a : a === none || b === none ? none : allOf([a, b])),
  or: (a, b) => (a === none ? b : b === none ? a : a === all || b === all ? all : anyOf([a, b])),
  some: anyOf,
  not: negate,
  test: (atom) => ({ op: 'is', atom }),
  isPossible: (of) => of.op !== 'none' && settled(of).op !== 'none',
  isOpen: (of) => of.op !== 'none',
};

/** The same where only resources of these types are in question; absent means any. */
export function residualOver(types: readonly string[] | undefined): Logic<Filter> {
  if (!types) return residual;
  const ofSome = (is: (of: Filter) => boolean) => (of: Filter) =>
    of.op !== 'none' && types.some((type) => is(restrictToType(of, type)));
  return { ...residual, isPossible: ofSome(residual.isPossible), isOpen: ofSome(residual.isOpen) };
}

/** About one resource (Kleene's strong logic, fhir-consent.md §6.5). */
export const truth: Logic<Truth> = {
  yes: true,
  no: false,
  and: (a, b) => (a === false || b === false ? false : a && b),
  or: (a, b) => (a === true || b === true ? true : a === false ? b : b === false ? a : undefined),
  some: (of) => (of.includes(true) ? true : of.includes(undefined) ? undefined : false),
  not: (of) => (of === undefined ? undefined : !of),
  test: (atom, about) => about && testAtom(atom, about),
  isPossible: (of) => of === true,
  isOpen: (of) => of !== false,
};
