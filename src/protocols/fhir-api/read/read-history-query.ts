/** `_since`, `_at`, `_sort`, `_count` of a history (FHIR R4 §3.1.0.9, R5 §3.2.0.13). */
import type { Failure } from '../../../base/failure.ts';
import { parseInstant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { spanOf } from '../../../fhir/civil-time.ts';
import type { HistoryQuery } from '../../../fhir/resource-store.ts';
import { malformedQuery, unsupportedParameter } from '../failures.ts';
import { presentationParameters } from '../presentation.ts';
import { countIn, type Pair } from '../search/read-search.ts';

type Asked = Required<Pick<HistoryQuery, 'stored'>> &
  Pick<HistoryQuery, 'current' | 'oldestFirst'> & { readonly count: number; readonly used: readonly Pair[] };

const own = ['_since', '_at', '_count', '_sort'] as const;
const layout: ReadonlySet<string> = new Set(presentationParameters);
/** Of these, what every page has in common. */
const shaping: ReadonlySet<string> = new Set(['_summary', '_elements']);

export function readHistoryQuery(
  pairs: readonly Pair[],
  handling: 'lenient' | 'strict',
): Result<Asked, Failure> {
  const unknown = pairs.find(([name]) => !isOwn(name) && !layout.has(name));
  if (unknown && handling === 'strict') return err(unsupportedParameter(unknown[0]));
  const used = pairs.filter(([name, value]) => (isOwn(name) || shaping.has(name)) && value !== '');
  const repeated = own.find((name) => used.filter(([other]) => other === name).length > 1);
  if (repeated) return err(malformedQuery(`\`${repeated}\` can be given once`));
  const said = new Map(used);
  const count = countIn(said.get('_count'));
  if (!count.ok) return count;
  const since = parseInstant(said.get('_since') ?? '');
  if (said.has('_since') && since === undefined) return err(malformedQuery('`_since` must be an instant'));
  const at = spanOf(said.get('_at') ?? '', 'UTC');
  if (said.has('_at') && !at) return err(malformedQuery('`_at` must be a date or a time'));
  const sort = said.get('_sort') ?? '-_lastUpdated';
  if (!sorts.has(sort)) return err(malformedQuery('`_sort` must be _lastUpdated, -_lastUpdated or none'));
  return ok({
    used,
    oldestFirst: sort === '_lastUpdated',
    count: count.value,
    stored: since === undefined ? [] : [{ prefix: 'ge', start: since, end: since }],
    ...(at ? { current: at } : {}),
  });
}

const sorts: ReadonlySet<string> = new Set(['_lastUpdated', '-_lastUpdated', 'none']);

const isOwn = (name: string): boolean => (own as readonly string[]).includes(name);
