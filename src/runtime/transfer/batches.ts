/** Writes gathered into batches: one is stored while the next one fills, and no more than that is held. */
import type { Outcome } from './store-batch.ts';
import type { Given } from './tally.ts';

/** Resources in a transaction, and characters of them: large ones must not add up. */
const most = { writes: 500, characters: 8 * 1024 * 1024 } as const;

export type Batches = {
  /** Returns as soon as there is room. */
  add(given: Given): Promise<void>;
  /** Everything that was added is stored. */
  flush(): Promise<void>;
};

export function inBatches(
  store: (given: readonly Given[]) => Promise<readonly Outcome[]>,
  done: (given: Given, outcome: Outcome) => void,
): Batches {
  let batch = new Map<string, Given>();
  let characters = 0;
  let storing: Promise<void> = Promise.resolve();
  const begin = async (): Promise<void> => {
    await storing;
    storing = storeAll([...batch.values()]);
    // Whoever waits for it next hears of a failure; until then it is nobody's.
    storing.catch(() => {});
    batch = new Map();
    characters = 0;
  };
  const storeAll = async (all: readonly Given[]): Promise<void> => {
    const outcomes = await store(all);
    for (const [at, outcome] of outcomes.entries()) {
      const given = all[at];
      if (given) done(given, outcome);
    }
  };
  return {
    async add(given) {
      const name = `${given.write.type}/${given.write.id}`;
      if (batch.has(name)) await begin();
      batch.set(name, given);
      characters += given.write.text.length;
      if (batch.size >= most.writes || characters >= most.characters) await begin();
    },
    async flush() {
      if (batch.size > 0) await begin();
      await storing;
    },
  };
}
