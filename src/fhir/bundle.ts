/** Bundles of search results and of versions (FHIR R4 §2.36, §3.1.0.9, §3.1.1.4). */
import type { Json, JsonObject } from '../base/json.ts';

export type Link = {
  readonly relation: 'self' | 'first' | 'previous' | 'next' | 'last';
  readonly url: string;
};

export type SearchEntry = {
  readonly fullUrl: string;
  readonly resource: JsonObject;
  readonly mode: 'match' | 'include';
};

/** `total` counts matches, not what came along. */
export const searchset = (
  entries: readonly SearchEntry[],
  total: number | undefined,
  links: readonly Link[],
): JsonObject =>
  bundle(
    'searchset',
    entries.map(({ fullUrl, resource, mode }) => ({ fullUrl, resource, search: { mode } })),
    total,
    links,
  );

/** Without a resource: a deletion, or one that cannot be said in this version, as `response.outcome` tells. */
export type VersionEntry = {
  readonly fullUrl: string;
  readonly resource?: JsonObject;
  readonly request: { readonly method: 'POST' | 'PUT' | 'DELETE'; readonly url: string };
  readonly response: {
    readonly status: string;
    readonly etag: string;
    readonly lastModified: string;
    readonly outcome?: JsonObject;
  };
};

export const historyBundle = (
  versions: readonly VersionEntry[],
  total: number | undefined,
  links: readonly Link[],
): JsonObject => bundle('history', versions, total, links);

function bundle(
  type: string,
  entry: readonly Json[],
  total: number | undefined,
  link: readonly Link[],
): JsonObject {
  return {
    resourceType: 'Bundle',
    type,
    ...(total === undefined ? {} : { total }),
    link,
    ...(entry.length > 0 ? { entry } : {}),
  };
}
