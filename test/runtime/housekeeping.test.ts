/** Rounds of housekeeping: bounded, one at a time, and none after the end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asInstant } from '../../src/base/instant.ts';
import { keepHouse, repeat } from '../../src/runtime/housekeeping.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { type HousekeepingStep, housekeepingSteps, mostAtOnce } from '../../src/storage/housekeeping.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const at = asInstant(Date.parse('2026-10-01T10:00:00Z'));

const counting = (
  name: string,
  ...counts: readonly number[]
): HousekeepingStep & { readonly runs: number } => {
  const step = {
    name,
    runs: 0,
    run: async (): Promise<number> => counts[Math.min(step.runs++, counts.length - 1)] ?? 0,
  };
  return step;
};

async function kept(...steps: readonly HousekeepingStep[]): Promise<readonly (readonly unknown[])[]> {
  const logged: unknown[][] = [];
  await keepHouse(steps, at, (event, facts) => void logged.push([event, facts]));
  return logged;
}

describe('a round', () => {
  it('goes on where there may be more, and says what it removed', async () => {
    const step = counting('token', mostAtOnce, mostAtOnce, 17);
    expect(await kept(step, counting('session', 0))).toEqual([
      ['housekeeping.removed', { table: 'token', count: 2 * mostAtOnce + 17 }],
    ]);
    expect(step.runs).toBe(3);
  });

  it('has an end, even when there is no end of rows', async () => {
    const endless = counting('token', mostAtOnce);
    await kept(endless);
    expect(endless.runs).toBe(200);
  });

  it('goes past a step that fails', async () => {
    const broken = { name: 'token', run: () => Promise.reject(new Error('locked')) };
    const next = counting('session', 3);
    expect(await kept(broken, next)).toEqual([
      ['housekeeping.failed', { table: 'token', error: new Error('locked') }],
      ['housekeeping.removed', { table: 'session', count: 3 }],
    ]);
  });

  it('ends between two turns when told to stop', async () => {
    const endless = counting('token', mostAtOnce);
    await keepHouse(
      [endless],
      at,
      () => {},
      () => endless.runs >= 2,
    );
    expect(endless.runs).toBe(2);
  });
});

describe('rounds', () => {
  it('never pile up, and stop when told to, after the one under way', async () => {
    const began = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    let [running, most, rounds] = [0, 0, 0];
    const stop = repeat({
      pauseMilliseconds: () => 0,
      round: async () => {
        rounds++;
        most = Math.max(most, ++running);
        if (rounds === 3) {
          began.resolve();
          await goOn.promise;
        }
        running--;
      },
    });
    await began.promise;
    const stopped = stop();
    goOn.resolve();
    await stopped;
    expect([rounds, most, running]).toEqual([3, 1, 0]);
  });

  it('stop at once while nothing is under way', async () => {
    let rounds = 0;
    const stop = repeat({ pauseMilliseconds: () => 2 ** 30, round: async () => void rounds++ });
    await Promise.all([stop(), stop()]);
    expect(rounds).toBe(0);
  });
});

describe('over a database', () => {
  let fresh: TestDatabase;
  let open: OpenDatabase;
  beforeAll(async () => {
    fresh = await freshDatabase();
    open = openDatabase(fresh.url, { connections: 4 });
  });
  afterAll(async () => {
    await open.close();
    await fresh.drop();
  });

  it('two instances at once remove 5,000 expired rows, each of them once, and leave the others', async () => {
    const insert = (ends: string, count: number) =>
      open.database.execute(`insert into used_assertion
        select 'c', gen_random_uuid()::text, '${ends}' from generate_series(1, ${count})`);
    await insert('2026-10-01T08:00:00Z', 5000);
    await insert('2026-10-01T10:00:01Z', 50);
    const logged: number[] = [];
    const round = () =>
      keepHouse(housekeepingSteps(open.database), at, (_, { count }) => void logged.push(Number(count)));
    await Promise.all([round(), round()]);
    await round();
    expect(logged.reduce((sum, count) => sum + count)).toBe(5000);
    const [left] = await open.database.execute('select count(*)::int as count from used_assertion');
    expect(left?.['count']).toBe(50);
  });
});
