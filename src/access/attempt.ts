/** Something that counts where it fails, however many try it at the same moment. */
import type { Instant } from '../base/instant.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Crowd, Turn } from './crowd.ts';
import { type Bucket, latest, type RateMemory, surelyFullUntil } from './rate-memory.ts';

export type Attempt<T> = {
  /** In the same order for all who come, so that nobody waits for who waits for them. */
  readonly buckets: readonly Bucket[];
  readonly act: () => Promise<T>;
  readonly hasFailed: (outcome: T) => boolean;
};

/** A failure that cannot be counted is a fault. @returns when to come again, where nothing was done */
export async function attemptWithin<T>(
  { memory, crowd }: { readonly memory: RateMemory; readonly crowd: Crowd },
  { buckets, act, hasFailed }: Attempt<T>,
  at: Instant,
): Promise<Result<T, Instant>> {
  const full = latest(buckets.flatMap((bucket) => surelyFullUntil(memory, bucket, at) ?? []));
  if (full !== undefined) return err(full);
  const turns: Turn[] = [];
  let isFailure = false;
  try {
    for (const bucket of buckets) {
      const turn = await crowd.enter(bucket, at);
      if (!turn.ok) return turn;
      turns.push(turn.value);
    }
    const outcome = await act();
    isFailure = hasFailed(outcome);
    if (isFailure) await crowd.tell(turns, at);
    return ok(outcome);
  } finally {
    await Promise.all(turns.map((turn) => crowd.leave(turn, isFailure)));
  }
}
