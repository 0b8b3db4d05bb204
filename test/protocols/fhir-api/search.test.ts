/** Searching consents (fhir-consent.md §7, §8). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, idsOf, issuer, issuesOf, linkOf, start } from './api.ts';
import { consentR4 } from './consents.ts';

let api: Api;
const ids: Record<string, string> = {};

beforeAll(async () => {
  api = await anApi();
  const file = async (name: string, body: unknown) => {
    ids[name] = String((await api.call('POST', '/fhir/R4/Consent', { body })).json['id']);
    api.later(1);
  };
  await file('annActive', consentR4('ann', { identifier: [{ system: 'urn:x', value: 'a,1' }] }));
  await file('annInactive', consentR4('ann', { status: 'inactive', identifier: [{ value: 'bare' }] }));
  await file('bobActive', consentR4('bob'));
});
afterAll(() => api.close());

const search = (query: string, headers: Record<string, string> = {}) =>
  api.call('GET', `/fhir/R4/Consent?${query}`, { headers });
const found = async (query: string) =>
  idsOf(await search(query)).map((id) => Object.keys(ids).find((name) => ids[name] === id));

describe('search by GET', () => {
  it('answers a searchset, also when nothing matches', async () => {
    const answer = await search('patient=nobody');
    expect(answer.json).toEqual({
      resourceType: 'Bundle',
      type: 'searchset',
      total: 0,
      link: [
        { relation: 'self', url: `${issuer}/fhir/R4/Consent?patient=nobody` },
        { relation: 'first', url: `${issuer}/fhir/R4/Consent?patient=nobody` },
      ],
    });
    const hit = await search(`_id=${ids['bobActive']}`);
    expect(hit.json).toMatchObject({
      total: 1,
      entry: [
        {
          fullUrl: `${issuer}/fhir/R4/Consent/${ids['bobActive']}`,
          search: { mode: 'match' },
          resource: { status: 'active' },
        },
      ],
    });
  });

  it.each([
    ['patient=ann', ['annActive', 'annInactive']],
    ['patient=Patient/ann', ['annActive', 'annInactive']],
    [`patient=${issuer}/fhir/R5/Patient/ann`, ['annActive', 'annInactive']],
    ['patient=https://elsewhere.example/Patient/ann', []],
    ['patient=Practitioner/ann', []],
    ['patient=ann,bob&status=active', ['annActive', 'bobActive']],
    ['patient=ann&patient=bob', []],
    ['status=inactive', ['annInactive']],
    ['status=http://hl7.org/fhir/consent-state-codes|inactive', ['annInactive']],
    ['status=urn:other|inactive', []],
    ['identifier=urn:x|a%5C,1', ['annActive']],
    ['identifier=a%5C,1', ['annActive']],
    ['identifier=|bare', ['annInactive']],
    ['identifier=urn:x|bare', []],
    ['identifier=bare,a%5C,1', ['annActive', 'annInactive']],
    ['_lastUpdated=ge2020', ['annActive', 'annInactive', 'bobActive']],
    ['patient=', ['annActive', 'annInactive', 'bobActive']],
  ])('%s finds %j', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it('finds by _id, several at once', async () => {
    expect(await found(`_id=${ids['annActive']},${ids['bobActive']},unknown`)).toEqual([
      'annActive',
      'bobActive',
    ]);
  });

  it('answers _summary=count and _count=0 with the total alone', async () => {
    for (const query of ['patient=ann&_summary=count', 'patient=ann&_count=0']) {
      const { json } = await search(query);
      expect([json['total'], json['entry']]).toEqual([2, undefined]);
    }
  });

  it('pages so that following next shows each match once', async () => {
    const seen: unknown[] = [];
    let path: string | undefined = '/fhir/R4/Consent?_count=1&status=active,inactive';
    while (path) {
      const answer = await api.call('GET', path);
      expect(answer.json['total']).toBe(3);
      seen.push(...idsOf(answer));
      path = linkOf(answer, 'next');
    }
    expect(seen).toEqual(Object.values(ids));
  });

  it('pages back to where it came from, by links that say nothing of the search', async () => {
    const first = await search('_count=1&patient=ann');
    const next = linkOf(first, 'next') ?? '';
    expect(next).toMatch(/^\/fhir\/R4\/Consent\?_page=[\w-]+$/);
    const second = await api.call('GET', next);
    expect(linkOf(second, 'next')).toBeUndefined();
    expect(linkOf(second, 'first')).toBe(linkOf(first, 'self'));
    expect(idsOf(await api.call('GET', linkOf(second, 'previous') ?? ''))).toEqual(idsOf(first));
    expect(linkOf(first, 'previous')).toBeUndefined();
  });

  it('lists in the self link what it used and nothing else (lenient)', async () => {
    const answer = await search('foo=1&status=active&_sort=-date&_format=json');
    expect(answer.status).toBe(200);
    expect(linkOf(answer, 'self')).toBe('/fhir/R4/Consent?status=active&_sort=-date');
    const uncounted = await search('_count=&_page=&_summary=&status=active');
    expect([uncounted.status, linkOf(uncounted, 'self')]).toEqual([200, '/fhir/R4/Consent?status=active']);
  });

  it('refuses what it does not know when asked to be strict', async () => {
    const answer = await search('foo=1', { prefer: 'handling=strict' });
    expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([400, 'not-supported']);
    expect((await search('status=active', { prefer: 'handling=strict' })).status).toBe(200);
  });

  it('refuses an unknown modifier or chain always: ignored, they would widen the answer', async () => {
    for (const query of ['status:exact=active', 'patient:not=ann', 'patient.name=x', 'actor.name=x']) {
      expect([query, (await search(query)).status]).toEqual([query, 400]);
    }
  });

  it.each(['_count=1&_count=2', '_page=1&_page=2', '_summary=count&_summary=false'])(
    'refuses %s, which says two things',
    async (query) => {
      const answer = await search(query);
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([400, 'value']);
    },
  );

  it.each(['_count=-1', '_count=x', '_page=0', '_page=1000001', 'status=%00', 'identifier=', '_count=1e3'])(
    'never fails on %s',
    async (query) => {
      expect((await search(query)).status).toBe(query === 'identifier=' ? 200 : 400);
    },
  );
});

it('shows two hundred at once at most', async () => {
  for (let n = 0; n < 201; n++) {
    await api.resources.create({
      type: 'Consent',
      id: `many-${n}`,
      fhirVersion: '4.0',
      patient: 'many',
      status: 'draft',
      index: { entries: [], dates: [] },
      text: '{"resourceType":"Consent","status":"draft"}',
      at: start,
      filedBy: 'import',
    });
  }
  const answer = await search('patient=many&_count=1000');
  expect([idsOf(answer).length, answer.json['total']]).toEqual([200, 201]);
  const next = await api.call('GET', linkOf(answer, 'next') ?? '');
  expect(idsOf(next)).toHaveLength(1);
  expect(linkOf(next, 'next')).toBeUndefined();
});
