/** The keys a party signs with: those on file, or those it publishes under a URL, kept for a while. */

import { type Instant, plusSeconds } from '../../base/instant.ts';
import { type RecentlyUsed, recentlyUsed } from '../../base/recently-used.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { PublicJwk } from './client.ts';
import type { FetchJson, FetchProblem } from './fetch-json.ts';
import { type KeySetProblem, readPublishedKeySet } from './read-key-set.ts';

/** A client, or an issuer of claim tokens. */
type KeyHolder = { readonly jwks: readonly PublicJwk[]; readonly jwksUri?: string };

/** None when they cannot be had. `kid`: one that is not among those kept is worth another look. */
export type KeysOf = (holder: KeyHolder, at: Instant, kid?: string) => Promise<readonly PublicJwk[]>;

export type KeysOfDeps = {
  readonly fetchJson: FetchJson;
  readonly cache: KeySetCache;
  readonly log: (event: string, facts: Readonly<Record<string, unknown>>) => void;
};

type Kept = {
  readonly keys: readonly PublicJwk[];
  /** INVARIANT: not used from here on, whatever becomes of the fetch. */
  readonly freshUntil: Instant;
  /** Nobody is asked again before. */
  readonly retryFrom: Instant;
};

/** Data alone, so that it may outlive a request on Workers. */
export type KeySetCache = RecentlyUsed<Kept>;
const mostKept = 500;
export const createKeySetCache = (): KeySetCache => recentlyUsed<Kept>(mostKept);

const usualAgeSeconds = 600;
const [shortestAgeSeconds, longestAgeSeconds] = [60, 86_400];
/** Who asks for unknown keys, or for a set that is not there, makes us ask no more often than this. */
const retrySeconds = { success: 60, failure: 30 };

export function createKeysOf(deps: KeysOfDeps): KeysOf {
  const underWay = new Map<string, Promise<readonly PublicJwk[]>>();

  const fetched = async (uri: string, at: Instant): Promise<readonly PublicJwk[]> => {
    const answer = await fetchKeySet(deps.fetchJson, uri);
    if (!answer.ok) deps.log('keys.unavailable', { uri, reason: answer.failure });
    const kept = answer.ok ? keptFrom(answer.value, at) : afterFailure(deps.cache.get(uri), at);
    deps.cache.set(uri, kept);
    return freshIn(kept, at) ?? [];
  };

  /** Whoever comes meanwhile waits for the same answer. */
  const fetchOnce = (uri: string, at: Instant): Promise<readonly PublicJwk[]> => {
    const known = underWay.get(uri);
    if (known !== undefined) return known;
    const fetching = fetched(uri, at).finally(() => underWay.delete(uri));
    underWay.set(uri, fetching);
    return fetching;
  };

  return async ({ jwks, jwksUri: uri }, at, kid) => {
    if (uri === undefined) return jwks;
    const kept = deps.cache.get(uri);
    const fresh = kept && freshIn(kept, at);
    if (fresh && (kid === undefined || fresh.some((key) => key.kid === kid))) return fresh;
    return kept && at < kept.retryFrom ? (fresh ?? []) : await fetchOnce(uri, at);
  };
}

const freshIn = ({ keys, freshUntil }: Kept, at: Instant): readonly PublicJwk[] | undefined =>
  at < freshUntil ? keys : undefined;

type Fetched = { readonly keys: readonly PublicJwk[]; readonly maxAgeSeconds: number | undefined };

async function fetchKeySet(
  fetchJson: FetchJson,
  uri: string,
): Promise<Result<Fetched, FetchProblem | KeySetProblem['reason']>> {
  const document = await fetchJson(uri);
  if (!document.ok) return document;
  const keys = await readPublishedKeySet(document.value.json);
  return keys.ok
    ? ok({ keys: keys.value, maxAgeSeconds: document.value.maxAgeSeconds })
    : err(keys.failure.reason);
}

function keptFrom({ keys, maxAgeSeconds = usualAgeSeconds }: Fetched, at: Instant): Kept {
  const ageSeconds = Math.min(Math.max(maxAgeSeconds, shortestAgeSeconds), longestAgeSeconds);
  return { keys, freshUntil: plusSeconds(at, ageSeconds), retryFrom: plusSeconds(at, retrySeconds.success) };
}

/** What is still fresh stays: that the holder cannot be reached is no word about its keys. */
const afterFailure = (before: Kept | undefined, at: Instant): Kept => ({
  keys: before?.keys ?? [],
  freshUntil: before?.freshUntil ?? at,
  retryFrom: plusSeconds(at, retrySeconds.failure),
});
