/** Through whichever door a question comes, the answer is the engine's (authzen.md §8.3). */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/database.ts';
import { type Answer, type Door, isApplicable } from '../cases/run/answer.ts';
import { authzenDoor } from '../cases/run/authzen-door.ts';
import type { DecisionCase } from '../cases/run/case-format.ts';
import { cdsDoor } from '../cases/run/cds-door.ts';
import { disagreements } from '../cases/run/disagreements.ts';
import { engineDoor, filterDoor } from '../cases/run/inner-doors.ts';
import { nativeDoor } from '../cases/run/native-door.ts';
import { fileAll, openStage, type Stage } from '../cases/run/stage.ts';
import { umaDoor } from '../cases/run/uma-door.ts';
import { caseOf, commonDirectory, ownOf, type Question, question } from '../support/arbitrary-cases.ts';
import { at } from '../support/arbitrary-consents.ts';
import { freshDatabase } from '../support/database.ts';

const numRuns = Number(process.env['HEADWATER_LAW_RUNS'] ?? 500);

const breakGlass = { allowedRoles: ['doctor'] };
const deployments = [
  ['as it is delivered', {}],
  [
    'where permits override',
    { combining: 'permit-overrides', implicitPolicy: 'basic-normal', breakGlass, btgOverridesDeny: true },
  ],
  ['where the newest counts', { combining: 'most-recent', implicitPolicy: 'all-normal', unlabelledAs: 'R' }],
  ['where a glass can be broken', { implicitPolicy: 'break-glass-only', breakGlass }],
] as const satisfies readonly (readonly [string, DecisionCase['settings']])[];

const doors = [filterDoor, nativeDoor, umaDoor, authzenDoor, cdsDoor];
/** Beyond five minutes nobody is to keep an answer of these two. */
const keptSeconds: ReadonlyMap<Door, number> = new Map([
  [umaDoor, 300],
  [authzenDoor, 300],
]);

type House = Awaited<ReturnType<typeof openHouse>>;
let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

/** One database for all deployments: each run is about a patient of its own. */
async function openHouse() {
  const fresh = await freshDatabase();
  const { database, close } = openDatabase(fresh.url, { connections: 10 });
  const patients = { last: 0 };
  await fileAll(database, commonDirectory, at);
  return {
    stageOf: (settings: DecisionCase['settings']) => openStage(database, at, settings),
    admit: async (asked: Question): Promise<DecisionCase> => {
      const given = caseOf(asked, `patient-${++patients.last}`);
      await fileAll(database, ownOf(given), at);
      return given;
    },
    close: async () => {
      await close();
      await fresh.drop();
    },
  };
}

const counts = new Map(doors.map(({ name }) => [name, { permit: 0, deny: 0, 'n/a': 0 }]));

describe('authzen.md §8.3: every door that can carry a question answers it as the engine does', () => {
  test.concurrent.each(deployments)(
    '%s',
    async (_, settings) => {
      const stage = await house.stageOf(settings);
      await fc.assert(
        fc.asyncProperty(question, async (asked) => {
          const given = { ...(await house.admit(asked)), settings };
          for (const { door, came, differs } of await verdictsOn(given, stage)) {
            expect(differs, `${door}: ${JSON.stringify(given)}`).toEqual([]);
            const count = counts.get(door);
            if (count) count[came]++;
          }
        }),
        { numRuns: Math.ceil(numRuns / deployments.length) },
      );
    },
    60_000 + numRuns * 1000,
  );
});

test('and each of them carried enough to tell', () => {
  console.info(JSON.stringify(Object.fromEntries(counts)));
  for (const [door, { permit, deny }] of counts) {
    expect([door, permit > numRuns / 12, deny > numRuns / 12]).toEqual([door, true, true]);
  }
});

async function verdictsOn(given: DecisionCase, stage: Stage) {
  const engine = (await engineDoor.ask(given, stage)) as Answer;
  return await Promise.all(doors.map((door) => verdictOn(given, engine, door, stage)));
}

async function verdictOn(given: DecisionCase, engine: Answer, door: Door, stage: Stage) {
  const reply = await door.ask(given, stage);
  if (!isApplicable(reply)) return { door: door.name, came: 'n/a' as const, differs: [] };
  const differs = disagreements(given, engine, reply, keptSeconds.get(door));
  return { door: door.name, came: reply.outcome, differs };
}
