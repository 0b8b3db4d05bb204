import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How often something can be done in a second, alternating with what it is compared to, since machines are noisy. */
export type Contender = { readonly name: string; readonly once: (n: number) => Promise<unknown> };

export type Rates = ReadonlyMap<string, number>;

const rounds = 7;

/** Work per second of each, the median over rounds in which all take their turn; `lanes` at a time. */
export async function rates(
  contenders: readonly Contender[],
  { each, lanes }: { readonly each: number; readonly lanes: number },
): Promise<Rates> {
  const seen = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  let n = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const { name, once } of contenders) {
      const began = performance.now();
      const first = n;
      n += each;
      await inLanes(lanes, each, (at) => once(first + at));
      // The first round warms up: statements are prepared, pages read, code compiled.
      if (round > 0) seen.get(name)?.push((each / (performance.now() - began)) * 1000);
    }
  }
  return new Map([...seen].map(([name, all]) => [name, median(all)]));
}

async function inLanes(lanes: number, count: number, once: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await once(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join(
    '\n',
  );
}

export const perSecond = (rate: number): string => (rate >= 100 ? rate.toFixed(0) : rate.toFixed(1));
export const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || b === undefined ? '' : (a / b).toFixed(2);

/** Bytes in use after a collection. */
export function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  return process.memoryUsage().heapUsed;
}
