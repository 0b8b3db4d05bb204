/** History of an instance and of a type (fhir-consent.md §8), at every base. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Api, anApi, idsOf, issuer, issuesOf, linkOf } from '../protocols/fhir-api/api.ts';
import { bases, file, statusOf, subsetted, unknownId } from './rest.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

type Entry = {
  readonly fullUrl: string;
  readonly resource?: {
    readonly id: string;
    readonly status: string;
    readonly meta: { versionId: string; lastUpdated: string };
  };
  readonly request: { readonly method: string; readonly url: string };
  readonly response: { readonly status: string; readonly etag: string; readonly lastModified: string };
};
const entries = ({ json }: Answer) => (json['entry'] ?? []) as readonly Entry[];
const etags = (answer: Answer) => entries(answer).map(({ response }) => response.etag);

describe.each(bases)('fhir-consent.md §8 history at $base', ({ base, consent }) => {
  const url = (path: string) => `${base}/Consent${path}`;
  const get = (path: string) => api.call('GET', url(path));

  it('_sort says from which end, on every page', async () => {
    const { id } = await story();
    expect(etags(await get(`/${id}/_history?_sort=_lastUpdated`))).toEqual(['W/"1"', 'W/"2"', 'W/"3"']);
    expect(etags(await get(`/${id}/_history?_sort=-_lastUpdated`))).toEqual(['W/"3"', 'W/"2"', 'W/"1"']);
    expect(etags(await get(`/${id}/_history?_sort=none`))).toHaveLength(3);
    const first = await get(`/${id}/_history?_sort=_lastUpdated&_count=2`);
    const next = await api.call('GET', linkOf(first, 'next') ?? '');
    expect([etags(first), etags(next)]).toEqual([['W/"1"', 'W/"2"'], ['W/"3"']]);
    expect((await get(`/${id}/_history?_sort=status`)).status).toBe(400);
  });

  /** Three versions a minute apart, the last of which is a delete. */
  const story = async () => {
    const id = await file(api, consent('ann'), { base });
    const first = (await get(`/${id}`)).json['meta'] as { lastUpdated: string };
    api.later(60);
    await api.call('PUT', url(`/${id}`), { body: consent('ann', { id, status: 'inactive' }) });
    const second = (await get(`/${id}`)).json['meta'] as { lastUpdated: string };
    api.later(60);
    await api.call('DELETE', url(`/${id}`));
    api.later(60);
    return { id, first: first.lastUpdated, second: second.lastUpdated };
  };

  it('of an instance: newest first, every entry with request and response, a delete as an entry', async () => {
    const { id } = await story();
    const answer = await get(`/${id}/_history`);
    expect(answer.json).toMatchObject({ resourceType: 'Bundle', type: 'history', total: 3 });
    expect(entries(answer)).toMatchObject([
      { request: { method: 'DELETE', url: `Consent/${id}` }, response: { status: '204', etag: 'W/"3"' } },
      {
        resource: { id, status: 'inactive', meta: { versionId: '2' } },
        request: { method: 'PUT', url: `Consent/${id}` },
        response: { status: '200', etag: 'W/"2"' },
      },
      {
        resource: { id, status: 'active', meta: { versionId: '1' } },
        request: { method: 'POST', url: 'Consent' },
        response: { status: '201', etag: 'W/"1"' },
      },
    ]);
    expect(entries(answer)[0]).not.toHaveProperty('resource');
    for (const { fullUrl, response, resource } of entries(answer)) {
      expect(fullUrl).toBe(`${issuer}${url(`/${id}`)}`);
      if (resource) expect(response.lastModified).toBe(resource.meta.lastUpdated);
    }
  });

  it('of an unknown instance: 404, whatever else is asked', async () => {
    for (const query of [
      '',
      '?_count=5',
      '?_since=2020-01-01T00:00:00Z',
      '?_at=2026',
      '?_count=0',
      '?_summary=count',
    ]) {
      const answer = await get(`/${unknownId}/_history${query}`);
      expect([query, answer.status, issuesOf(answer)?.[0]?.code]).toEqual([query, 404, 'not-found']);
    }
  });

  it('_since: versions stored then or later; none is an empty Bundle', async () => {
    const { id, second } = await story();
    expect(etags(await get(`/${id}/_history?_since=${second}`))).toEqual(['W/"3"', 'W/"2"']);
    const none = await get(`/${id}/_history?_since=2030-01-01T00:00:00Z`);
    expect([none.status, none.json['total'], entries(none)]).toEqual([200, 0, []]);
    expect(await statusOf(get(`/${id}/_history?_since=yesterday`))).toBe(400);
  });

  it('_at: versions that were current then', async () => {
    const { id, first, second } = await story();
    const between = new Date(Date.parse(first) + 30_000).toISOString();
    expect(etags(await get(`/${id}/_history?_at=${between}`))).toEqual(['W/"1"']);
    expect(
      etags(await get(`/${id}/_history?_at=${new Date(Date.parse(second) + 30_000).toISOString()}`)),
    ).toEqual(['W/"2"']);
    expect(etags(await get(`/${id}/_history?_at=2026`))).toHaveLength(3);
    expect(etags(await get(`/${id}/_history?_at=2020`))).toEqual([]);
    expect(await statusOf(get(`/${id}/_history?_at=soon`))).toBe(400);
  });

  it('_count, and links through all pages', async () => {
    const { id } = await story();
    const seen: string[] = [];
    for (let path = `${url(`/${id}`)}/_history?_count=1`; path; ) {
      const answer = await api.call('GET', path);
      expect([answer.status, answer.json['total'], entries(answer).length]).toEqual([200, 3, 1]);
      seen.push(...etags(answer));
      path = linkOf(answer, 'next') ?? '';
    }
    expect(seen).toEqual(['W/"3"', 'W/"2"', 'W/"1"']);
    expect((await get(`/${id}/_history?_count=0`)).json).toMatchObject({ total: 3 });
  });

  it('links of a history are bound to the caller and to the resource', async () => {
    const [{ id }, { id: other }] = [await story(), await story()];
    const next = linkOf(await get(`/${id}/_history?_count=1`), 'next') ?? '';
    expect(await statusOf(api.call('GET', next, { as: 'scanner' }))).toBe(400);
    expect(await statusOf(api.call('GET', next.replace(id, other)))).toBe(400);
    expect(await statusOf(api.call('GET', `${next}&_since=2020-01-01T00:00:00Z`))).toBe(400);
  });

  it('of the type: versions of all, newest first, deletes among them', async () => {
    const since = (await story()).second;
    const a = await file(api, consent('ann'), { base });
    api.later(60);
    const b = await file(api, consent('bob'), { base });
    api.later(60);
    await api.call('DELETE', url(`/${a}`));
    const answer = await get(`/_history?_since=${since}`);
    expect(answer.json['type']).toBe('history');
    expect(
      entries(answer)
        .slice(0, 3)
        .map(({ fullUrl, request }) => [request.method, fullUrl.split('/').at(-1)]),
    ).toEqual([
      ['DELETE', a],
      ['POST', b],
      ['POST', a],
    ]);
    expect(entries(answer)).toHaveLength(Number(answer.json['total']));
    expect(await statusOf(get('/_history?unknown=1'))).toBe(200);
    const strict = api.call('GET', url('/_history?unknown=1'), { headers: { prefer: 'handling=strict' } });
    expect(await statusOf(strict)).toBe(400);
  });

  it('of the type is narrowed to the reach of the caller', async () => {
    const [own, others] = [
      await file(api, consent('ann'), { base }),
      await file(api, consent('bob'), { base }),
    ];
    await api.call('DELETE', url(`/${own}`));
    await api.call('DELETE', url(`/${others}`));
    const answer = await api.call('GET', url('/_history?_count=200'), { as: 'ann' });
    const seen = entries(answer).map(({ fullUrl }) => fullUrl.split('/').at(-1));
    expect(seen).toContain(own);
    expect(seen).not.toContain(others);
    for (const { resource } of entries(answer))
      expect(JSON.stringify(resource ?? {})).not.toContain('Patient/bob');
    expect(answer.json['total']).toBe(entries(answer).length);
  });

  it('of a deleted resource is shown to whoever could read it: 200, to others 404', async () => {
    const { id } = await story();
    expect(await statusOf(api.call('GET', url(`/${id}/_history`), { as: 'ann' }))).toBe(200);
    const [hidden, missing] = [
      await api.call('GET', url(`/${id}/_history`), { as: 'bob' }),
      await api.call('GET', url(`/${unknownId}/_history`), { as: 'bob' }),
    ];
    expect([hidden.status, hidden.text]).toEqual([404, missing.text]);
  });

  it('keeps its shape from page to page', async () => {
    const { id } = await story();
    const seen: Entry[] = [];
    for (let path = `${url(`/${id}`)}/_history?_count=1&_elements=status`; path; ) {
      const answer = await api.call('GET', path);
      seen.push(...entries(answer));
      path = linkOf(answer, 'next') ?? '';
    }
    expect(seen.flatMap(({ resource }) => resource ?? []).map(({ meta }) => meta)).toMatchObject([
      { versionId: '2', tag: [subsetted] },
      { versionId: '1', tag: [subsetted] },
    ]);
  });

  it('is shaped by _summary and _elements like a search', async () => {
    const { id } = await story();
    const answer = await get(`/${id}/_history?_elements=status`);
    for (const { resource } of entries(answer))
      if (resource) expect(resource.meta).toMatchObject({ tag: [subsetted] });
    expect(
      idsOf({ ...answer, json: { entry: entries(answer).filter(({ resource }) => resource) } as never }),
    ).toEqual([id, id]);
  });
});
