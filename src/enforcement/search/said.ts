/** What can be said of a filter in search parameters: a conjunction of criteria, and in how far it is all of it. */

/** Of its values one suffices; under `not` it has one. Values are escaped. */
export type Criterion = {
  readonly name: string;
  readonly modifier?: 'not';
  readonly anyOf: readonly string[];
};

/**
 * INVARIANT: what meets all criteria, the filter shows. `why` says what it shows beside that; without any it shows
 * nothing else. No `all`: there is no search that finds only what may be seen, other than one that finds nothing.
 */
export type Said = { readonly all: readonly Criterion[] | undefined; readonly why: readonly string[] };

export const everything: Said = { all: [], why: [] };
export const nothing: Said = { all: undefined, why: [] };
export const unsaid = (why: string): Said => ({ all: undefined, why: [why] });

export const said = (...all: readonly Criterion[]): Said => ({ all, why: [] });
/** It finds less than the filter shows. */
export const partly = (why: string, ...all: readonly Criterion[]): Said => ({ all, why: [why] });

/** More than anybody would put into a query. */
const mostCriteria = 64;

export function both(parts: readonly Said[]): Said {
  if (parts.some(isNothing)) return nothing;
  const why = whyOf(parts);
  if (parts.some(({ all }) => !all)) return { all: undefined, why };
  return { all: distinct(parts.flatMap(({ all = [] }) => all)), why };
}

/** A query has no "or" but among the values of one parameter: an alternative that does not fit is left out. */
export function either(parts: readonly Said[]): Said {
  if (parts.some(isEverything)) return everything;
  const [first, ...others] = parts.filter(({ all }) => all !== undefined);
  if (!first) return { all: undefined, why: whyOf(parts) };
  const lost = new Set(whyOf(parts));
  const all = others.reduce<readonly Criterion[]>((so, { all: more = [] }) => {
    const product = so.flatMap((one) => more.map((other) => alternative(one, other)));
    if (product.every((each) => each !== undefined) && product.length <= mostCriteria)
      return distinct(product);
    lost.add('a search knows no alternatives across parameters');
    return so;
  }, first.all ?? []);
  return { all, why: [...lost] };
}

const isNothing = ({ all, why }: Said): boolean => all === undefined && why.length === 0;
const isEverything = ({ all }: Said): boolean => all?.length === 0;
const whyOf = (parts: readonly Said[]): readonly string[] => [...new Set(parts.flatMap(({ why }) => why))];

/** `:not` with several values denies each of them, and servers differ even in that: it takes no alternative. */
function alternative(one: Criterion, other: Criterion): Criterion | undefined {
  if (keyOf(one) === keyOf(other)) return one;
  if (one.name !== other.name || one.modifier || other.modifier) return undefined;
  return { name: one.name, anyOf: [...new Set([...one.anyOf, ...other.anyOf])] };
}

const distinct = (criteria: readonly Criterion[]): readonly Criterion[] => [
  ...new Map(criteria.map((each) => [keyOf(each), each])).values(),
];

const keyOf = ({ name, modifier, anyOf }: Criterion): string => JSON.stringify([name, modifier, ...anyOf]);

/** FHIR R4 §3.1.1.4.17: what separates values and their parts. */
export const escaped = (value: string): string => value.replaceAll(/[\\,|$]/g, '\\$&');
