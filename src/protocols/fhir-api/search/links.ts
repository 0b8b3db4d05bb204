/** Addresses in Bundles: of the search itself, and of the pages before and after. */
import type { Link } from '../../../fhir/bundle.ts';
import type { PageOf } from '../../../fhir/search/search.ts';
import type { Pair, Place } from './read-search.ts';

/** `used` is what the self link repeats; other pages are named by `sealed` alone, which tells nothing. */
export type Paged = {
  readonly address: string;
  readonly used: readonly Pair[];
  /** The page that was asked for; absent on the first. */
  readonly token?: string;
  readonly seal: (place: Place) => Promise<string>;
};

export async function pageLinks(
  { address, used, token, seal }: Paged,
  page: Pick<PageOf<unknown>, 'ends' | 'hasPrevious' | 'hasNext'>,
): Promise<readonly Link[]> {
  const first = withQuery(address, used);
  const self = token === undefined ? first : withQuery(address, [...used, ['_page', token]]);
  const { ends } = page;
  const at = async (place: Place): Promise<string> => withQuery(address, [['_page', await seal(place)]]);
  return [
    { relation: 'self', url: self },
    { relation: 'first', url: first },
    ...(ends && page.hasPrevious
      ? [{ relation: 'previous' as const, url: await at({ side: 'before', cursor: ends.first }) }]
      : []),
    ...(ends && page.hasNext
      ? [{ relation: 'next' as const, url: await at({ side: 'after', cursor: ends.last }) }]
      : []),
    ...(ends && (page.hasPrevious || page.hasNext)
      ? [{ relation: 'last' as const, url: await at({ side: 'before' }) }]
      : []),
  ];
}

function withQuery(address: string, pairs: readonly Pair[]): string {
  const query = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
  return query === '' ? address : `${address}?${query}`;
}
