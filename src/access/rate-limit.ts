/** How often somebody may come within a while, whichever instance they come to. */
import type { Failure } from '../base/failure.ts';
import { type Instant, plusSeconds } from '../base/instant.ts';
import { type RecentlyUsed, recentlyUsed } from '../base/recently-used.ts';

export type Limit = { readonly name: string; readonly most: number; readonly windowSeconds: number };
/** `who`: a network address, a client at one. */
type Bucket = { readonly limit: Limit; readonly who: string };

type Addition = { readonly bucket: string; readonly more: number; readonly expiresAt: Instant };
type Total = { readonly count: number; readonly expiresAt: Instant };

export type RateLimitStore = {
  /** Adds to what is counted, or begins anew where that has expired; the totals in order, in one round trip. */
  add(additions: readonly Addition[], at: Instant): Promise<readonly Total[]>;
};

export type RateLimiter = {
  /** Asks nobody: when to come again, where this instance knows that so many came. */
  readonly fullUntil: (bucket: Bucket, at: Instant) => Instant | undefined;
  /** Counts one in each, for all instances. @returns when to come again, where that was one too many */
  readonly count: (buckets: readonly Bucket[], at: Instant) => Promise<Instant | undefined>;
  /** Counts one here, and tells the others of every tenth part of the limit: most calls ask nobody. */
  readonly tally: (bucket: Bucket, at: Instant) => Promise<void>;
};

/** `total`: of all instances, as far as we heard. */
type Known = { readonly total: number; readonly untold: number; readonly expiresAt: Instant };
/** Data alone, so that it may outlive a request on Workers. */
export type RateMemory = RecentlyUsed<Known>;
const mostRemembered = 10_000;
export const createRateMemory = (): RateMemory => recentlyUsed<Known>(mostRemembered);

export type RateLimiterDeps = {
  readonly store: RateLimitStore;
  readonly memory: RateMemory;
  /** Nobody shall read addresses in the database, nor find them by trying all there are. */
  readonly hash: (text: string) => string;
  readonly log: (event: string, facts: Readonly<Record<string, unknown>>) => void;
};

export function createRateLimiter(deps: RateLimiterDeps): RateLimiter {
  const { memory, log } = deps;
  return {
    fullUntil(bucket, at) {
      const { total, untold, expiresAt } = knownOf(memory, bucket, at);
      return total + untold >= bucket.limit.most ? expiresAt : undefined;
    },
    async count(buckets, at) {
      const told = buckets.map((bucket) => [bucket, 1] as const);
      const totals = await tell(deps, told, at);
      const over = totals.filter(({ count }, index) => count > (buckets[index]?.limit.most ?? 0));
      return over.map(({ expiresAt }) => expiresAt).sort((a, b) => b - a)[0];
    },
    async tally(bucket, at) {
      const known = knownOf(memory, bucket, at);
      const untold = known.untold + 1;
      const isDue = untold >= bucket.limit.most / partsTold;
      memory.set(nameOf(bucket), {
        ...known,
        untold: isDue ? 0 : untold,
        total: known.total + (isDue ? untold : 0),
      });
      if (!isDue) return;
      // Of what only bounds a flood, our own count is enough for a while.
      await tell(deps, [[bucket, untold]], at).catch((error: unknown) =>
        log('rate-limit.untold', { limit: bucket.limit.name, error }),
      );
    },
  };
}

function knownOf(memory: RateMemory, bucket: Bucket, at: Instant): Known {
  const known = memory.get(nameOf(bucket));
  if (known && at < known.expiresAt) return known;
  return { total: 0, untold: 0, expiresAt: plusSeconds(at, bucket.limit.windowSeconds) };
}

/** INVARIANT: what is told is taken off before anybody waits, so that nothing is told twice. */
async function tell(
  { store, memory, hash }: RateLimiterDeps,
  told: readonly (readonly [Bucket, number])[],
  at: Instant,
): Promise<readonly Total[]> {
  const additions = told.map(([bucket, more]) => ({
    bucket: hash(nameOf(bucket)),
    more,
    expiresAt: plusSeconds(at, bucket.limit.windowSeconds),
  }));
  const totals = await store.add(additions, at);
  for (const [index, { count: total, expiresAt }] of totals.entries()) {
    const bucket = told[index]?.[0];
    if (bucket) memory.set(nameOf(bucket), learned(knownOf(memory, bucket, at), total, expiresAt));
  }
  return totals;
}

/** Of two answers that crossed, the larger one is the later. */
const learned = (known: Known, total: number, expiresAt: Instant): Known => ({
  total: known.expiresAt === expiresAt ? Math.max(known.total, total) : total,
  untold: known.untold,
  expiresAt,
});

const partsTold = 10;
const nameOf = ({ limit, who }: Bucket): string => `${limit.name} ${who}`;

/** RFC 6585 §4; the code is that of RFC 6749 §4.1.2.1. */
export const tooMany = (until: Instant, at: Instant): Failure => ({
  kind: 'rate-limited',
  code: 'temporarily_unavailable',
  detail: 'too many requests for now',
  headers: { 'retry-after': String(Math.max(1, Math.ceil((until - at) / 1000))) },
});
