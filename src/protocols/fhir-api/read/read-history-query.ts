/** `_since`, `_at`, `_count` of a history (FHIR R4 §3.1.0.9). */
import type { Failure } from '../../../base/failure.ts';
import { parseInstant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { spanOf } from '../../../fhir/civil-time.ts';
import type { HistoryQuery } from '../../../fhir/resource-store.ts';
import { malformedQuery, unsupportedParameter } from '../failures.ts';
import { presentationParameters } from '../presentation.ts';
import { countIn, type Pair } from '../search/read-search.ts';

type Asked = Required<Pick<HistoryQuery, 'stored'>> &
  Pick<HistoryQuery, 'current'> & { readonly count: number; readonly used: readonly Pair[] };

const own = ['_since', '_at', '_count'] as const;
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
  return ok({
    used,
    count: count.value,
    stored: since === undefined ? [] : [{ prefix: 'ge', start: since, end: since }],
    ...(at ? { current: at } : {}),
  });
}

const isOwn = (name: string): boolean => (own as readonly string[]).includes(name);
