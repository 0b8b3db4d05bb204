/** Each interaction of fhir-consent.md §8 with each of its answers, at every base. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, entriesOf, idsOf, issuer, issuesOf } from '../protocols/fhir-api/api.ts';
import { consentR4 } from '../protocols/fhir-api/consents.ts';
import { anIdentifier, asToken, bases, file, locationOf, stateOf, statusOf, unknownId } from './rest.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

describe.each(bases)('fhir-consent.md §8 at $base', ({ base, version, consent, date }) => {
  const url = (path: string) => `${base}/Consent${path}`;
  const filed = (changes = {}) => file(api, consent('ann', changes), { base });
  const typed = `application/fhir+json; fhirVersion=${version}`;
  const since = (lastModified: string, seconds: number): Record<string, string> => ({
    'if-modified-since': new Date(Date.parse(lastModified) + seconds * 1000).toUTCString(),
  });

  describe('read', () => {
    it('200 with ETag and Last-Modified', async () => {
      const id = await filed();
      const answer = await api.call('GET', url(`/${id}`));
      expect([answer.status, answer.headers.get('etag'), answer.headers.get('content-type')]).toEqual([
        200,
        'W/"1"',
        typed,
      ]);
      expect(Date.parse(answer.headers.get('last-modified') ?? '')).toBe(
        Math.floor(Date.parse((answer.json['meta'] as { lastUpdated: string }).lastUpdated) / 1000) * 1000,
      );
    });

    it('404 to an unknown id', async () => {
      const answer = await api.call('GET', url(`/${unknownId}`));
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([404, 'not-found']);
    });

    it('410 once it is deleted', async () => {
      const id = await filed();
      await api.call('DELETE', url(`/${id}`));
      const answer = await api.call('GET', url(`/${id}`));
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([410, 'deleted']);
    });

    it('304 on If-None-Match of the current version, and 200 once there is another', async () => {
      const id = await filed();
      const headers = { 'if-none-match': 'W/"1"' };
      const known = await api.call('GET', url(`/${id}`), { headers });
      expect([known.status, known.text, known.headers.get('etag')]).toEqual([304, '', 'W/"1"']);
      const any = { 'if-none-match': '*' };
      expect(await statusOf(api.call('GET', url(`/${id}`), { headers: any }))).toBe(304);
      await api.call('PUT', url(`/${id}`), { body: consent('ann', { id }) });
      expect(await statusOf(api.call('GET', url(`/${id}`), { headers }))).toBe(200);
      const deleted = await filed();
      await api.call('DELETE', url(`/${deleted}`));
      expect(await statusOf(api.call('GET', url(`/${deleted}`), { headers: any }))).toBe(410);
    });

    it('304 on If-Modified-Since unless it changed since', async () => {
      const id = await filed();
      const read = (headers: Record<string, string>) => api.call('GET', url(`/${id}`), { headers });
      const at = (await read({})).headers.get('last-modified') ?? '';
      expect([(await read(since(at, 0))).status, (await read(since(at, 60))).status]).toEqual([304, 304]);
      api.later(120);
      await api.call('PUT', url(`/${id}`), { body: consent('ann', { id }) });
      expect((await read(since(at, 60))).status).toBe(200);
    });
  });

  describe('vread', () => {
    it('200 with the version as it was', async () => {
      const id = await filed();
      await api.call('PUT', url(`/${id}`), { body: consent('ann', { id, status: 'inactive' }) });
      const first = await api.call('GET', url(`/${id}/_history/1`));
      expect([first.status, first.headers.get('etag'), first.json['status']]).toEqual([
        200,
        'W/"1"',
        'active',
      ]);
      expect((await api.call('GET', url(`/${id}/_history/2`))).json['status']).toBe('inactive');
    });

    it('404 to a version there never was', async () => {
      const id = await filed();
      for (const number of ['2', '0', 'x', '01'])
        expect([number, await statusOf(api.call('GET', url(`/${id}/_history/${number}`)))]).toEqual([
          number,
          404,
        ]);
    });

    it('410 to the version that is a delete, and 200 to those before it', async () => {
      const id = await filed();
      await api.call('DELETE', url(`/${id}`));
      expect(await statusOf(api.call('GET', url(`/${id}/_history/2`)))).toBe(410);
      expect(await statusOf(api.call('GET', url(`/${id}/_history/1`)))).toBe(200);
    });
  });

  describe('create', () => {
    it('201 with Location and ETag', async () => {
      const answer = await api.call('POST', url(''), { body: consent('ann') });
      expect([answer.status, answer.headers.get('etag')]).toEqual([201, 'W/"1"']);
      expect(answer.headers.get('location')).toBe(locationOf(base, String(answer.json['id']), 1));
      const path = answer.headers.get('location')?.slice(issuer.length) ?? '';
      expect((await api.call('GET', path)).json).toEqual(answer.json);
    });

    it('ignores the id, versionId and lastUpdated of the client', async () => {
      const meta = { versionId: '7', lastUpdated: '2001-01-01T00:00:00Z' };
      const answer = await api.call('POST', url(''), { body: consent('ann', { id: 'mine', meta }) });
      expect(answer.json['id']).not.toBe('mine');
      expect(answer.json['meta']).toMatchObject({ versionId: '1' });
      expect((answer.json['meta'] as { lastUpdated: string }).lastUpdated).toMatch(/^2026-/);
    });

    it('400 to what cannot be parsed or has a wrong structure', async () => {
      for (const raw of ['{', JSON.stringify(consent('ann', { category: {} }))]) {
        const answer = await api.call('POST', url(''), { raw });
        expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([400, 'structure']);
      }
    });

    it('404 to a type that is not supported', async () => {
      const body = { resourceType: 'Observation', status: 'final' };
      const answer = await api.call('POST', `${base}/Observation`, { body });
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([404, 'not-supported']);
    });

    it('422 to what rules of ours refuse', async () => {
      const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><script/></div>' };
      const answer = await api.call('POST', url(''), { body: consent('ann', { text }) });
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([422, 'business-rule']);
    });
  });

  describe('update', () => {
    it('200 with the next version', async () => {
      const id = await filed();
      const body = consent('ann', { id, status: 'inactive' });
      const answer = await api.call('PUT', url(`/${id}`), { body });
      expect([answer.status, answer.headers.get('etag'), answer.json['status']]).toEqual([
        200,
        'W/"2"',
        'inactive',
      ]);
    });

    it('400 when the body has another id or none', async () => {
      const id = await filed();
      for (const other of [unknownId, undefined]) {
        const answer = await api.call('PUT', url(`/${id}`), { body: consent('ann', { id: other }) });
        expect([other, answer.status]).toEqual([other, 400]);
      }
      expect(await stateOf(api, url(`/${id}`))).toEqual(['1', 'active']);
    });

    it('405 to an id that the client chose', async () => {
      const answer = await api.call('PUT', url('/chosen'), { body: consent('ann', { id: 'chosen' }) });
      expect([answer.status, answer.headers.has('allow')]).toEqual([405, true]);
    });

    it('412 when If-Match names another version, 200 when it names the current one', async () => {
      const id = await filed();
      const put = (tag: string) =>
        api.call('PUT', url(`/${id}`), { body: consent('ann', { id }), headers: { 'if-match': tag } });
      const stale = await put('W/"2"');
      expect([stale.status, issuesOf(stale)[0]?.code]).toEqual([412, 'conflict']);
      expect((await put('W/"1"')).status).toBe(200);
      expect((await put('W/"1"')).status).toBe(412);
      expect((await put('*')).status).toBe(200);
    });

    it('409 or 200, and no version lost, for many writers without If-Match', async () => {
      const id = await filed();
      const put = () => api.call('PUT', url(`/${id}`), { body: consent('ann', { id }) });
      const statuses = (await Promise.all(Array.from({ length: 10 }, put))).map(({ status }) => status);
      const stored = statuses.filter((status) => status === 200).length;
      expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
      expect((await stateOf(api, url(`/${id}`)))[0]).toBe(String(stored + 1));
    });

    it('422 to what rules of ours refuse', async () => {
      const id = await filed();
      const answer = await api.call('PUT', url(`/${id}`), { body: consent('bob', { id }) });
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([422, 'business-rule']);
    });
  });

  describe('delete', () => {
    it('204, and 204 again', async () => {
      const id = await filed();
      const answers = [
        await api.call('DELETE', url(`/${id}`)),
        await api.call('DELETE', url(`/${id}`)),
        await api.call('DELETE', url(`/${unknownId}`)),
      ];
      expect(answers.map(({ status, text }) => [status, text])).toEqual(Array(3).fill([204, '']));
      const history = await api.call('GET', url(`/${id}/_history`));
      expect(history.json['total']).toBe(2);
    });

    it('takes it out of every search, and keeps its versions', async () => {
      const identifier = anIdentifier();
      const id = await filed({ identifier: [identifier] });
      await api.call('DELETE', url(`/${id}`));
      for (const query of [`_id=${id}`, `identifier=${asToken(identifier)}`])
        expect((await api.call('GET', url(`?${query}`))).json['total']).toBe(0);
      expect(await statusOf(api.call('GET', url(`/${id}/_history/1`)))).toBe(200);
    });

    it('ends it: neither update nor patch brings it back', async () => {
      const id = await filed();
      await api.call('DELETE', url(`/${id}`));
      expect(await statusOf(api.call('PUT', url(`/${id}`), { body: consent('ann', { id }) }))).toBe(405);
      const body = [{ op: 'replace', path: '/status', value: 'draft' }];
      expect(await statusOf(api.call('PATCH', url(`/${id}`), { body }))).toBe(410);
    });

    it('412 when If-Match names another version', async () => {
      const id = await filed();
      const remove = (tag: string) => api.call('DELETE', url(`/${id}`), { headers: { 'if-match': tag } });
      expect((await remove('W/"2"')).status).toBe(412);
      expect(await stateOf(api, url(`/${id}`))).toEqual(['1', 'active']);
      expect((await remove('W/"1"')).status).toBe(204);
    });
  });

  describe('search', () => {
    it('200 with a searchset, also when it is empty', async () => {
      const none = await api.call('GET', url(`?_id=${unknownId}`));
      expect([none.status, none.json['type'], none.json['total'], none.json['entry']]).toEqual([
        200,
        'searchset',
        0,
        undefined,
      ]);
    });

    it('POST _search takes parameters from the form and from the address together', async () => {
      const identifier = anIdentifier();
      const id = await filed({ identifier: [identifier], [date]: '2026-05-01' });
      await filed({ identifier: [identifier], [date]: '2025-05-01' });
      const form = (query: string, raw: string) =>
        api.call('POST', url(`/_search${query}`), {
          raw,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        });
      const token = encodeURIComponent(asToken(identifier));
      expect(idsOf(await form('', `identifier=${token}&date=2026`))).toEqual([id]);
      expect(idsOf(await form('?date=2026', `identifier=${token}`))).toEqual([id]);
      expect(idsOf(await form(`?date=2026&identifier=${token}`, ''))).toEqual([id]);
      expect(await statusOf(api.call('POST', url('/_search'), { raw: '{}' }))).toBe(415);
    });

    it('GET Patient/[id]/Consent finds what is in the compartment of that patient', async () => {
      const identifier = anIdentifier();
      const id = await filed({ identifier: [identifier] });
      await file(api, consent('bob', { identifier: [identifier] }), { base });
      const found = (patient: string, more = '') =>
        api.call('GET', `${base}/Patient/${patient}/Consent?identifier=${asToken(identifier)}${more}`);
      expect(idsOf(await found('ann'))).toEqual([id]);
      expect(entriesOf(await found('ann'))[0]?.fullUrl).toBe(`${issuer}${base}/Consent/${id}`);
      expect((await found('ann', '&patient=bob')).json['total']).toBe(0);
      expect((await found('nobody')).json['total']).toBe(0);
      expect((await found('ann', '&_count=0')).json['total']).toBe(1);
      expect(await statusOf(api.call('GET', `${base}/Patient/ann/Consent?status:exact=active`))).toBe(400);
    });

    it('400 to a value that cannot be one', async () => {
      for (const query of ['date=soon', '_lastUpdated=x', '_count=x', '_summary=yes'])
        expect([query, await statusOf(api.call('GET', url(`?${query}`)))]).toEqual([query, 400]);
    });

    it('403 without the scope', async () => {
      expect(await statusOf(api.call('GET', `${base}/Organization`, { as: 'reader' }))).toBe(403);
    });
  });
});

describe('fhir-consent.md §8 what is not there', () => {
  it.each([
    ['batch / transaction', 'POST', '/fhir/R4'],
    ['history of the system', 'GET', '/fhir/R4/_history'],
    ['search of the system', 'GET', '/fhir/R4?_type=Consent'],
  ])('%s is not advertised, and not served', async (_, method, path) => {
    const sent = method === 'POST' ? { body: { resourceType: 'Bundle', type: 'batch' } } : {};
    expect(await statusOf(api.call(method, path, sent))).toBe(404);
    const { json } = await api.call('GET', '/fhir/R4/metadata', { as: null });
    expect((json['rest'] as { interaction?: unknown }[])[0]?.interaction).toBeUndefined();
  });

  it('a consent of R4 is withdrawn by an update to `inactive`', async () => {
    const id = await file(api, consentR4('ann'), { as: 'ann' });
    const body = consentR4('ann', { id, status: 'inactive' });
    expect(await statusOf(api.call('PUT', `/fhir/R4/Consent/${id}`, { as: 'ann', body }))).toBe(200);
  });
});
