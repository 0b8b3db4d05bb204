/** Each conditional interaction of fhir-consent.md §8 with each of its answers, at every base. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, issuesOf } from '../protocols/fhir-api/api.ts';
import { anIdentifier, asToken, bases, file, locationOf, stateOf, statusOf, unknownId } from './rest.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

describe.each(bases)('fhir-consent.md §8 at $base', ({ base, version, consent }) => {
  const url = (path: string) => `${base}/Consent${path}`;
  const filed = (changes = {}) => file(api, consent('ann', changes), { base });

  describe('conditional create', () => {
    const post = (criteria: string, body = consent('ann')) =>
      api.call('POST', url(''), { body, headers: { 'if-none-exist': criteria } });

    it('no match: 201', async () => {
      const answer = await post(`identifier=${asToken(anIdentifier())}`);
      expect([answer.status, answer.headers.get('etag')]).toEqual([201, 'W/"1"']);
    });

    it('one match: 200, and nothing changes', async () => {
      const identifier = anIdentifier();
      const id = await filed({ identifier: [identifier] });
      const other = consent('ann', { identifier: [identifier], status: 'inactive' });
      const answer = await post(`Consent?identifier=${asToken(identifier)}`, other);
      expect([answer.status, answer.json['id'], answer.json['status']]).toEqual([200, id, 'active']);
      expect(await stateOf(api, url(`/${id}`))).toEqual(['1', 'active']);
      const found = await api.call('GET', url(`?identifier=${asToken(identifier)}`));
      expect(found.json['total']).toBe(1);
    });

    it('more than one match: 412', async () => {
      const identifier = [anIdentifier()];
      await filed({ identifier });
      await filed({ identifier });
      const answer = await post(`identifier=${asToken(identifier[0] ?? anIdentifier())}`);
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([412, 'multiple-matches']);
      const found = await api.call('GET', url(`?identifier=${asToken(identifier[0] ?? anIdentifier())}`));
      expect(found.json['total']).toBe(2);
    });

    it('ten at once under one condition make one', async () => {
      const identifier = anIdentifier();
      const body = consent('ann', { identifier: [identifier] });
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => post(`identifier=${asToken(identifier)}`, body)),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(9).fill(200), 201]);
      expect(new Set(answers.map(({ json }) => json['id'])).size).toBe(1);
    });

    it('is read strictly: what is not understood, or selects nothing, is refused', async () => {
      expect((await post('unknown=1')).status).toBe(400);
      expect((await post('status:exact=active')).status).toBe(400);
      for (const empty of ['', 'Consent?', '_count=1', 'status='])
        expect([empty, (await post(empty)).status]).toEqual([empty, 412]);
    });
  });

  describe('conditional update', () => {
    const put = (criteria: string, body: unknown, headers = {}) =>
      api.call('PUT', url(`?${criteria}`), { body, headers });

    it('no match: 201', async () => {
      const identifier = anIdentifier();
      const answer = await put(
        `identifier=${asToken(identifier)}`,
        consent('ann', { identifier: [identifier] }),
      );
      expect(answer.status).toBe(201);
      expect(answer.headers.get('location')).toBe(locationOf(base, String(answer.json['id']), 1));
    });

    it('no match, and an id that the client chose: refused', async () => {
      const answer = await put(`identifier=${asToken(anIdentifier())}`, consent('ann', { id: 'chosen' }));
      expect(answer.status).toBe(405);
    });

    it('one match: 200 with its next version', async () => {
      const identifier = anIdentifier();
      const id = await filed({ identifier: [identifier] });
      const body = consent('ann', { identifier: [identifier], status: 'inactive' });
      const answer = await put(`identifier=${asToken(identifier)}`, body);
      expect([answer.status, answer.json['id'], answer.headers.get('etag')]).toEqual([200, id, 'W/"2"']);
      const named = await put(`identifier=${asToken(identifier)}`, { ...body, id });
      expect([named.status, named.headers.get('etag')]).toEqual([200, 'W/"3"']);
    });

    it('one match, and If-Match of another version: 412', async () => {
      const identifier = anIdentifier();
      await filed({ identifier: [identifier] });
      const body = consent('ann', { identifier: [identifier] });
      const answer = await put(`identifier=${asToken(identifier)}`, body, { 'if-match': 'W/"9"' });
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([412, 'conflict']);
    });

    it('more than one match: 412', async () => {
      const identifier = anIdentifier();
      const ids = [await filed({ identifier: [identifier] }), await filed({ identifier: [identifier] })];
      const answer = await put(`identifier=${asToken(identifier)}`, consent('ann', { status: 'inactive' }));
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([412, 'multiple-matches']);
      for (const id of ids) expect(await stateOf(api, url(`/${id}`))).toEqual(['1', 'active']);
    });

    it('body with another id than the match: 400 (in R5 possibly 409)', async () => {
      const identifier = anIdentifier();
      const id = await filed({ identifier: [identifier] });
      const answer = await put(`identifier=${asToken(identifier)}`, consent('ann', { id: unknownId }));
      expect(version === '5.0' ? [400, 409] : [400]).toContain(answer.status);
      expect(await stateOf(api, url(`/${id}`))).toEqual(['1', 'active']);
    });

    it('is read strictly: what is not understood, or selects nothing, is refused', async () => {
      expect((await put('unknown=1', consent('ann'))).status).toBe(400);
      expect((await put('', consent('ann'))).status).toBe(412);
      expect((await put('_format=json', consent('ann'))).status).toBe(412);
    });
  });

  describe('conditional patch', () => {
    const patch = (criteria: string) =>
      api.call('PATCH', url(`?${criteria}`), {
        body: [{ op: 'replace', path: '/status', value: 'inactive' }],
      });

    it('no match: 404', async () => {
      expect((await patch(`identifier=${asToken(anIdentifier())}`)).status).toBe(404);
    });

    it('one match: 200', async () => {
      const identifier = anIdentifier();
      const id = await filed({ identifier: [identifier] });
      const answer = await patch(`identifier=${asToken(identifier)}`);
      expect([answer.status, answer.json['id'], answer.json['status']]).toEqual([200, id, 'inactive']);
      expect(await stateOf(api, url(`/${id}`))).toEqual(['2', 'inactive']);
    });

    it('more than one match: 412', async () => {
      const identifier = anIdentifier();
      const ids = [await filed({ identifier: [identifier] }), await filed({ identifier: [identifier] })];
      const answer = await patch(`identifier=${asToken(identifier)}`);
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([412, 'multiple-matches']);
      for (const id of ids) expect(await stateOf(api, url(`/${id}`))).toEqual(['1', 'active']);
      expect((await patch('')).status).toBe(412);
    });
  });

  describe('conditional delete', () => {
    const remove = (criteria: string) => api.call('DELETE', url(`?${criteria}`));

    it('204 when none matches, 204 and gone when one does', async () => {
      const identifier = anIdentifier();
      expect((await remove(`identifier=${asToken(identifier)}`)).status).toBe(204);
      const id = await filed({ identifier: [identifier] });
      expect((await remove(`identifier=${asToken(identifier)}`)).status).toBe(204);
      expect(await statusOf(api.call('GET', url(`/${id}`)))).toBe(410);
    });

    it('412 when more than one matches, and nothing is deleted (`multiple` is not advertised)', async () => {
      const identifier = anIdentifier();
      const ids = [await filed({ identifier: [identifier] }), await filed({ identifier: [identifier] })];
      const answer = await remove(`identifier=${asToken(identifier)}`);
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([412, 'multiple-matches']);
      for (const id of ids) expect(await statusOf(api.call('GET', url(`/${id}`)))).toBe(200);
    });

    it('is read strictly: what is not understood, or selects nothing, is refused', async () => {
      const before = (await api.call('GET', url('?_summary=count'))).json['total'];
      expect((await remove('unknown=1')).status).toBe(400);
      for (const empty of ['', '_count=1', '_sort=date'])
        expect([empty, (await remove(empty)).status]).toEqual([empty, 412]);
      expect((await api.call('GET', url('?_summary=count'))).json['total']).toBe(before);
    });
  });
});
