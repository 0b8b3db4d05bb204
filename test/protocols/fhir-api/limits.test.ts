/** What one request may ask for: the work behind it and the answer to it stay within bounds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, entriesOf, idsOf, issuesOf, linkOf } from './api.ts';
import { consentR4, consentR5 } from './consents.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

describe('an answer', () => {
  const heavy = 'x'.repeat(900_000);

  it('is cut where it becomes too heavy, and goes on with the next page; includes likewise', async () => {
    const target = consentR4('heavy', { language: 'en' });
    const { id } = (await api.call('POST', '/fhir/R4/Consent', { body: target })).json;
    const data = [{ meaning: 'instance', reference: { reference: `Consent/${id}` } }];
    const provision = { type: 'deny', data };
    for (let n = 0; n < 12; n++) {
      const policyRule = { text: heavy };
      await api.call('POST', '/fhir/R4/Consent', { body: consentR4('heavy', { provision, policyRule }) });
    }
    const seen: unknown[] = [];
    let pages = 0;
    let path: string | undefined = '/fhir/R4/Consent?patient=heavy';
    while (path) {
      const page = await api.call('GET', path);
      expect(page.text.length).toBeLessThan(11_000_000);
      expect(page.json['total']).toBe(13);
      seen.push(...idsOf(page));
      pages++;
      path = linkOf(page, 'next');
    }
    expect([new Set(seen).size, seen.length, pages]).toEqual([13, 13, 2]);
    const along = await api.call('GET', `/fhir/R4/Consent?_id=${id}&_revinclude=Consent:data`);
    expect(entriesOf(along).length).toBeLessThan(12);
    expect(entriesOf(along).length).toBeGreaterThan(5);
    const history = await api.call('GET', '/fhir/R4/Consent/_history');
    expect(history.text.length).toBeLessThan(11_000_000);
    expect(linkOf(history, 'next')).toBeDefined();
  });
});

describe('includes', () => {
  it('count once, however often they are written', async () => {
    const repeated = '_include=Consent:patient&'.repeat(300);
    expect((await api.call('GET', `/fhir/R4/Consent?${repeated}`)).status).toBe(200);
  });

  it('of more than ten kinds are too much', async () => {
    const names = 'actor consentor data organization patient source-reference provision-actor *'.split(' ');
    const paths = [...names, 'actor:Organization', 'actor:Patient', 'actor:Group', 'actor:Device'];
    const query = paths.map((path) => `_include=Consent:${path}`).join('&');
    const answer = await api.call('GET', `/fhir/R4/Consent?${query}`);
    expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([400, 'too-costly']);
  });
});

it('a search is as long as the record of it, however it is encoded', async () => {
  const form = `x=${'%61'.repeat(2800)}&patient=bob&status=active`;
  const answer = await api.call('POST', '/fhir/R4/Consent/_search', {
    raw: form,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([413, 'too-long']);
});

it('a page link goes on in the version it was made for', async () => {
  const controller = [{ reference: 'Organization/keeper' }];
  for (let n = 0; n < 3; n++)
    await api.call('POST', '/fhir/R5/Consent', { body: consentR5('paged', { controller }) });
  const headers = { accept: 'application/fhir+json; fhirVersion=5.0' };
  const first = await api.call('GET', '/fhir/Consent?controller=Organization/keeper&_count=2', { headers });
  const next = await api.call('GET', linkOf(first, 'next') ?? '');
  expect([first.json['total'], next.json['total'], entriesOf(next).length]).toEqual([3, 3, 1]);
  expect(next.headers.get('content-type')).toContain('fhirVersion=5.0');
  const last = await api.call('GET', linkOf(first, 'last') ?? '');
  expect([entriesOf(last).length, linkOf(last, 'next')]).toEqual([2, undefined]);
});
