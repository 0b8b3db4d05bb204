/** Values made of what was read, kept and used again for as long as reading would find the same (D-3). */

import { inTurns } from '../base/in-turns.ts';
import type { RecentlyUsed } from '../base/recently-used.ts';
import type { Evidence, Lookups } from './evidence.ts';

export type Made<Value> = {
  readonly value: Value;
  /** All that was read for it. */
  readonly restsOn: readonly Pick<Evidence, 'lookups' | 'stamp'>[];
};

export type Held<Value> = Made<Value> & {
  /** The latest moment of which we know that it held. */
  trueAt: Moment;
};

/** Counts what happens in one process; only the order matters. */
type Moment = number;
export type Moments = { last: Moment };
const now = (moments: Moments): Moment => ++moments.last;

/** Tells of each whether it still holds; those that do are marked. Many who ask at once share a round trip. */
export type Confirm = (held: readonly Held<unknown>[]) => Promise<readonly boolean[]>;

export const confirmation = (
  stamps: (lookups: readonly Lookups[]) => Promise<readonly string[]>,
  moments: Moments,
): Confirm =>
  inTurns(async (asked) => {
    const begun = now(moments);
    const parts = [...new Set(asked)].flatMap((held) => held.restsOn.map((part) => ({ held, ...part })));
    const found = await stamps(parts.map(({ lookups }) => lookups));
    const changed = new Set(parts.filter(({ stamp }, at) => stamp !== found[at]).map(({ held }) => held));
    for (const held of asked) if (!changed.has(held)) held.trueAt = Math.max(held.trueAt, begun);
    return asked.map((held) => !changed.has(held));
  });

type FreshDeps<Value> = {
  readonly kept: RecentlyUsed<Held<Value>>;
  readonly moments: Moments;
  readonly make: (keys: readonly string[]) => Promise<readonly Made<Value>[]>;
  readonly confirm: Confirm;
};

/**
 * One value for each key, in order, as true as one made after the question came.
 *
 * INVARIANT: what is kept is handed out only when it was read, or confirmed, by a query that began after the question
 * came. Whoever shares the reading of another, begun before, has it confirmed first.
 */
export function freshly<Value>(
  deps: FreshDeps<Value>,
): (keys: readonly string[]) => Promise<readonly Value[]> {
  const obtain = obtaining(deps);
  return async (keys) => {
    const came = now(deps.moments);
    const values = new Map<string, Value>();
    for (let wanted = [...new Set(keys)]; wanted.length > 0; ) {
      const there = wanted.map((key) => deps.kept.get(key));
      // Nothing is awaited where all is there, so that those who come together are confirmed together.
      const held = there.every((each) => each !== undefined) ? there : await obtain(wanted);
      const doubted = held.filter(({ trueAt }) => trueAt < came);
      if (doubted.length > 0) await deps.confirm(doubted);
      for (const [at, each] of held.entries()) {
        const key = wanted[at] ?? '';
        if (each.trueAt >= came) values.set(key, each.value);
        else if (deps.kept.get(key) === each) deps.kept.delete(key);
      }
      wanted = wanted.filter((key) => !values.has(key));
    }
    return keys.flatMap((key) => (values.has(key) ? [values.get(key) as Value] : []));
  };
}

/** What is kept, or is being made, or else is made now; what is missing together is made together. */
function obtaining<Value>({ kept, moments, make }: FreshDeps<Value>) {
  const underWay = new Map<string, Promise<Held<Value>>>();
  const begin = (keys: readonly string[]): void => {
    const trueAt = now(moments);
    const all = make(keys).finally(() => {
      for (const key of keys) underWay.delete(key);
    });
    for (const [at, key] of keys.entries()) {
      const one = all.then((made) => {
        const held = heldFrom(made[at], trueAt);
        kept.set(key, held);
        return held;
      });
      underWay.set(key, one);
    }
  };
  return (keys: readonly string[]): Promise<readonly Held<Value>[]> => {
    const there = new Map(keys.map((key) => [key, kept.get(key)]));
    const missing = keys.filter((key) => !there.get(key) && !underWay.has(key));
    if (missing.length > 0) begin(missing);
    return Promise.all(keys.map((key) => there.get(key) ?? (underWay.get(key) as Promise<Held<Value>>)));
  };
}

function heldFrom<Value>(made: Made<Value> | undefined, trueAt: Moment): Held<Value> {
  if (!made) throw new Error('fewer were made than asked for');
  return { ...made, trueAt };
}
