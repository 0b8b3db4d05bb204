/** Addresses in Bundles: of the resources, and of the pages before and after. */
import type { Link } from '../../fhir/bundle.ts';
import type { SearchRequest } from './read-search.ts';

/** INVARIANT: lists what was used and nothing else, so that a client sees what was ignored (FHIR R4 §3.1.1.3.3). */
export function pageLinks(
  address: string,
  { used, page, number, countOnly }: SearchRequest,
  total: number,
): readonly Link[] {
  const at = (pageNumber: number): string => {
    const query = new URLSearchParams(used.map(([name, value]): [string, string] => [name, value]));
    if (pageNumber > 1) query.set('_page', String(pageNumber));
    const text = query.toString();
    return text === '' ? address : `${address}?${text}`;
  };
  if (countOnly) return [{ relation: 'self', url: at(1) }];
  return [
    { relation: 'self', url: at(number) },
    { relation: 'first', url: at(1) },
    ...(number > 1 ? [{ relation: 'previous', url: at(number - 1) } as const] : []),
    ...(page.offset + page.count < total ? [{ relation: 'next', url: at(number + 1) } as const] : []),
  ];
}
