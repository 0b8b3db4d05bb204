/** Many writers at once: nothing that was acknowledged is lost, and nothing is there twice. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type Answer, type Api, anApi, entriesOf } from '../protocols/fhir-api/api.ts';
import { consentR4, consentR5 } from '../protocols/fhir-api/consents.ts';

const writers = Array.from({ length: 50 }, (_, n) => n);
const timeout = 120_000;

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const file = async (release = 'R4') => {
  const body = release === 'R4' ? consentR4('ann') : consentR5('ann');
  return String((await api.call('POST', `/fhir/${release}/Consent`, { body })).json['id']);
};

const everyVersion = async (path: string) => {
  const { json } = await api.call('GET', `${path}/_history?_count=200`);
  const entries = json['entry'] as readonly { response: { etag: string; status: string } }[];
  return entries.map(({ response }) => Number(/\d+/.exec(response.etag)));
};

/** A writer does this until it is not overtaken; how often it was is its answer. */
async function insist(write: () => Promise<Answer>, refusal: number): Promise<number> {
  for (let overtaken = 0; ; overtaken++) {
    const { status, text } = await write();
    if (status === 200) return overtaken;
    if (status !== refusal) throw new Error(`${status} ${text}`);
  }
}

const added = ({ json }: Answer, n: number): JsonObject => ({
  ...json,
  identifier: [...((json['identifier'] ?? []) as readonly JsonObject[]), { value: `writer ${n}` }],
});

const numbersIn = ({ json }: Answer): readonly number[] =>
  ((json['identifier'] ?? []) as readonly { value: string }[])
    .map(({ value }) => Number(value.replace('writer ', '')))
    .toSorted((a, b) => a - b);

test('fhir-consent.md §8: fifty writers with If-Match lose nothing', { timeout }, async () => {
  const path = `/fhir/R4/Consent/${await file()}`;
  const overtaken = await Promise.all(
    writers.map((n) =>
      insist(async () => {
        const read = await api.call('GET', path);
        const headers = { 'if-match': read.headers.get('etag') ?? '' };
        return api.call('PUT', path, { body: added(read, n), headers });
      }, 412),
    ),
  );
  await expectAllOf(writers, path);
  // Otherwise they never met, and nothing was shown.
  expect(Math.max(...overtaken)).toBeGreaterThan(0);
});

test('fhir-consent.md §8: fifty patches without a precondition lose nothing', { timeout }, async () => {
  const path = `/fhir/R5/Consent/${await file('R5')}`;
  const first = [{ op: 'add', path: '/identifier', value: [{ value: 'writer 0' }] }];
  expect((await api.call('PATCH', path, { body: first })).status).toBe(200);
  await Promise.all(
    writers.slice(1).map((n) => {
      const body = [{ op: 'add', path: '/identifier/-', value: { value: `writer ${n}` } }];
      return insist(() => api.call('PATCH', path, { body }), 409);
    }),
  );
  await expectAllOf(writers, path);
});

async function expectAllOf(wrote: readonly number[], path: string): Promise<void> {
  const last = await api.call('GET', path);
  expect(numbersIn(last)).toEqual(wrote);
  expect(last.headers.get('etag')).toBe(`W/"${wrote.length + 1}"`);
  expect(await everyVersion(path)).toEqual(upTo(wrote.length + 1));
}

/** Newest first, without a gap. */
const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, n) => last - n);

test.each(['R4', 'R5'] as const)(
  'fhir-consent.md §8: fifty creates on one condition make one, in %s',
  { timeout },
  async (release) => {
    const identifier = [{ system: 'urn:once', value: release }];
    const body = release === 'R4' ? consentR4('bob', { identifier }) : consentR5('bob', { identifier });
    const answers = await Promise.all(
      writers.map((n) => {
        // Some write the condition otherwise, and mean the same.
        const condition = `${n % 2 ? 'Consent?' : ''}identifier=urn:once|${release}`;
        return api.call('POST', `/fhir/${release}/Consent`, {
          body,
          headers: { 'if-none-exist': condition },
        });
      }),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(writers.length - 1);
    expect(new Set(answers.map(({ json }) => json['id'])).size).toBe(1);
    const found = await api.call('GET', `/fhir/${release}/Consent?identifier=urn:once|${release}`);
    expect([found.json['total'], entriesOf(found).length]).toEqual([1, 1]);
  },
);

test('fhir-consent.md §8: fifty updates and deletes at once leave versions without a gap', {
  timeout,
}, async () => {
  const id = await file();
  const path = `/fhir/R4/Consent/${id}`;
  const body = { ...consentR4('ann'), id };
  const answers = await Promise.all(
    writers.map((n) => (n % 10 === 9 ? api.call('DELETE', path) : api.call('PUT', path, { body }))),
  );
  const counted = (status: number) => answers.filter((answer) => answer.status === status).length;
  // 405: it was deleted meanwhile; 409: another was faster.
  expect(counted(200) + counted(204) + counted(405) + counted(409)).toBe(writers.length);
  const isDeleted = (await api.call('GET', path)).status === 410;
  expect(isDeleted).toBe(counted(204) > 0);
  expect(await everyVersion(path)).toEqual(upTo(1 + counted(200) + (isDeleted ? 1 : 0)));
});
