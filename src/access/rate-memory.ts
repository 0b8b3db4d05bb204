/** What one instance knows of how often somebody came: data alone, so that it may outlive a request on Workers. */
import { type Instant, plusSeconds } from '../base/instant.ts';
import { type RecentlyUsed, recentlyUsed } from '../base/recently-used.ts';

export type Limit = { readonly name: string; readonly most: number; readonly windowSeconds: number };
/** `who`: a network address, a client at one. */
export type Bucket = { readonly limit: Limit; readonly who: string };
/** Of all instances, as the database has it. */
export type Total = { readonly count: number; readonly expiresAt: Instant };

export type Known = {
  /** Of all instances, as far as we heard. */
  readonly total: number;
  readonly untold: number;
  /** When the others were last heard of. */
  readonly heardAt?: Instant;
  /** Attempts whose end nobody knows yet. */
  readonly underWay: number;
  readonly expiresAt: Instant;
};

/** Of each limit by itself: who comes from many networks makes us forget others of the same limit alone. */
export type RateMemory = {
  readonly get: (bucket: Bucket) => Known | undefined;
  readonly set: (bucket: Bucket, known: Known) => void;
};

const mostRemembered = 10_000;

export function createRateMemory(): RateMemory {
  const ofLimits = new Map<string, RecentlyUsed<Known>>();
  return {
    get: ({ limit, who }) => ofLimits.get(limit.name)?.get(who),
    set({ limit, who }, known) {
      const ofLimit = ofLimits.get(limit.name) ?? recentlyUsed<Known>(mostRemembered);
      ofLimits.set(limit.name, ofLimit);
      ofLimit.set(who, known);
    },
  };
}

export const nameOf = ({ limit, who }: Bucket): string => `${limit.name} ${who}`;

export function knownOf(memory: RateMemory, bucket: Bucket, at: Instant): Known {
  const known = memory.get(bucket);
  if (known && at < known.expiresAt) return known;
  return { total: 0, untold: 0, underWay: 0, expiresAt: plusSeconds(at, bucket.limit.windowSeconds) };
}

export function fullUntil(memory: RateMemory, bucket: Bucket, at: Instant): Instant | undefined {
  const { total, untold, expiresAt } = knownOf(memory, bucket, at);
  return total + untold >= bucket.limit.most ? expiresAt : undefined;
}

/** Others may have given back since what they had only reserved. */
const surenessSeconds = 1;

/** Full, as all instances said just now. */
export function surelyFullUntil(memory: RateMemory, bucket: Bucket, at: Instant): Instant | undefined {
  const { heardAt } = knownOf(memory, bucket, at);
  const isSure = heardAt !== undefined && at < plusSeconds(heardAt, surenessSeconds);
  return isSure ? fullUntil(memory, bucket, at) : undefined;
}

export function learn(
  memory: RateMemory,
  buckets: readonly Bucket[],
  totals: readonly Total[],
  at: Instant,
): void {
  for (const [index, { count, expiresAt }] of totals.entries()) {
    const bucket = buckets[index];
    if (bucket)
      memory.set(bucket, { ...learned(knownOf(memory, bucket, at), count, expiresAt), heardAt: at });
  }
}

/** There was room after all. */
export function forget(memory: RateMemory, bucket: Bucket, at: Instant): void {
  memory.set(bucket, { ...knownOf(memory, bucket, at), total: 0 });
}

export function nowUnderWay(memory: RateMemory, bucket: Bucket, more: 1 | -1, at: Instant): void {
  const known = knownOf(memory, bucket, at);
  memory.set(bucket, { ...known, underWay: Math.max(0, known.underWay + more) });
}

/** Of two answers that crossed, the larger one is the later. */
const learned = (known: Known, total: number, expiresAt: Instant): Known => ({
  ...known,
  total: known.expiresAt === expiresAt ? Math.max(known.total, total) : total,
  expiresAt,
});

/** When the last of those ends of which too many came. */
export const overUntil = (buckets: readonly Bucket[], totals: readonly Total[]): Instant | undefined =>
  latest(
    totals.flatMap(({ count, expiresAt }, index) =>
      count > (buckets[index]?.limit.most ?? 0) ? [expiresAt] : [],
    ),
  );

export const latest = (instants: readonly Instant[]): Instant | undefined =>
  instants.toSorted((a, b) => b - a)[0];
