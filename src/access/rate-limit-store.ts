/** What all instances know of how often somebody came. */
import { type Instant, plusSeconds } from '../base/instant.ts';
import { type Bucket, learn, nameOf, type RateMemory, type Total } from './rate-memory.ts';

export type Addition = { readonly bucket: string; readonly more: number; readonly expiresAt: Instant };

type TakenBack = { readonly bucket: string; readonly less: number; readonly expiresAt: Instant };

export type RateLimitStore = {
  /** Adds to what is counted, or begins anew where that has expired; the totals in order, in one round trip. */
  add(additions: readonly Addition[], at: Instant): Promise<readonly Total[]>;
  /** Takes so many off each, unless it began anew since. */
  takeBack(added: readonly TakenBack[]): Promise<void>;
};

export type RateLimiterDeps = {
  readonly store: RateLimitStore;
  readonly memory: RateMemory;
  /** Nobody shall read addresses in the database, nor find them by trying all there are. */
  readonly hash: (text: string) => string;
  readonly log: (event: string, facts: Readonly<Record<string, unknown>>) => void;
};

export async function tell(
  deps: RateLimiterDeps,
  buckets: readonly Bucket[],
  at: Instant,
  more = 1,
): Promise<readonly Total[]> {
  const totals = await deps.store.add(additionsOf(deps, buckets, at, more), at);
  learn(deps.memory, buckets, totals, at);
  return totals;
}

export const additionsOf = (
  { hash }: Pick<RateLimiterDeps, 'hash'>,
  buckets: readonly Bucket[],
  at: Instant,
  more = 1,
): readonly Addition[] =>
  buckets.map((bucket) => ({
    bucket: hash(nameOf(bucket)),
    more,
    expiresAt: plusSeconds(at, bucket.limit.windowSeconds),
  }));
