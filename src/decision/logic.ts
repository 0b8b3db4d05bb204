/** The values a consent can be read over: truth about one resource, or a filter over all of them. */
import { type Atom, all, allOf, anyOf, type Filter, negate, none } from './filter.ts';

/** What the evaluator needs of a value; with it, one walk of the consents serves every reading. */
export type Logic<T> = {
  readonly yes: T;
  readonly no: T;
  readonly and: (of: readonly T[]) => T;
  readonly or: (of: readonly T[]) => T;
  readonly not: (of: T) => T;
  readonly test: (atom: Atom) => T;
};

/** Leaves what depends on the resource as a condition. */
export const residual: Logic<Filter> = {
  yes: all,
  no: none,
  and: allOf,
  or: anyOf,
  not: negate,
  test: (atom) => ({ op: 'is', atom }),
};

/** True, false, or unknown because the resource does not say (Kleene's strong logic, fhir-consent.md §6.5). */
export type Truth = boolean | undefined;

export const truthOf = (test: (atom: Atom) => Truth): Logic<Truth> => ({
  yes: true,
  no: false,
  and: (of) => (of.includes(false) ? false : of.includes(undefined) ? undefined : true),
  or: (of) => (of.includes(true) ? true : of.includes(undefined) ? undefined : false),
  not: (of) => (of === undefined ? undefined : !of),
  test,
});
