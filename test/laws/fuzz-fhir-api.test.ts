/** Whatever is sent to the FHIR API: it answers, a refusal changes nothing, and nobody learns of others. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requests } from '../support/fuzz/addresses.ts';
import { patches } from '../support/fuzz/patches.ts';
import type { Fuzzed } from '../support/fuzz/request.ts';
import { searching } from '../support/fuzz/searches.ts';
import { bodies, texts } from '../support/fuzz/writes.ts';
import { expectOutcome, type FuzzedService, fuzzedService } from '../support/fuzzed-service.ts';

const inputs = Number(process.env['HEADWATER_FUZZ_RUNS'] ?? 2000);
const seed = Number(process.env['HEADWATER_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let service: FuzzedService;
beforeAll(async () => {
  console.info(`fuzzing with ${inputs} inputs: HEADWATER_FUZZ_SEED=${seed} sends the same again`);
  service = await fuzzedService();
});
afterAll(() => service.stop());

const kinds: readonly (readonly [name: string, requests: fc.Arbitrary<Fuzzed>, share: number])[] = [
  ['searches', searching, 0.3],
  ['bodies', bodies, 0.3],
  ['damaged texts', texts, 0.1],
  ['patches', patches, 0.15],
  ['methods, paths and headers', requests, 0.15],
];

test.each(kinds)(
  'fhir-consent.md §8: no %s make it fail, change anything by being refused, or tell of others',
  { timeout: 60_000 + inputs * 200 },
  async (_name, fuzzed, share) => {
    const answers = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fuzzed, async (one) => {
        const status = await answerTo(one);
        if (status !== undefined) answers.set(status, (answers.get(status) ?? 0) + 1);
      }),
      { numRuns: Math.ceil(inputs * share), seed },
    );
    await service.expectHiddenUntouched();
    console.info(JSON.stringify(Object.fromEntries(answers)));
    // Otherwise it was all refused at the door, and nothing was tried; of few inputs that may be chance.
    if (inputs * share >= 150) expect([...answers.keys()].some((status) => status < 300)).toBe(true);
  },
);

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Undefined for what cannot be sent. */
async function answerTo(fuzzed: Fuzzed): Promise<number | undefined> {
  await service.renew();
  const request = service.requestFor(fuzzed);
  if (!request) return undefined;
  const { method, url } = request;
  const before = await service.stored();
  const response = await service.request(request);
  const text = await response.text();
  const { status, headers } = response;
  expect([status, service.failures.splice(0).map(String)]).toEqual([expect.toSatisfy(isAnswer), []]);
  const changesNothing = status >= 400 || safe.has(method) || url.includes('/_search');
  if (changesNothing) expect(await service.stored()).toBe(before);
  if (status >= 400 && method !== 'HEAD' && isFhir(url)) expectOutcome(text, headers.get('content-type'));
  if (status >= 400 || fuzzed.as !== 'everybody') expect(service.tellsSecrets(text)).toBe(false);
  const [, type, id] = /\/([A-Za-z]+)\/([^/]+)\/_history\/\d+$/.exec(headers.get('location') ?? '') ?? [];
  if (status < 300 && type && id) await service.expectReadable(fuzzed.as, type, id);
  return status;
}

const isAnswer = (status: number): boolean => status >= 200 && status < 500;
const isFhir = (url: string): boolean => new URL(url).pathname.split('/')[1] === 'fhir';
