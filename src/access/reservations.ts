/** Room among what all instances count: asked for, and given back, in one statement for all who do so at a moment. */
import { oneInTurns } from '../base/in-turns.ts';
import { asInstant, type Instant, plusSeconds } from '../base/instant.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { RateLimiterDeps } from './rate-limit-store.ts';
import { type Bucket, nameOf } from './rate-memory.ts';

/** Until when it counts. */
type Reserved = { readonly bucket: Bucket; readonly until: Instant };
type Asked = { readonly bucket: Bucket; readonly at: Instant };

export type Reservations = {
  /** Until when it counts; as a failure, until when there is no room. */
  readonly reserve: (asked: Asked) => Promise<Result<Instant, Instant>>;
  /** What cannot be taken back goes on counting until its time is over. */
  readonly takeBack: (reserved: Reserved) => Promise<void>;
};

export function createReservations({
  store,
  hash,
  log,
}: Pick<RateLimiterDeps, 'store' | 'hash' | 'log'>): Reservations {
  async function allBack(reserved: readonly Reserved[]): Promise<readonly undefined[]> {
    const groups = groupsOf(reserved, ({ bucket, until }) => `${until} ${nameOf(bucket)}`);
    const less = groups.map(([first, count]) => ({
      bucket: hash(nameOf(first.bucket)),
      less: count,
      expiresAt: first.until,
    }));
    if (less.length > 0)
      await store.takeBack(less).catch((error: unknown) => log('rate-limit.not-taken-back', { error }));
    return reserved.map(() => undefined);
  }

  async function reserveAll(asked: readonly Asked[]): Promise<readonly Result<Instant, Instant>[]> {
    const at = asInstant(Math.max(...asked.map((each) => each.at)));
    const groups = groupsOf(asked, ({ bucket }) => nameOf(bucket));
    const additions = groups.map(([{ bucket }, more]) => ({
      bucket: hash(nameOf(bucket)),
      more,
      expiresAt: plusSeconds(at, bucket.limit.windowSeconds),
    }));
    const totals = await store.add(additions, at);
    // Of each bucket, who asked first stands first in what was added.
    const next = new Map(
      groups.map(([{ bucket }, more], index) => {
        const { count = 0, expiresAt = at } = totals[index] ?? {};
        return [nameOf(bucket), { place: count - more, expiresAt }];
      }),
    );
    const answers = asked.map(({ bucket }) => {
      const known = next.get(nameOf(bucket));
      if (!known) return err(at);
      known.place++;
      return known.place <= bucket.limit.most ? ok(known.expiresAt) : err(known.expiresAt);
    });
    await allBack(
      answers.flatMap((answer, index) => {
        const bucket = asked[index]?.bucket;
        return answer.ok || !bucket ? [] : [{ bucket, until: answer.failure }];
      }),
    );
    return answers;
  }

  return { reserve: oneInTurns(reserveAll), takeBack: oneInTurns(allBack) };
}

/** Of each name, the first and how many there are. */
function groupsOf<T>(all: readonly T[], name: (each: T) => string): readonly (readonly [T, number])[] {
  return [...Map.groupBy(all, name).values()].flatMap((group) =>
    group[0] === undefined ? [] : [[group[0], group.length] as const],
  );
}
