/** How often somebody may come within a while, whichever instance they come to. */
import type { Failure } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import type { Result } from '../base/result.ts';
import { type Attempt, attemptWithin } from './attempt.ts';
import { createCrowd } from './crowd.ts';
import { type RateLimiterDeps, tell } from './rate-limit-store.ts';
import { type Bucket, fullUntil, knownOf, overUntil, surelyFullUntil } from './rate-memory.ts';

export type RateLimiter = {
  /** Asks nobody: when to come again, where this instance knows that so many came. */
  readonly fullUntil: (bucket: Bucket, at: Instant) => Instant | undefined;
  /** The same where others may have given back since: sure for a second. */
  readonly surelyFullUntil: (bucket: Bucket, at: Instant) => Instant | undefined;
  /** Counts one in each, for all instances. @returns when to come again, where that was one too many */
  readonly count: (buckets: readonly Bucket[], at: Instant) => Promise<Instant | undefined>;
  /** Counts one here, and tells the others of every tenth part of the limit: most calls ask nobody. */
  readonly tally: (bucket: Bucket, at: Instant) => Promise<void>;
  /** Does what counts only where it fails. @returns when to come again, where nothing was done */
  readonly attempt: <T>(attempt: Attempt<T>, at: Instant) => Promise<Result<T, Instant>>;
};

export function createRateLimiter(deps: RateLimiterDeps): RateLimiter {
  const { memory, log } = deps;
  const crowd = createCrowd(deps);
  return {
    fullUntil: (bucket, at) => fullUntil(memory, bucket, at),
    surelyFullUntil: (bucket, at) => surelyFullUntil(memory, bucket, at),
    count: async (buckets, at) => overUntil(buckets, await tell(deps, buckets, at)),
    attempt: (attempt, at) => attemptWithin({ memory, crowd }, attempt, at),
    async tally(bucket, at) {
      const known = knownOf(memory, bucket, at);
      const untold = known.untold + 1;
      const isDue = untold >= bucket.limit.most / partsTold;
      // Taken off before anybody waits, so that nothing is told twice.
      memory.set(bucket, {
        ...known,
        untold: isDue ? 0 : untold,
        total: known.total + (isDue ? untold : 0),
      });
      if (!isDue) return;
      // Of what only bounds a flood, our own count is enough for a while.
      await tell(deps, [bucket], at, untold).catch((error: unknown) =>
        log('rate-limit.untold', { limit: bucket.limit.name, error }),
      );
    },
  };
}

const partsTold = 10;

/** RFC 6585 §4; the code is that of RFC 6749 §4.1.2.1. */
export const tooMany = (until: Instant, at: Instant): Failure => ({
  kind: 'rate-limited',
  code: 'temporarily_unavailable',
  detail: 'too many requests for now',
  headers: { 'retry-after': String(Math.max(1, Math.ceil((until - at) / 1000))) },
});
