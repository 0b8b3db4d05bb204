/** A user's search made to find only what may be seen, or refused where it would still tell of what is hidden (CF-1..3). */
import { err, ok, type Result } from '../base/result.ts';
import type { RenderedSearch } from './render-search.ts';

export type Parameter = readonly [name: string, value: string];

/** `parameter`: of the user, that a server without our predicate cannot answer rightly (AP-1). */
export type NotNarrowed = { readonly parameter: string; readonly why: string };

/**
 * Both must hold, so the filter's parameters follow the user's, which stay as they are, names alike (CF-2).
 *
 * @param openTypes what nothing is hidden of: includes of these cannot tell of anything
 * @example narrowSearch([['class', 'IMP'], ['_summary', 'count']], renderSearch(filter, 'Encounter', '4.0', 'N', server))
 */
export function narrowSearch(
  asked: readonly Parameter[],
  filter: RenderedSearch,
  openTypes: readonly string[] = [],
): Result<readonly Parameter[], NotNarrowed> {
  for (const [name, value] of asked) {
    const why = whyNot(name, value, openTypes) ?? (filter.exact ? undefined : whyNotCounted(name, value));
    if (why !== undefined) return err({ parameter: name, why });
  }
  return ok([...asked, ...filter.parameters]);
}

/** What a server answers by looking at resources other than those it returns (§3.1 of the digest, column X). */
const lookingElsewhere = ['_filter', '_text', '_content', '_list', '_query', '_contained'];

function whyNot(name: string, value: string, openTypes: readonly string[]): string | undefined {
  const [parameter = ''] = name.split(':');
  if (parameter === '_has') return 'it finds by what may be hidden';
  if (name.includes('.')) return 'a chain finds by what may be hidden';
  if (lookingElsewhere.includes(parameter)) return 'it cannot be joined with the filter';
  if (/(?<!\\)\$/.test(value)) return 'a composite cannot be joined with the filter';
  if (parameter !== '_include' && parameter !== '_revinclude') return undefined;
  const [source, , target] = value.split(':');
  const type = parameter === '_include' ? target : source;
  return type !== undefined && openTypes.includes(type) ? undefined : 'it brings what may be hidden';
}

/** A filter that finds less would make a count that is wrong, and nobody could tell. */
function whyNotCounted(name: string, value: string): string | undefined {
  const counts =
    (name === '_summary' && value === 'count') ||
    (name === '_total' && value !== 'none') ||
    (name === '_count' && value === '0');
  return counts ? 'the filter cannot be said exactly, and the count would be wrong' : undefined;
}
