/** Keeps house while the service runs: every minute or so, one round at a time, until told to stop. */
import type { Instant } from '../base/instant.ts';
import type { Log } from '../http/app.ts';
import { type HousekeepingStep, mostAtOnce } from '../storage/housekeeping.ts';

/** As many tokens as a busy service issues in a minute, several times over; what is left is for the next round. */
const mostTurns = 200;

/** All steps, each until nothing is left to remove; one that fails is logged, and does not keep the others. */
export async function keepHouse(
  steps: readonly HousekeepingStep[],
  at: Instant,
  log: Log,
  isStopping: () => boolean = () => false,
): Promise<void> {
  for (const { name, run } of steps) {
    try {
      const removed = await removeAll(() => run(at), isStopping);
      if (removed > 0) log('housekeeping.removed', { table: name, count: removed });
    } catch (error) {
      log('housekeeping.failed', { table: name, error });
    }
  }
}

async function removeAll(remove: () => Promise<number>, isStopping: () => boolean): Promise<number> {
  let removed = 0;
  for (let turn = 0; turn < mostTurns && !isStopping(); turn++) {
    const count = await remove();
    removed += count;
    if (count < mostAtOnce) break;
  }
  return removed;
}

export type Rounds = {
  /** One round; never begun before the one before has ended. */
  readonly round: (isStopping: () => boolean) => Promise<void>;
  /** How long to wait until the next one. */
  readonly pauseMilliseconds: () => number;
};

/** @returns stops it, and waits for what is under way */
export function repeat({ round, pauseMilliseconds }: Rounds): () => Promise<void> {
  const stopping = new AbortController();
  const over = (async () => {
    while (await paused(pauseMilliseconds(), stopping.signal)) await round(() => stopping.signal.aborted);
  })();
  return async () => {
    stopping.abort();
    await over;
  };
}

/** Whether it is time to go on. */
function paused(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const timer = setTimeout(() => resolve(true), milliseconds);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve(false);
      },
      { once: true },
    );
  });
}

/** Instances that started together do not stay together. */
export const aboutAMinute = (): number => 45_000 + Math.random() * 30_000;
