/** Which page of which search is asked for: the one in the address, or the one a sealed link carries. */
import type { Caller } from '../../../access/caller.ts';
import type { Asked as Request } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import type { Json } from '../../../base/json.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { FhirVersion } from '../../../fhir/version.ts';
import { foreignPage, searchTooLong } from '../failures.ts';
import { contentType } from '../negotiate.ts';
import { longestSearch } from '../record.ts';
import type { Continuation } from './continuation.ts';
import type { Paged } from './links.ts';
import type { Pair, Place } from './read-search.ts';

export type PagingDeps = { readonly continuation: Continuation };

export type Asked = {
  readonly pairs: readonly Pair[];
  /** The same, as an address would carry them. */
  readonly query: URLSearchParams;
  /** Where the page begins; empty for the first. */
  readonly from: { readonly from?: Place };
  readonly token?: string;
};

type Call = Request & { readonly caller: Pick<Caller, 'clientId'>; readonly query: URLSearchParams };

/** `form` is what came in the body of POST _search; parameters may stand in either place (FHIR R4 §3.1.1.1.1). */
export async function askedFor(
  { continuation }: PagingDeps,
  address: string,
  { caller, query, target, text }: Call,
  form: readonly Pair[] = [],
): Promise<Result<Asked, Failure>> {
  const given = [...query, ...form].filter(([, value]) => value !== '');
  const token = query.get('_page');
  // As received, since that is what the record must hold (audit.md §2).
  if (!token && target.length + text.length > longestSearch) return err(searchTooLong);
  if (!token) return ok(asked(given, {}));
  const opened = readSealed(await continuation.open(token, boundTo(address, caller)));
  if (!opened) return err(foreignPage);
  const besides = given.filter(([name]) => !freeBesidesPage.has(name));
  // A self link repeats the search beside its page; another search beside it would be answered by neither.
  if (besides.length > 0 && JSON.stringify(besides) !== JSON.stringify(opened.used)) return err(foreignPage);
  const layout = given.filter(([name]) => name === '_pretty');
  // Of another version the same names may ask something else.
  const format: Pair = ['_format', contentType(opened.version)];
  return ok({ ...asked([...opened.used, format, ...layout], { from: opened.place }), token });
}

const asked = (pairs: readonly Pair[], from: Asked['from']): Asked => ({
  pairs,
  query: new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])),
  from,
});

const freeBesidesPage: ReadonlySet<string> = new Set(['_page', '_format', '_pretty']);

export const pagedBy = (
  { continuation }: PagingDeps,
  address: string,
  { caller }: Call,
  { token }: Pick<Asked, 'token'>,
  { used, version }: { readonly used: readonly Pair[]; readonly version: FhirVersion },
): Paged => ({
  address,
  used,
  ...(token === undefined ? {} : { token }),
  seal: (place) => continuation.seal({ used, version, place } as unknown as Json, boundTo(address, caller)),
});

/** A link is followed by whoever was given it, at the base and type it was given for. */
const boundTo = (address: string, { clientId }: Pick<Caller, 'clientId'>): string => `${clientId} ${address}`;

/** What was sealed here has the shape it was sealed with. */
const readSealed = (content: Json | undefined) => content as unknown as Sealed | undefined;

type Sealed = { readonly used: readonly Pair[]; readonly version: FhirVersion; readonly place: Place };
