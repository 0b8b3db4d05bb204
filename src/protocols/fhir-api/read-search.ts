/** Reads the query of a search: what is asked, how much of it at once, and which words of it were understood. */
import type { Failure } from '../../base/failure.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Page } from '../../fhir/resource-store.ts';
import { malformedQuery } from './failures.ts';
import type { Preference } from './prefer.ts';

export type SearchRequest = {
  /** Each name with its values: repeats are joined by and, the commas within a value by or. */
  readonly criteria: ReadonlyMap<string, readonly string[]>;
  readonly page: Page;
  /** 1 is the first. */
  readonly number: number;
  readonly countOnly: boolean;
  /** What was used, as the links repeat it; without the page. */
  readonly used: readonly (readonly [string, string])[];
};

const usualCount = 50;
const largestCount = 200;
const lastPage = 1_000_000;

export function readSearch(
  query: URLSearchParams,
  known: readonly string[],
  handling: Preference['handling'],
): Result<SearchRequest, Failure> {
  const understood = understand([...query], known, handling);
  if (!understood.ok) return understood;
  const used = understood.value;
  const given = Map.groupBy(used, ([name]) => name);
  const said = controlsIn(given);
  if (!said.ok) return said;
  const count = wholeNumber(said.value.get('_count') ?? String(usualCount), 0);
  if (count === undefined) return err(malformedQuery('`_count` must be a whole number'));
  const number = wholeNumber(said.value.get('_page') ?? '1', 1);
  if (number === undefined || number > lastPage)
    return err(malformedQuery('`_page` must come from a link of a result'));
  const size = Math.min(count, largestCount);
  const criteria = [...given].filter(([name]) => !controls.has(name));
  return ok({
    criteria: new Map(criteria.map(([name, pairs]) => [name, pairs.map(([, value]) => value)])),
    page: { count: size, offset: size * (number - 1) },
    number,
    countOnly: size === 0 || said.value.get('_summary') === 'count',
    used: used.filter(([name]) => name !== '_page' && name !== '_format'),
  });
}

/** Say how the answer is to look, not what is looked for. */
const controls: ReadonlySet<string> = new Set(['_count', '_page', '_summary', '_format']);

/** Each once: of two the answer could follow one and its links another. */
function controlsIn(
  given: ReadonlyMap<string, readonly (readonly [string, string])[]>,
): Result<ReadonlyMap<string, string>, Failure> {
  const said = [...given].filter(([name]) => controls.has(name));
  const repeated = said.find(([, pairs]) => pairs.length > 1);
  if (repeated) return err(malformedQuery(`\`${repeated[0]}\` can be given once`));
  return ok(new Map(said.flatMap(([, pairs]) => pairs)));
}

function understand(
  pairs: readonly (readonly [string, string])[],
  known: readonly string[],
  handling: Preference['handling'],
): Result<readonly (readonly [string, string])[], Failure> {
  const isKnown = ([name, value]: readonly [string, string]): boolean =>
    name === '_summary' ? value === 'count' || value === 'false' : known.includes(name) || controls.has(name);
  for (const pair of pairs) {
    const [name, value] = pair;
    if (hasControlCharacters(name + value))
      return err(malformedQuery('a search must not contain control characters'));
    if (isKnown(pair)) continue;
    // A modifier or a chain changes what a known parameter means: ignoring it would widen the answer (fhir-consent.md §7).
    if (known.some((other) => wordOf(other) === wordOf(name))) return err(unsupported(name));
    if (handling === 'strict') return err(unsupported(name));
  }
  return ok(pairs.filter(([, value]) => value !== '').filter(isKnown));
}

const unsupported = (name: string): Failure =>
  malformedQuery(
    `\`${name.slice(0, 64).replaceAll(/[^\x20-\x7e]|`/g, '?')}\` is not supported here`,
    'not-supported',
  );

/** `patient` of `patient:missing` and of `patient.identifier`. */
const wordOf = (name: string): string => name.split(/[:.]/, 1).join('');

const hasControlCharacters = (text: string): boolean => /\p{Cc}/u.test(text);

function wholeNumber(text: string, least: number): number | undefined {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return number !== undefined && number >= least ? number : undefined;
}
