/** Bundles of search results and of versions (FHIR R4 §2.36, §3.1.0.9, §3.1.1.4). */
import type { Json, JsonObject } from '../base/json.ts';

export type Link = { readonly relation: 'self' | 'first' | 'previous' | 'next'; readonly url: string };
export type Match = { readonly fullUrl: string; readonly resource: JsonObject };

export function searchset(matches: readonly Match[], total: number, links: readonly Link[]): JsonObject {
  const entries = matches.map(({ fullUrl, resource }) => ({ fullUrl, resource, search: { mode: 'match' } }));
  return bundle('searchset', entries, total, links);
}

export type VersionEntry = Match & {
  readonly request: { readonly method: 'POST' | 'PUT'; readonly url: string };
  readonly response: { readonly status: string; readonly etag: string; readonly lastModified: string };
};

export const historyBundle = (
  versions: readonly VersionEntry[],
  total: number,
  links: readonly Link[],
): JsonObject => bundle('history', versions, total, links);

function bundle(type: string, entry: readonly Json[], total: number, link: readonly Link[]): JsonObject {
  return { resourceType: 'Bundle', type, total, link, ...(entry.length > 0 ? { entry } : {}) };
}
