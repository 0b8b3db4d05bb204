/** Whatever is sent to the doors of decisions, of UMA and of OAuth: they answer, in their own words, and nobody learns of others. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { grants } from '../support/fuzz/forms.ts';
import type { Knock } from '../support/fuzz/knock.ts';
import { askings, garbage, protections, wanderings } from '../support/fuzz/knocks.ts';
import { type FuzzedDoors, fuzzedDoors } from '../support/fuzzed-doors.ts';
import { expectOwnFace, fromInside } from '../support/own-face.ts';

const inputs = Number(process.env['HEADWATER_FUZZ_RUNS'] ?? 2000);
const seed = Number(process.env['HEADWATER_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let doors: FuzzedDoors;
beforeAll(async () => {
  console.info(`fuzzing with ${inputs} inputs: HEADWATER_FUZZ_SEED=${seed} sends the same again`);
  doors = await fuzzedDoors();
});
afterAll(() => doors.stop());

const kinds: readonly (readonly [name: string, knocks: fc.Arbitrary<Knock>, share: number])[] = [
  ['questions', askings, 0.4],
  ['registrations and permissions', protections, 0.1],
  ['forms, grants and claims', grants, 0.3],
  ['damaged texts', garbage, 0.1],
  ['methods, paths and headers', wanderings, 0.1],
];

test.each(kinds)(
  'no %s make a door fail, tell what is inside, or tell of others',
  { timeout: 60_000 + inputs * 200 },
  async (_name, knocks, share) => {
    const answers = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(knocks, async (knock) => {
        const status = await answerTo(knock);
        if (status !== undefined) answers.set(status, (answers.get(status) ?? 0) + 1);
      }),
      { numRuns: Math.ceil(inputs * share), seed },
    );
    await doors.expectForeignUntouched();
    console.info(JSON.stringify(Object.fromEntries(answers)));
    // Otherwise it was all refused at the door, and nothing was tried; of few inputs that may be chance.
    if (inputs * share >= 150) expect([...answers.keys()].some((status) => status < 300)).toBe(true);
  },
);

/** Undefined for what cannot be sent. */
async function answerTo(knock: Knock): Promise<number | undefined> {
  await doors.renew();
  const request = await doors.requestFor(knock);
  if (!request) return undefined;
  const { method, url } = request;
  const response = await doors.request(request);
  const text = await response.text();
  const { status, headers } = response;
  expect([status, doors.failures.splice(0).map(String)]).toEqual([expect.toSatisfy(isAnswer), []]);
  if (status >= 400 && method !== 'HEAD')
    expectOwnFace(new URL(url).pathname, status, headers.get('content-type'), text);
  expect(fromInside.exec(text)?.[0]).toBeUndefined();
  expect(doors.tellsSecrets(text)).toBe(false);
  expect(headers.get('x-request-id')).toEqual(expect.any(String));
  return status;
}

const isAnswer = (status: number): boolean => status >= 200 && status < 500;
