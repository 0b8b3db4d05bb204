/** Reads a search from its address and its form: what is looked for, in which order, which page, with what besides (FHIR R4 §3.1.1). */
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { PageRequest, Sort } from '../../../fhir/search/search.ts';
import { malformedQuery, unsupportedParameter } from '../failures.ts';
import { presentationParameters } from '../presentation.ts';
import type { Known } from './criteria.ts';

export type Pair = readonly [name: string, value: string];

/** What the type can be asked: its criteria, its order, what may come along. */
export type Searchable = {
  readonly knows: (name: string) => Known;
  readonly sortedBy: (name: string) => Sort['by'] | undefined;
  readonly included: (control: IncludeControl, value: string) => boolean;
};

export type IncludeControl = '_include' | '_revinclude' | '_include:iterate';

export type SearchRequest = {
  /** Criteria alone, as given. */
  readonly criteria: readonly Pair[];
  readonly order: readonly Sort[];
  readonly page: Pick<PageRequest, 'count' | 'total'>;
  readonly include: readonly (readonly [IncludeControl, string])[];
  /** What was used, as the self link repeats it. */
  readonly used: readonly Pair[];
};

/** What a page link carries: the search, and where its page begins. */
export type Place = NonNullable<PageRequest['from']>;

const usualCount = 50;
const largestCount = 200;

export function readSearch(
  pairs: readonly Pair[],
  searchable: Searchable,
  handling: 'lenient' | 'strict',
): Result<SearchRequest, Failure> {
  const understood = understand(pairs, searchable, handling);
  if (!understood.ok) return understood;
  const used = understood.value;
  const said = new Map(used.filter(([name]) => isControl(name)));
  const count = countIn(said.get('_count'));
  if (!count.ok) return count;
  const order = orderIn(said.get('_sort'), searchable, handling);
  if (!order.ok) return order;
  const include = includesIn(used);
  if (!include.ok) return include;
  return ok({
    criteria: used.filter(([name]) => !isControl(name)),
    order: order.value,
    page: {
      count: said.get('_summary') === 'count' ? 0 : count.value,
      total: said.get('_total') !== 'none' || said.get('_summary') === 'count',
    },
    include: include.value,
    used: used.flatMap((pair) => asUsed(pair, searchable)),
  });
}

/** As the self link repeats it: of `_sort` the names that were followed, of the layout nothing. */
function asUsed([name, value]: Pair, { sortedBy }: Searchable): readonly Pair[] {
  if (name === '_format' || name === '_pretty') return [];
  if (name !== '_sort') return [[name, value]];
  const followed = value.split(',').filter((each) => sortedBy(each.replace(/^-/, '')) !== undefined);
  return followed.length > 0 ? [[name, followed.join(',')]] : [];
}

/** Each brings a query, or a walk over the page, along. */
const mostIncludes = 10;

/** Each once, however often it was written. */
function includesIn(used: readonly Pair[]): Result<SearchRequest['include'], Failure> {
  const written = used.filter((pair): pair is readonly [IncludeControl, string] =>
    includeControls.has(pair[0]),
  );
  const each = new Map(written.map((pair) => [pair.join(' '), pair]));
  return each.size > mostIncludes
    ? err(malformedQuery(`at most ${mostIncludes} includes are answered at once`, 'too-costly'))
    : ok([...each.values()]);
}

/** Say how the answer is to look, not what is looked for. */
const single: ReadonlySet<string> = new Set(['_count', '_sort', '_total', ...presentationParameters]);
const includeControls: ReadonlySet<string> = new Set(['_include', '_revinclude', '_include:iterate']);
const isControl = (name: string): boolean => single.has(name) || includeControls.has(name);

/** INVARIANT: keeps what is used and nothing else, so that links show a client what was ignored (FHIR R4 §3.1.1.3.3). */
function understand(
  pairs: readonly Pair[],
  searchable: Searchable,
  handling: 'lenient' | 'strict',
): Result<readonly Pair[], Failure> {
  const given = pairs.map(([name, value]): Pair => [oldNames.get(name) ?? name, value]);
  // Of two the answer could follow one and its links another.
  const repeated = [...single].find((name) => given.filter(([other]) => other === name).length > 1);
  if (repeated) return err(malformedQuery(`\`${repeated}\` can be given once`));
  for (const [name, value] of given) {
    if (/\p{Cc}/u.test(name + value))
      return err(malformedQuery('a search must not contain control characters'));
    const known = knownAs(searchable, name, value);
    // A modifier or a chain changes what a known parameter means: ignoring it would widen the answer (fhir-consent.md §7).
    if (known === 'modifier' || (known === 'no' && handling === 'strict'))
      return err(unsupportedParameter(name));
  }
  return ok(given.filter(([name, value]) => value !== '' && knownAs(searchable, name, value) === 'yes'));
}

/** As STU3 wrote it, and clients still do. */
const oldNames: ReadonlyMap<string, string> = new Map([['_include:recurse', '_include:iterate']]);

function knownAs(searchable: Searchable, name: string, value: string): Known {
  if (name === '_total') return totals.has(value) ? 'yes' : 'no';
  if (single.has(name)) return 'yes';
  if (includeControls.has(name)) return searchable.included(name as IncludeControl, value) ? 'yes' : 'no';
  const [word = ''] = name.split(':', 1);
  if (word !== name && (single.has(word) || includeControls.has(word))) return 'modifier';
  return searchable.knows(name);
}

const totals: ReadonlySet<string> = new Set(['none', 'estimate', 'accurate']);

/** `_count=0` asks for the total alone (FHIR R4 §3.1.1.5.5). */
export function countIn(written: string | undefined): Result<number, Failure> {
  if (written === undefined) return ok(usualCount);
  return /^\d{1,9}$/.test(written)
    ? ok(Math.min(Number(written), largestCount))
    : err(malformedQuery('`_count` must be a whole number'));
}

function orderIn(
  written: string | undefined,
  { sortedBy }: Searchable,
  handling: 'lenient' | 'strict',
): Result<readonly Sort[], Failure> {
  const names = (written ?? '').split(',').filter((name) => name !== '');
  if (names.length > mostSorts) return err(malformedQuery(`\`_sort\` takes at most ${mostSorts} names`));
  const read = names.map((name) => ({
    by: sortedBy(name.replace(/^-/, '')),
    descending: name.startsWith('-'),
  }));
  const unknown = names.find((_, at) => read[at]?.by === undefined);
  if (unknown !== undefined && handling === 'strict') return err(unsupportedParameter(`_sort=${unknown}`));
  return ok(read.flatMap(({ by, descending }) => (by === undefined ? [] : [{ by, descending }])));
}
const mostSorts = 5;
