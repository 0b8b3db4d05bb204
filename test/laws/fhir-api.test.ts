/** Promises of the FHIR API that hold for every consent and every search, not for examples alone. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type Answer, type Api, anApi, entriesOf, idsOf, issuer, linkOf } from '../protocols/fhir-api/api.ts';
import { searches, written } from '../support/arbitrary-searches.ts';
import { submission } from '../support/consent-corpus.ts';
import { fileCorpus, releases, type Seen } from '../support/filed-corpus.ts';
import { inOrder } from '../support/scan-order.ts';
import { isFound, patientOf, type Sought, type World } from '../support/scan-search.ts';
import { asItIsRead, verbatim } from '../support/verbatim-text.ts';

/** Each run costs requests: of those that cost many there are fewer. */
const runs = Number(process.env['HEADWATER_LAW_RUNS'] ?? 500);
const timeout = 60_000 + runs * 200;

let api: Api;
let seen: Seen;

beforeAll(async () => {
  api = await anApi();
  seen = await fileCorpus(api, 130);
});
afterAll(() => api.close());

test('the corpus is worth searching: most of it was accepted, and both versions show it', () => {
  for (const release of releases) expect(seen[release].resources.length).toBeGreaterThan(90);
});

/** Who searches, and which patients are within reach. */
const searchers = {
  clinic: ['ann', 'bob', 'eve', 'not-on-file'],
  family: ['ann', 'bob'],
  ann: ['ann'],
  hospital: ['ann', 'eve'],
} as const;
type Searcher = keyof typeof searchers;
const searcher = fc.constantFrom<Searcher>('clinic', 'clinic', 'family', 'ann', 'hospital');

const isWithin = (who: Searcher, world: World, resource: JsonObject): boolean =>
  (searchers[who] as readonly unknown[]).includes(patientOf(world, resource));

/** Of the directory too, nobody is led to patients out of reach. */
const worldOf = (world: World, who: Searcher): World => ({
  ...world,
  directory: world.directory.filter(
    ({ resourceType, id }) =>
      resourceType !== 'Patient' || (searchers[who] as readonly unknown[]).includes(id),
  ),
});

/** In the order of their creation, which is that of a search without `_sort`. */
const scan = ({ world, resources }: Seen['R4'], who: Searcher, all: readonly Sought[], sort = '') => {
  const found = resources.filter(
    (resource) => isWithin(who, world, resource) && isFound(worldOf(world, who), resource, all),
  );
  return inOrder(world, found, sort).map(({ id }) => String(id));
};

const sorting = fc
  .array(
    fc.constantFrom(
      'date',
      '-date',
      '_lastUpdated',
      '-_lastUpdated',
      'status',
      '-status',
      'patient',
      '_id',
      '-period',
    ),
    { maxLength: 2 },
  )
  .map((names) => names.join(','));

const withSort = (query: URLSearchParams, sort: string): string => {
  if (sort !== '') query.set('_sort', sort);
  return query.toString();
};

const form = { 'content-type': 'application/x-www-form-urlencoded' };

test('fhir-consent.md §7: a search finds what a scan finds, in its order, for everybody within reach', {
  timeout,
}, async () => {
  const outcomes = { all: 0, some: 0 };
  for (const release of releases) {
    await fc.assert(
      fc.asyncProperty(
        searches(seen[release].world, seen[release].resources),
        searcher,
        sorting,
        fc.boolean(),
        async (all, who, sort, byForm) => {
          const query = withSort(written(all), sort);
          const address = `/fhir/${release}/Consent`;
          const answer = byForm
            ? await api.call('POST', `${address}/_search?_count=200`, { as: who, raw: query, headers: form })
            : await api.call('GET', `${address}?${query}&_count=200`, { as: who });
          const expected = scan(seen[release], who, all, sort);
          expect([answer.status, query, idsOf(answer)]).toEqual([200, query, expected]);
          expect(answer.json['total']).toBe(expected.length);
          outcomes.all++;
          if (expected.length > 0 && expected.length < 100) outcomes.some++;
        },
      ),
      { numRuns: Math.ceil((runs * 3) / 5 / releases.length) },
    );
  }
  // A yardstick that says no to everything would agree with a server that does.
  expect(outcomes.some / outcomes.all).toBeGreaterThan(0.2);
});

const pageIds = (pages: readonly Answer[]): readonly unknown[] => pages.flatMap(idsOf);

async function follow(
  first: Answer,
  relation: 'next' | 'previous',
  who: Searcher,
): Promise<readonly Answer[]> {
  const pages = [first];
  for (let path = linkOf(first, relation); path; path = linkOf(pages.at(-1) as Answer, relation))
    pages.push(await api.call('GET', path, { as: who }));
  return pages;
}

test('fhir-consent.md §8: paging covers a set once, forward and back, and the total counts it', {
  timeout,
}, async () => {
  const { world, resources } = seen.R5;
  const criteria = fc.oneof(fc.constant([]), searches(world, resources));
  await fc.assert(
    fc.asyncProperty(
      criteria,
      sorting,
      fc.integer({ min: 7, max: 60 }),
      searcher,
      async (all, sort, count, who) => {
        const query = `${withSort(written(all), sort)}&_count=${count}`;
        const forward = await follow(
          await api.call('GET', `/fhir/R5/Consent?${query}`, { as: who }),
          'next',
          who,
        );
        const back = await follow(forward.at(-1) as Answer, 'previous', who);
        const ids = pageIds(forward);
        expect(ids).toEqual(scan(seen.R5, who, all, sort));
        expect(new Set(ids).size).toBe(ids.length);
        expect(back.toReversed().map(idsOf)).toEqual(forward.map(idsOf));
        for (const { json } of [...forward, ...back]) expect(json['total']).toBe(ids.length);
        for (const page of forward.slice(0, -1)) expect(idsOf(page)).toHaveLength(count);
      },
    ),
    { numRuns: Math.ceil(runs / 25) },
  );
});

test('fhir-consent.md §8: what was accepted reads back as it was sent, every member, order and digit', {
  timeout,
}, async () => {
  const refused: string[] = [];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('R4', 'R5', 'R4B').chain((base) => verbatim(submission(issuer), base)),
      async ({ base, text }) => {
        const created = await api.call('POST', `/fhir/${base}/Consent`, { raw: text });
        if (created.status !== 201) return void refused.push(created.text);
        const id = String(created.json['id']);
        const lastUpdated = String((created.json['meta'] as JsonObject)['lastUpdated']);
        const expected = asItIsRead(text, { id, versionId: '1', lastUpdated });
        expect(created.text).toBe(expected);
        for (const path of [id, `${id}/_history/1`])
          expect((await api.call('GET', `/fhir/${base}/Consent/${path}`)).text).toBe(expected);
        const [found] = entriesOf(await api.call('GET', `/fhir/${base}/Consent?_id=${id}`));
        expect(JSON.stringify(found?.resource)).toBe(JSON.stringify(JSON.parse(expected)));
        // Sent back as it was read, it stays what it was.
        const put = await api.call('PUT', `/fhir/${base}/Consent/${id}`, {
          raw: expected,
          headers: { 'if-match': 'W/"1"' },
        });
        const changed = asItIsRead(text, { id, versionId: '2', lastUpdated });
        expect([put.status, put.text]).toEqual([200, changed]);
      },
    ),
    { numRuns: Math.ceil(runs / 5) },
  );
  expect(refused.length).toBeLessThan(runs / 5 / 3);
});
