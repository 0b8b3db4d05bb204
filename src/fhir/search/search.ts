/** What a resource is found by and what can be asked of that: the words between search parameters and a store. */
import type { Instant } from '../../base/instant.ts';

/** Written beside every current resource; see `entryOf` for what an entry says. */
export type SearchIndex = {
  readonly entries: readonly string[];
  readonly dates: readonly DateEntry[];
};

/** All that one date, dateTime or Period may mean, inclusive; an absent bound is open. */
export type DateEntry = { readonly parameter: string; readonly start?: Instant; readonly end?: Instant };

/**
 * An entry is text that is equal or not, so that one index serves every parameter. No parameter name holds `=`, no
 * system a space or `|`.
 */
export const entryOf = {
  /** The parameter has some value. */
  present: (parameter: string): string => parameter,
  /** `category=http://loinc.org|59284-0`; `category=|x` for a code without a system. */
  token: (parameter: string, system: string | undefined, code: string): string =>
    `${parameter}=${bounded(system ?? '')}|${code}`,
  /** The code whatever its system, behind a space. */
  code: (parameter: string, code: string): string => `${parameter}= ${code}`,
  /** Any code of the system. */
  system: (parameter: string, system: string): string => `${parameter}=${bounded(system)}|`,
  /** `actor=Organization/1`, of another server the whole address; `identifier=system|value` as one word. */
  reference: (parameter: string, reference: string): string => `${parameter}=${reference}`,
  /** `actor:identifier`, `category:text`, `identifier:of-type`: a parameter of its own. */
  modified: (parameter: string, modifier: string): string => `${parameter}:${modifier}`,
  /** `category:text=patient consent`; what is asked for is its beginning. */
  text: (parameter: string, text: string): string => `${parameter}:text=${folded(text)}`,
  /** An identifier by its type, of which system and code are given (FHIR R4 §3.1.1.4.10). */
  ofType: (parameter: string, system: string, code: string, value: string): string =>
    `${parameter}:of-type=${bounded(system)}|${bounded(code)}|${value}`,
} as const;

/** So that no part of an entry can pose as two, nor a system as the space before a bare code. */
const bounded = (part: string): string => part.replaceAll(/[\s|]/g, encodeURIComponent);

/** Without case, accents and what follows long after the beginning (FHIR R4 §3.1.1.4.8). */
const folded = (text: string): string =>
  [...text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()].slice(0, 200).join('');

/** All of the conditions must hold; none means every resource of the type. */
export type Question = { readonly type: string; readonly all: readonly Condition[] };

/** Of what is listed in a condition, one suffices (FHIR R4 §3.1.1.3.2). */
export type Condition =
  | { readonly kind: 'id'; readonly any: readonly string[] }
  /** Logical ids of patients. */
  | { readonly kind: 'patient'; readonly any: readonly string[] }
  | { readonly kind: 'entry'; readonly any: readonly string[]; readonly not?: boolean }
  /** An entry that begins so: for `:text`. */
  | { readonly kind: 'prefix'; readonly any: readonly string[] }
  /** One of the dates indexed under one of the parameters. */
  | { readonly kind: 'date'; readonly parameters: readonly string[]; readonly any: readonly DateTest[] }
  /** When the current version was stored. */
  | { readonly kind: 'updated'; readonly any: readonly DateTest[] }
  /** Chaining: refers, by one of the parameters, to a resource on file with one of the entries. */
  | {
      readonly kind: 'chain';
      readonly parameters: readonly string[];
      readonly types: readonly string[];
      readonly any: readonly string[];
    };

/** How a stored range compares with the one that was asked for (FHIR R4 §3.1.1.4.6); `ap` comes widened. */
export type DateTest = {
  readonly prefix: 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';
  readonly start: Instant;
  readonly end: Instant;
};

/** Dates under any of the index names. What has no such value comes last, in either direction; equals stand in the order of their creation. */
export type Sort = {
  readonly by: '_id' | '_lastUpdated' | 'status' | 'patient' | { readonly dates: readonly string[] };
  readonly descending: boolean;
};

/** Where a page ends; made and read by the store alone. */
export type Cursor = readonly (string | null)[];

export type PageRequest = {
  readonly count: number;
  /** `before` nothing: the last page. */
  readonly from?:
    | { readonly side: 'after' | 'before'; readonly cursor: Cursor }
    | { readonly side: 'before'; readonly cursor?: undefined };
  /** Count all that match, beside the page. */
  readonly total: boolean;
};

export type PageOf<Item> = {
  readonly items: readonly Item[];
  readonly total?: number;
  /** Of the first and the last item; absent on an empty page. */
  readonly ends?: { readonly first: Cursor; readonly last: Cursor };
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
};
