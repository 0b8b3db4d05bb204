/** Puts every case through every door, several at a time; each on a stage of its own. */
import type { TestServer } from '../../support/database.ts';
import { type Door, isApplicable } from './answer.ts';
import { authzenDoor } from './authzen-door.ts';
import { type Bench, openBench } from './bench.ts';
import type { DecisionCase } from './case-format.ts';
import { cdsDoor } from './cds-door.ts';
import { type Difference, differences } from './compare.ts';
import { engineDoor, filterDoor } from './inner-doors.ts';
import { nativeDoor } from './native-door.ts';
import { type Stage, setStage } from './stage.ts';
import { umaDoor } from './uma-door.ts';

export const doors: readonly Door[] = [engineDoor, filterDoor, nativeDoor, umaDoor, authzenDoor, cdsDoor];

export type Verdict = {
  readonly id: string;
  readonly door: string;
  readonly came: 'passed' | 'failed' | 'n/a';
  /** Where it failed, what differs; where it is n/a, what the door lacks. */
  readonly differs: readonly Difference[];
  readonly lacks?: string;
};

export type Running = {
  /** How many cases at a time. */
  readonly atOnce: number;
  readonly through?: readonly Door[];
};

export async function runCases(
  cases: readonly DecisionCase[],
  server: TestServer,
  { atOnce, through = doors }: Running,
): Promise<readonly Verdict[]> {
  const verdicts: (readonly Verdict[])[] = [];
  const queue = [...cases.entries()];
  const work = async (worker: number): Promise<void> => {
    const bench = await openBench(server, String(worker));
    try {
      for (let next = queue.shift(); next; next = queue.shift()) {
        verdicts[next[0]] = await runCase(next[1], through, bench);
      }
    } finally {
      await bench.clear();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, cases.length) }, (_, worker) => work(worker)));
  return verdicts.flat();
}

/** Without a bench the doors that need the service are left out. */
export async function runCase(
  given: DecisionCase,
  through: readonly Door[],
  bench?: Bench,
): Promise<readonly Verdict[]> {
  const outer = through.filter(({ needsService }) => needsService);
  const inside = through.filter(({ needsService }) => !needsService);
  return [
    ...(await askAll(given, inside, undefined)),
    ...(bench && outer.length > 0 ? await onStage(given, bench, outer) : []),
  ];
}

async function onStage(
  given: DecisionCase,
  bench: Bench,
  through: readonly Door[],
): Promise<readonly Verdict[]> {
  try {
    return await askAll(given, through, await setStage(await bench.emptied(), given));
  } catch (error) {
    return through.map(({ name }) => broken(given, name, error));
  }
}

async function askAll(
  given: DecisionCase,
  through: readonly Door[],
  stage: Stage | undefined,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const door of through) verdicts.push(await askOne(given, door, stage));
  return verdicts;
}

async function askOne(given: DecisionCase, door: Door, stage: Stage | undefined): Promise<Verdict> {
  const about = { id: given.id, door: door.name };
  try {
    const reply = await door.ask(given, stage as Stage);
    if (!isApplicable(reply)) return { ...about, came: 'n/a', differs: [], lacks: reply.lacks };
    const differs = differences(given, reply);
    return { ...about, came: differs.length === 0 ? 'passed' : 'failed', differs };
  } catch (error) {
    return broken(given, door.name, error);
  }
}

/** A door that breaks gave no answer. */
const broken = ({ id, expect }: DecisionCase, door: string, error: unknown): Verdict => ({
  id,
  door,
  came: 'failed',
  differs: [{ expected: expect.outcome, got: `an error: ${messageOf(error)}` }],
});

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` (${messageOf(error.cause)})`;
  return `${error.message.replaceAll(/\s+/g, ' ')}${cause}`;
}
