/** Something that counts where it fails, however many try it at the same moment. */
import type { Instant } from '../base/instant.ts';
import { err, ok, type Result } from '../base/result.ts';
import { additionsOf, type RateLimiterDeps, tell } from './rate-limit-store.ts';
import {
  type Bucket,
  fullUntil,
  knownOf,
  latest,
  learn,
  nameOf,
  overUntil,
  type RateMemory,
} from './rate-memory.ts';

export type Attempt<T> = {
  readonly buckets: readonly Bucket[];
  readonly act: () => Promise<T>;
  readonly hasFailed: (outcome: T) => boolean;
};

/**
 * INVARIANT: whoever comes while others are under way is counted before, and uncounted on success; so no more fail than
 * are allowed, but for the few that each instance lets begin unasked. A failure that cannot be counted is a fault.
 */
export async function attemptWithin<T>(
  deps: RateLimiterDeps,
  { buckets, act, hasFailed }: Attempt<T>,
  at: Instant,
): Promise<Result<T, Instant>> {
  const { memory } = deps;
  const full = latest(buckets.flatMap((bucket) => fullUntil(memory, bucket, at) ?? []));
  if (full !== undefined) return err(full);
  if (buckets.length === 0) return ok(await act());
  const isCrowd = buckets.some((bucket) => knownOf(memory, bucket, at).underWay >= unaskedOf(bucket));
  begun(memory, buckets, at);
  try {
    const reserved = isCrowd ? await reserve(deps, buckets, at) : ok(undefined);
    if (!reserved.ok) return reserved;
    const outcome = await act();
    if (!hasFailed(outcome)) await reserved.value?.takeBack();
    else if (reserved.value) reserved.value.learn();
    else await tell(deps, buckets, at);
    return ok(outcome);
  } finally {
    ended(memory, buckets, at);
  }
}

/** A tenth of the limit, at each instance: whoever succeeds, and comes with few others, pays no round trip. */
const unaskedOf = ({ limit }: Bucket): number => Math.max(1, limit.most / 10);

/** Nothing is learned of it until it fails: what is taken back again must make nobody wait. */
async function reserve(deps: RateLimiterDeps, buckets: readonly Bucket[], at: Instant) {
  const { store, memory, log } = deps;
  const additions = additionsOf(deps, buckets, at);
  const totals = await store.add(additions, at);
  const added = totals.map(({ expiresAt }, index) => ({ bucket: additions[index]?.bucket ?? '', expiresAt }));
  // What cannot be taken back goes on counting until its time is over.
  const takeBack = () =>
    store.takeBack(added).catch((error: unknown) => log('rate-limit.not-taken-back', { error }));
  const over = overUntil(buckets, totals);
  if (over === undefined) return ok({ takeBack, learn: () => learn(memory, buckets, totals, at) });
  await takeBack();
  return err(over);
}

const begun = (memory: RateMemory, buckets: readonly Bucket[], at: Instant): void =>
  change(memory, buckets, 1, at);
const ended = (memory: RateMemory, buckets: readonly Bucket[], at: Instant): void =>
  change(memory, buckets, -1, at);

function change(memory: RateMemory, buckets: readonly Bucket[], more: 1 | -1, at: Instant): void {
  for (const bucket of buckets) {
    const known = knownOf(memory, bucket, at);
    memory.set(nameOf(bucket), { ...known, underWay: Math.max(0, known.underWay + more) });
  }
}
