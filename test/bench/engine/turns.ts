import { median } from '../measure.ts';

/** How often something synchronous can be done in a second, in turns with what it is compared to. */
export type Turn = { readonly name: string; readonly once: (n: number) => unknown };

const rounds = 9;
/** Milliseconds of one contender's turn. */
const turnTime = 120;

/** Work per second of each: the median over rounds in which all take their turn, after two that warm up. */
export function takeTurns(turns: readonly Turn[]): ReadonlyMap<string, number> {
  const seen = new Map<string, number[]>(turns.map(({ name }) => [name, []]));
  const sizes = new Map(turns.map(({ name, once }) => [name, sizeOf(once)]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, once } of turns) seen.get(name)?.push(rateOf(once, sizes.get(name) ?? 1));
  }
  return new Map([...seen].map(([name, all]) => [name, median(all.slice(2))]));
}

/** How much fills a turn; finding that out warms up as well. */
function sizeOf(once: Turn['once']): number {
  let size = 1;
  for (;;) {
    const needed = (size / rateOf(once, size)) * 1000;
    if (needed > turnTime) return Math.max(1, Math.round((size * turnTime) / needed));
    size *= 2;
  }
}

function rateOf(once: Turn['once'], size: number): number {
  const began = performance.now();
  let kept: unknown;
  for (let n = 0; n < size; n++) kept = once(n);
  const took = performance.now() - began;
  // Looking at the answer keeps the work from being optimised away.
  if (kept === rateOf) throw new Error('never');
  return (size / took) * 1000;
}
