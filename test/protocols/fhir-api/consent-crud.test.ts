/** Filing, reading and amending consents over REST (fhir-consent.md §8). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, entriesOf, issuer, issuesOf } from './api.ts';
import { consentR4, consentR5 } from './consents.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const file = async (body: unknown, base = '/fhir/R4', as: 'clinic' | 'ann' | 'bob' = 'clinic') => {
  const answer = await api.call('POST', `${base}/Consent`, { as, body });
  expect(answer.status, answer.text).toBe(201);
  return { answer, id: String(answer.json['id']) };
};

describe('create (fhir-consent.md §8)', () => {
  it('answers 201 with Location, ETag, Last-Modified and the resource as stored', async () => {
    const { answer, id } = await file(consentR4('ann'));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(answer.headers.get('location')).toBe(`${issuer}/fhir/R4/Consent/${id}/_history/1`);
    expect(answer.headers.get('etag')).toBe('W/"1"');
    expect(answer.headers.get('last-modified')).toBe('Thu, 01 Oct 2026 10:00:00 GMT');
    expect(answer.headers.get('content-type')).toBe('application/fhir+json; fhirVersion=4.0');
    const meta = { versionId: '1', lastUpdated: '2026-10-01T10:00:00.000Z' };
    expect(answer.json).toEqual({ ...consentR4('ann'), id, meta });
  });

  it('ignores the id, version and time that a client sends, and keeps the rest of meta', async () => {
    const meta = { versionId: '9', lastUpdated: '2001-01-01T00:00:00Z', tag: [{ code: 'mine' }] };
    const { answer, id } = await file(consentR4('ann', { id: 'chosen', meta }));
    expect(id).not.toBe('chosen');
    expect(answer.json['meta']).toEqual({
      versionId: '1',
      lastUpdated: '2026-10-01T10:00:00.000Z',
      tag: [{ code: 'mine' }],
    });
  });

  it('reads back what was filed, members in their order', async () => {
    const body = JSON.parse(
      JSON.stringify(consentR4('ann')).replace('{"resourceType"', '{"language":"en","resourceType"'),
    );
    const { id } = await file(body);
    const { json } = await api.call('GET', `/fhir/R4/Consent/${id}`);
    const { resourceType: _, id: __, meta: ___, ...rest } = json;
    const { resourceType: ____, ...sent } = body;
    expect(JSON.stringify(rest)).toBe(JSON.stringify(sent));
  });

  it('takes R5 at its base', async () => {
    const { answer, id } = await file(consentR5('ann'), '/fhir/R5');
    expect(answer.headers.get('content-type')).toBe('application/fhir+json; fhirVersion=5.0');
    expect((await api.call('GET', `/fhir/R5/Consent/${id}`)).json).toMatchObject({ decision: 'deny' });
  });

  it('answers as the client prefers (Prefer: return)', async () => {
    const body = consentR4('ann', { provision: { type: 'deny', provision: [{ type: 'deny' }] } });
    const minimal = await api.call('POST', '/fhir/R4/Consent', {
      body,
      headers: { prefer: 'return=minimal' },
    });
    expect([minimal.status, minimal.text]).toEqual([201, '']);
    expect(minimal.headers.get('location')).toContain('/_history/1');
    const outcome = await api.call('POST', '/fhir/R4/Consent', {
      body,
      headers: { prefer: 'return=OperationOutcome' },
    });
    expect(outcome.json).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [
        { severity: 'information' },
        { severity: 'warning', expression: ['Consent.text'] },
        { severity: 'warning', expression: ['Consent.provision.provision[0].type'] },
      ],
    });
  });

  it('takes the patient by identifier when the directory knows one (PCF)', async () => {
    const identifier = { system: 'urn:mrn', value: 'a|1' };
    const patient = await api.call('POST', '/fhir/R4/Patient', {
      body: { resourceType: 'Patient', identifier: [identifier] },
    });
    const { id } = await file(consentR4('ann', { patient: { identifier } }));
    const found = await api.call('GET', `/fhir/R4/Consent?patient=${patient.json['id']}`);
    expect(entriesOf(found).map(({ resource }) => resource['id'])).toEqual([id]);
  });
});

describe('read and vread (fhir-consent.md §8)', () => {
  it('answers 304 to a client that has the version (If-None-Match, If-Modified-Since)', async () => {
    const { id } = await file(consentR4('ann'));
    const read = (headers: Record<string, string>) => api.call('GET', `/fhir/R4/Consent/${id}`, { headers });
    expect([
      (await read({ 'if-none-match': 'W/"1"' })).status,
      (await read({ 'if-none-match': '"7", "1"' })).status,
    ]).toEqual([304, 304]);
    expect((await read({ 'if-none-match': 'W/"2"' })).status).toBe(200);
    expect((await read({ 'if-modified-since': 'Thu, 01 Oct 2026 10:00:00 GMT' })).status).toBe(304);
    expect((await read({ 'if-modified-since': 'Thu, 01 Oct 2026 09:59:59 GMT' })).status).toBe(200);
    for (const none of ['nonsense', '2030', '1', 'Fri, 01 Oct 2027 10:00:00 GMT+1', 'Invalid Date'])
      expect([none, (await read({ 'if-modified-since': none })).status]).toEqual([none, 200]);
  });

  it('answers 404 for an id that is unknown or none', async () => {
    for (const id of ['unknown', '_search', '%00', '%20', 'a'.repeat(65), '1%2F_history%2F1']) {
      const answer = await api.call('GET', `/fhir/R4/Consent/${id}`);
      expect([id, answer.status, issuesOf(answer)[0]?.code]).toEqual([id, 404, 'not-found']);
    }
    const { id } = await file(consentR4('ann'));
    for (const version of ['2', '0', '-1', 'x', '99999999999', '1.5']) {
      expect((await api.call('GET', `/fhir/R4/Consent/${id}/_history/${version}`)).status).toBe(404);
    }
  });
});

describe('a path below a FHIR base that nothing is served at', () => {
  it.each([
    ['GET', '/fhir/R4/Observation/1'],
    ['POST', '/fhir/R4'],
    ['GET', '/fhir'],
    ['DELETE', '/fhir/R9/Consent'],
  ])('answers 404 as an OperationOutcome: %s %s', async (method, path) => {
    const answer = await api.call(method, path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      404,
      'application/fhir+json; fhirVersion=4.0',
    ]);
    expect(issuesOf(answer)).toMatchObject([{ code: 'not-supported' }]);
  });
});

describe('an Accept or _format of more than 1 KB', () => {
  it('answers 406, also to whoever is unknown', async () => {
    const long = `application/json;x="${'a'.repeat(1024)}"`;
    const metadata = (query: string, headers: Record<string, string> = {}) =>
      api.call('GET', `/fhir/R4/metadata${query}`, { as: null, headers });
    expect((await metadata('', { accept: long })).status).toBe(406);
    expect((await metadata(`?_format=${encodeURIComponent(long)}`)).status).toBe(406);
  });
});

describe('update (fhir-consent.md §8)', () => {
  it('makes the next version, and keeps the one before', async () => {
    const { id } = await file(consentR4('ann'));
    api.later(60);
    const body = consentR4('ann', { id, status: 'inactive' });
    const updated = await api.call('PUT', `/fhir/R4/Consent/${id}`, {
      body,
      headers: { 'if-match': 'W/"1"' },
    });
    expect([updated.status, updated.headers.get('etag'), updated.json['status']]).toEqual([
      200,
      'W/"2"',
      'inactive',
    ]);
    expect((await api.call('GET', `/fhir/R4/Consent/${id}/_history/1`)).json).toMatchObject({
      status: 'active',
      meta: { versionId: '1' },
    });
    const history = await api.call('GET', `/fhir/R4/Consent/${id}/_history`);
    expect(history.json).toMatchObject({
      type: 'history',
      total: 2,
      entry: [
        {
          fullUrl: `${issuer}/fhir/R4/Consent/${id}`,
          request: { method: 'PUT', url: `Consent/${id}` },
          response: { status: '200', etag: 'W/"2"' },
        },
        {
          request: { method: 'POST', url: 'Consent' },
          response: { status: '201', etag: 'W/"1"' },
          resource: { status: 'active' },
        },
      ],
    });
  });

  it('refuses a stale If-Match with 412 and changes nothing', async () => {
    const { id } = await file(consentR4('ann'));
    const body = consentR4('ann', { id, status: 'inactive' });
    const stale = await api.call('PUT', `/fhir/R4/Consent/${id}`, { body, headers: { 'if-match': 'W/"2"' } });
    expect([stale.status, issuesOf(stale)[0]?.code]).toEqual([412, 'conflict']);
    expect(
      (await api.call('PUT', `/fhir/R4/Consent/${id}`, { body, headers: { 'if-match': 'latest' } })).status,
    ).toBe(400);
    expect((await api.call('GET', `/fhir/R4/Consent/${id}`)).json).toMatchObject({
      status: 'active',
      meta: { versionId: '1' },
    });
  });

  it('lets one of many writers with the same If-Match through', async () => {
    const { id } = await file(consentR4('ann'));
    const put = () =>
      api.call('PUT', `/fhir/R4/Consent/${id}`, {
        body: consentR4('ann', { id }),
        headers: { 'if-match': 'W/"1"' },
      });
    const statuses = (await Promise.all(Array.from({ length: 20 }, put))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(19);
  });

  it('refuses a body whose id is another or missing with 400', async () => {
    const { id } = await file(consentR4('ann'));
    for (const sent of ['other', undefined]) {
      expect(
        (await api.call('PUT', `/fhir/R4/Consent/${id}`, { body: consentR4('ann', { id: sent }) })).status,
      ).toBe(400);
    }
  });

  it('does not create (updateCreate=false)', async () => {
    const answer = await api.call('PUT', '/fhir/R4/Consent/chosen', {
      body: consentR4('ann', { id: 'chosen' }),
    });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
    expect((await api.call('GET', '/fhir/R4/Consent/chosen')).status).toBe(404);
  });

  it('does not turn a consent into that of another patient', async () => {
    const { id } = await file(consentR4('ann'));
    expect((await api.call('PUT', `/fhir/R4/Consent/${id}`, { body: consentR4('bob', { id }) })).status).toBe(
      422,
    );
  });
});
