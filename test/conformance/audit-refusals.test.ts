/** Refusals are recorded too, and nothing is done or shown without its record (audit.md §7, §9 rows 5, 9), end to end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, type clients, issuer } from '../protocols/fhir-api/api.ts';
import { consentR4 } from '../protocols/fhir-api/consents.ts';
import { type Service, startService } from '../support/service.ts';
import { dataOf, only, patientsOf, queryOf, recorder, type Sent, subtypeOf } from './audited.ts';
import { anIdentifier, asToken, file, statusOf, unknownId } from './rest.ts';

let api: Api;
let service: Service;
beforeAll(async () => {
  [api, service] = await Promise.all([anApi(), startService()]);
});
afterAll(() => Promise.all([api.close(), service.stop()]));

const recorded = recorder(() => api);

describe('audit.md §9 row 5', () => {
  it('a denied read, seen as 404, is recorded with what was tried, by whom, and as failed', async () => {
    const id = await file(api, consentR4('bob'));
    const { answer, events } = await recorded('GET', `/fhir/R4/Consent/${id}`, { as: 'ann' });
    expect(answer.status).toBe(404);
    const event = only(events);
    expect(['4', '8']).toContain(event.outcome);
    expect([subtypeOf(event), dataOf(event), event['outcomeDesc']]).toEqual([
      ['read'],
      `Consent/${id}`,
      'not-found',
    ]);
    expect(JSON.stringify(event.agent)).toContain('"value":"ann"');
  });

  type Refused = readonly [
    name: string,
    as: keyof typeof clients,
    method: string,
    path: string,
    sent: Sent,
    status: number,
    outcomes: readonly string[],
    subtype: string,
  ];
  const create = { body: consentR4('bob') };
  const refusals: readonly Refused[] = [
    ['no scope', 'reader', 'POST', '', create, 403, ['8'], 'create'],
    ['no scope to search', 'reader', 'DELETE', `/${unknownId}`, {}, 403, ['8'], 'delete'],
    ['no authority', 'nosy', 'POST', '', create, 403, ['8'], 'create'],
    ['another patient', 'ann', 'POST', '', create, 403, ['8'], 'create'],
    ['an invalid body', 'clinic', 'POST', '', { body: {} }, 400, ['4'], 'create'],
    ['what is no JSON', 'clinic', 'POST', '', { raw: '{' }, 400, ['4'], 'create'],
    [
      'an unknown id to update',
      'clinic',
      'PUT',
      `/${unknownId}`,
      { body: consentR4('ann', { id: unknownId }) },
      405,
      ['4'],
      'update',
    ],
    ['an unknown id to patch', 'clinic', 'PATCH', `/${unknownId}`, { body: [] }, 404, ['4'], 'patch'],
    ['a wrong search', 'clinic', 'GET', '?date=x', {}, 400, ['4'], 'search-type'],
    ['an unknown version', 'clinic', 'GET', `/${unknownId}/_history/1`, {}, 404, ['4'], 'vread'],
    ['an unknown history', 'clinic', 'GET', `/${unknownId}/_history`, {}, 404, ['4'], 'history-instance'],
  ];

  it.each(refusals)('%s is recorded', async (_, as, method, path, sent, status, outcomes, subtype) => {
    const { answer, events } = await recorded(method, `/fhir/R4/Consent${path}`, { as, ...sent });
    expect(answer.status, answer.text).toBe(status);
    const event = only(events);
    expect(subtypeOf(event)).toEqual([subtype]);
    expect(outcomes).toContain(event.outcome);
    expect(JSON.stringify(event.agent)).toContain(`"value":"${as}"`);
    if (method === 'GET' && path.startsWith('?'))
      expect(queryOf(event)).toBe(`${issuer}/fhir/R4/Consent${path}`);
  });

  it('a refused search names the patient of the token', async () => {
    const { events } = await recorded('GET', '/fhir/R4/Consent?date=x', { as: 'ann' });
    expect(patientsOf(events)).toEqual(['Patient/ann']);
  });

  it('a search for what is hidden leaves an event that names who asked and what for', async () => {
    const { events } = await recorded('GET', '/fhir/R4/Consent?patient=bob', { as: 'ann' });
    for (const event of events) expect(queryOf(event)).toBe(`${issuer}/fhir/R4/Consent?patient=bob`);
    expect(events.length).toBeGreaterThan(0);
  });

  it('a delete of what is hidden or unknown is recorded with the id that was tried', async () => {
    const { answer, events } = await recorded('DELETE', `/fhir/R4/Consent/${unknownId}`);
    expect(answer.status).toBe(204);
    expect(dataOf(only(events))).toBe(`Consent/${unknownId}`);
  });

  it('a request without a token leaves none: nobody is known', async () => {
    expect((await recorded('GET', '/fhir/R4/Consent', { as: null })).events).toEqual([]);
  });

  it('a precondition that fails leaves the event of a failure, and no version', async () => {
    const id = await file(api, consentR4('ann'));
    const { answer, events } = await recorded('PUT', `/fhir/R4/Consent/${id}`, {
      body: consentR4('ann', { id }),
      headers: { 'if-match': 'W/"9"' },
    });
    expect([answer.status, only(events).outcome]).toEqual([412, '4']);
  });
});

describe('audit.md §7 the same transaction', () => {
  it('what cannot be recorded is not done: no write without its record', async () => {
    const identifier = anIdentifier();
    const id = await file(api, consentR4('ann', { identifier: [identifier] }));
    const url = `/fhir/R4/Consent/${id}`;
    const query = `/fhir/R4/Consent?identifier=${asToken(identifier)}`;
    await api.withoutAudit(async () => {
      const body = consentR4('ann', { identifier: [identifier], status: 'inactive' });
      const patch = [{ op: 'replace', path: '/status', value: 'inactive' }];
      for (const [method, path, sent] of [
        ['POST', '/fhir/R4/Consent', { body }],
        [
          'POST',
          '/fhir/R4/Consent',
          { body, headers: { 'if-none-exist': `identifier=${asToken(anIdentifier())}` } },
        ],
        ['PUT', url, { body: { ...body, id } }],
        ['PUT', query, { body }],
        ['PATCH', url, { body: patch }],
        ['PATCH', query, { body: patch }],
        ['DELETE', url, {}],
        ['DELETE', query, {}],
      ] as const)
        await expect(api.call(method, path, sent)).rejects.toThrow(/answered 50\d/);
    });
    const { json } = await api.call('GET', url);
    expect(json).toMatchObject({ status: 'active', meta: { versionId: '1' } });
    expect((await api.call('GET', query)).json['total']).toBe(1);
    expect((await api.call('GET', `${url}/_history`)).json['total']).toBe(1);
  });

  it('nothing personal is shown without a record', async () => {
    const id = await file(api, consentR4('ann'));
    const url = `/fhir/R4/Consent/${id}`;
    await api.withoutAudit(async () => {
      for (const path of [
        url,
        `${url}/_history`,
        `${url}/_history/1`,
        '/fhir/R4/Consent?patient=ann',
        '/fhir/R4/Consent/_history',
        '/fhir/R4/Patient/ann/Consent',
        '/fhir/R4/AuditEvent?patient=ann',
      ])
        await expect(api.call('GET', path)).rejects.toThrow(/answered 50\d/);
    });
    expect(await statusOf(api.call('GET', url))).toBe(200);
  });
});

describe('audit.md §9 row 9', () => {
  it('no token stands in the record or in the log, whoever sends it and wherever', async () => {
    const client = await service.clientWith(['system/Consent.cruds', 'system/AuditEvent.rs'], {
      may: ['file', 'activate'],
    });
    const made = await client.post('/fhir/R4/Consent', consentR4('ann'));
    const id = made.body.id;
    await client.get(`/fhir/R4/Consent/${id}`);
    await client.get('/fhir/R4/Consent?patient=ann');
    await client.get('/fhir/R4/Consent/unknown');
    await client.post('/fhir/R4/Consent', {});
    const token = client.authorization.replace('Bearer ', '');
    const [, , signature = token] = token.split('.');
    const events = await client.get('/fhir/R4/AuditEvent?_count=200');
    expect(events.body.total).toBeGreaterThanOrEqual(5);
    for (const text of [events.text, service.logged.join('\n')])
      for (const secret of [token, signature]) expect(text.includes(secret)).toBe(false);
  });
});
