/** What has become of everything that was read, and the words for what was not stored as it should be. */
import type { Accepted } from './accept.ts';
import type { Outcome } from './store-batch.ts';

export type Counts = {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Of these, not valid and stored all the same. */
  readonly flagged: number;
  readonly refused: number;
  /** Of these, given an id since they brought none. */
  readonly assigned: number;
};

/** `FILE:LINE: reason`, as it happens, so that nothing has to be kept. */
export type Tell = (text: string) => void;

/** What was accepted, and from where: `FILE:LINE`. */
export type Given = Accepted & { readonly where: string };

export function createTally(tell: Tell) {
  const counts = { read: 0, created: 0, updated: 0, unchanged: 0, flagged: 0, refused: 0, assigned: 0 };
  const refused = (where: string, reason: string): void => {
    counts.refused += 1;
    tell(`${where}: ${reason}`);
  };
  return {
    counts: counts as Counts,
    read: (): void => {
      counts.read += 1;
    },
    refused,
    stored({ where, assigned, flag }: Given, outcome: Outcome): void {
      if (typeof outcome === 'object') {
        refused(where, outcome.refused);
        return;
      }
      counts[outcome] += 1;
      if (assigned) counts.assigned += 1;
      if (flag === undefined) return;
      counts.flagged += 1;
      tell(`${where}: flagged: ${flag}`);
    },
  };
}
