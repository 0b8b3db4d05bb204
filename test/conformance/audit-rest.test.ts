/** Each interaction leaves its AuditEvent, and each refusal too (audit.md §2, §9 rows 1–5, 9, 10), end to end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type Api, anApi, type clients, entriesOf, issuer, linkOf } from '../protocols/fhir-api/api.ts';
import { consentR4, consentR5 } from '../protocols/fhir-api/consents.ts';
import { type Service, startService } from '../support/service.ts';
import { anIdentifier, asToken, file, statusOf, unknownId } from './rest.ts';

let api: Api;
let service: Service;
beforeAll(async () => {
  [api, service] = await Promise.all([anApi(), startService()]);
});
afterAll(() => Promise.all([api.close(), service.stop()]));

type Coding = { readonly system?: string; readonly code: string };
type Event = JsonObject & {
  readonly subtype: readonly Coding[];
  readonly outcome: string;
  readonly agent: readonly {
    readonly type: { readonly coding: readonly Coding[] };
    readonly who: JsonObject;
    readonly requestor: boolean;
    readonly policy?: readonly string[];
    readonly network?: JsonObject;
  }[];
  readonly entity: readonly {
    readonly type: Coding;
    readonly role?: Coding;
    readonly what?: JsonObject & { readonly reference?: string };
    readonly query?: string;
  }[];
};

let requests = 0;
type Sent = NonNullable<Parameters<Api['call']>[2]>;

/** Sends a request under an id of its own, and finds what was recorded of it. */
async function recorded(method: string, path: string, { headers, ...sent }: Sent = {}) {
  const requestId = `request-${++requests}`;
  const answer = await api.call(method, path, {
    ...sent,
    headers: { ...headers, 'x-request-id': requestId },
  });
  return { answer, requestId, events: await eventsOf(requestId) };
}

/** Through the API as well: newest first, so that those of the last request come first. */
async function eventsOf(requestId: string): Promise<readonly Event[]> {
  const all = await api.call('GET', '/fhir/R4/AuditEvent?_count=50');
  return entriesOf(all)
    .map(({ resource }) => resource as unknown as Event)
    .filter(({ entity }) =>
      entity.some(
        ({ what }) => (what?.['identifier'] as { value?: string } | undefined)?.value === requestId,
      ),
    );
}

const only = (events: readonly Event[]): Event => {
  expect(events).toHaveLength(1);
  return events[0] as Event;
};
const subtypeOf = (event: Event) => event.subtype.map(({ code }) => code);
const patientsOf = (events: readonly Event[]) =>
  events.map(({ entity }) => entity.find(({ type }) => type.code === '1')?.what?.reference).toSorted();
const dataOf = ({ entity }: Event) => entity.find(({ role }) => role?.code === '4')?.what?.reference;
const queryOf = ({ entity }: Event) => {
  const { query } = entity.find(({ role }) => role?.code === '24') ?? {};
  return query === undefined ? undefined : Buffer.from(query, 'base64').toString();
};
const agentOf = ({ agent }: Event, code: string) =>
  agent.find(({ type }) => type.coding.some((coding) => coding.code === code));

describe('audit.md §9 row 1', () => {
  it('create leaves a PatientCreate with the versioned consent, the patient, both agents and the X-Request-Id', async () => {
    const { answer, events, requestId } = await recorded('POST', '/fhir/R4/Consent', {
      body: consentR4('ann'),
    });
    const event = only(events);
    expect(event).toMatchObject({
      resourceType: 'AuditEvent',
      type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
      subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'create' }],
      action: 'C',
      outcome: '0',
      recorded: '2026-10-01T10:00:00.000Z',
      source: { observer: { identifier: { value: issuer } } },
    });
    expect(dataOf(event)).toBe(`Consent/${answer.json['id']}/_history/1`);
    expect(patientsOf(events)).toEqual(['Patient/ann']);
    expect(agentOf(event, '110153')).toMatchObject({
      who: { identifier: { value: 'clinic' } },
      requestor: false,
    });
    expect(agentOf(event, '110152')).toMatchObject({
      who: { identifier: { value: issuer } },
      requestor: false,
    });
    expect(agentOf(event, 'UserOauthAgent')).toMatchObject({
      requestor: true,
      policy: ['urn:ietf:params:oauth:jti:token-of-clinic'],
    });
    expect(event.entity.find(({ type }) => type.code === 'XrequestId')?.what).toEqual({
      identifier: { value: requestId },
    });
  });
});

describe('audit.md §2 each interaction leaves its event', () => {
  type Case = readonly [
    name: string,
    method: string,
    path: (id: string) => string,
    sent: (id: string) => Sent,
    subtype: string,
    action: string,
    version: string | undefined,
  ];
  const cases: readonly Case[] = [
    ['read', 'GET', (id) => `/${id}`, () => ({}), 'read', 'R', '/_history/1'],
    [
      'read that ends in 304',
      'GET',
      (id) => `/${id}`,
      () => ({ headers: { 'if-none-match': 'W/"1"' } }),
      'read',
      'R',
      '/_history/1',
    ],
    ['vread', 'GET', (id) => `/${id}/_history/1`, () => ({}), 'vread', 'R', '/_history/1'],
    [
      'update',
      'PUT',
      (id) => `/${id}`,
      (id) => ({ body: consentR4('ann', { id }) }),
      'update',
      'U',
      '/_history/2',
    ],
    [
      'patch',
      'PATCH',
      (id) => `/${id}`,
      () => ({ body: [{ op: 'add', path: '/language', value: 'en' }] }),
      'patch',
      'U',
      '/_history/2',
    ],
    ['delete', 'DELETE', (id) => `/${id}`, () => ({}), 'delete', 'D', ''],
    ['history of an instance', 'GET', (id) => `/${id}/_history`, () => ({}), 'history-instance', 'R', ''],
  ];

  it.each(cases)('%s', async (_, method, path, sent, subtype, action, version) => {
    const id = await file(api, consentR4('ann'));
    const { events, answer } = await recorded(method, `/fhir/R4/Consent${path(id)}`, sent(id));
    expect(answer.status).toBeLessThan(400);
    const event = only(events);
    expect([subtypeOf(event), event['action'], event.outcome]).toEqual([[subtype], action, '0']);
    expect(dataOf(event)).toBe(`Consent/${id}${version}`);
    expect(patientsOf(events)).toEqual(['Patient/ann']);
  });

  it('delete has the application and the custodian as agents', async () => {
    const id = await file(api, consentR4('ann'));
    const event = only((await recorded('DELETE', `/fhir/R4/Consent/${id}`)).events);
    expect([agentOf(event, '110150') === undefined, agentOf(event, 'custodian') === undefined]).toEqual([
      false,
      false,
    ]);
  });

  it('conditional create, update, patch and delete name what they found', async () => {
    const identifier = anIdentifier();
    const criteria = `identifier=${asToken(identifier)}`;
    const id = await file(api, consentR4('ann', { identifier: [identifier] }));
    const body = consentR4('ann', { identifier: [identifier] });
    const steps = [
      ['POST', '', { body, headers: { 'if-none-exist': criteria } }, 'create', '/_history/1'],
      ['PUT', `?${criteria}`, { body }, 'update', '/_history/2'],
      [
        'PATCH',
        `?${criteria}`,
        { body: [{ op: 'add', path: '/language', value: 'en' }] },
        'patch',
        '/_history/3',
      ],
      ['DELETE', `?${criteria}`, {}, 'delete', ''],
    ] as const;
    for (const [method, query, sent, subtype, version] of steps) {
      const { events } = await recorded(method, `/fhir/R4/Consent${query}`, sent);
      const event = only(events);
      expect([subtypeOf(event), dataOf(event), patientsOf(events)]).toEqual([
        [subtype],
        `Consent/${id}${version}`,
        ['Patient/ann'],
      ]);
    }
  });

  it('history of the type leaves one event for each patient it shows', async () => {
    api.later(1);
    await file(api, consentR4('ann'));
    await file(api, consentR4('bob'));
    const { events } = await recorded('GET', '/fhir/R4/Consent/_history?_count=2');
    expect(patientsOf(events)).toEqual(['Patient/ann', 'Patient/bob']);
    for (const event of events) expect(subtypeOf(event)).toEqual(['history-type']);
  });

  it('directory resources leave theirs as well', async () => {
    const body = { resourceType: 'Patient' };
    const { answer, events } = await recorded('POST', '/fhir/R4/Patient', { body });
    expect(patientsOf(events)).toEqual([`Patient/${answer.json['id']}`]);
    const organization = await recorded('POST', '/fhir/R4/Organization', {
      body: { resourceType: 'Organization' },
    });
    expect(dataOf(only(organization.events))).toBe(
      `Organization/${organization.answer.json['id']}/_history/1`,
    );
  });

  it('a consent of a Group leaves one that names no patient', async () => {
    const body = consentR5('x', { subject: { reference: 'Group/g' } });
    const { events } = await recorded('POST', '/fhir/R5/Consent', { body });
    expect(patientsOf(events)).toEqual([undefined]);
  });

  it('reading the record is recorded itself (A-8)', async () => {
    const {
      events: [first],
    } = await recorded('POST', '/fhir/R4/Consent', { body: consentR4('ann') });
    const read = await recorded('GET', `/fhir/R4/AuditEvent/${first?.['id']}`);
    expect(dataOf(only(read.events))).toBe(`AuditEvent/${first?.['id']}`);
    expect(patientsOf(read.events)).toEqual(['Patient/ann']);
    const search = await recorded('GET', '/fhir/R4/AuditEvent?patient=ann&_count=1');
    expect(queryOf(only(search.events))).toBe(`${issuer}/fhir/R4/AuditEvent?patient=ann&_count=1`);
  });
});

describe('audit.md §9 row 2', () => {
  it('search by patient leaves a PatientQuery whose query decodes to the request as received', async () => {
    await file(api, consentR4('ann'));
    const path = '/fhir/R4/Consent?patient=ann&status=active&unknown=%3Cscript%3E&_count=1';
    const { events } = await recorded('GET', path);
    const event = only(events);
    expect([subtypeOf(event), event['action'], event.outcome]).toEqual([['search-type'], 'E', '0']);
    expect(queryOf(event)).toBe(`${issuer}${path}`);
    expect(patientsOf(events)).toEqual(['Patient/ann']);
    const entity = event.entity.find(({ role }) => role?.code === '24');
    expect(entity).not.toHaveProperty('what');
    expect(entity?.query).toMatch(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
  });

  it('names the patient that was asked for also when nothing was found, or only counted (A-5, A-6)', async () => {
    await file(api, consentR4('ann'));
    for (const query of [
      'patient=nobody-has-one',
      'patient=Patient/nobody-has-one',
      'patient=nobody-has-one&_summary=count',
    ])
      expect([query, patientsOf((await recorded('GET', `/fhir/R4/Consent?${query}`)).events)]).toEqual([
        query,
        ['Patient/nobody-has-one'],
      ]);
    for (const query of ['patient=ann&_summary=count', 'patient=ann&_count=0'])
      expect([query, patientsOf((await recorded('GET', `/fhir/R4/Consent?${query}`)).events)]).toEqual([
        query,
        ['Patient/ann'],
      ]);
  });

  it('names the patient of the token where nothing else names one (A-5)', async () => {
    const { events } = await recorded('GET', `/fhir/R4/Consent?_id=${unknownId}`, { as: 'ann' });
    expect(patientsOf(events)).toEqual(['Patient/ann']);
  });

  it('names the patient of a compartment', async () => {
    const { events } = await recorded('GET', '/fhir/R4/Patient/nobody-has-one/Consent');
    expect(patientsOf(events)).toEqual(['Patient/nobody-has-one']);
  });

  it('a page is recorded with the link that was followed', async () => {
    await file(api, consentR4('ann'));
    await file(api, consentR4('ann'));
    const next = linkOf(await api.call('GET', '/fhir/R4/Consent?patient=ann&_count=1'), 'next') ?? '';
    const { events } = await recorded('GET', next);
    expect(queryOf(only(events))).toBe(`${issuer}${next}`);
    expect(patientsOf(events)).toEqual(['Patient/ann']);
  });
});

describe('audit.md §9 row 3', () => {
  it('POST _search records the address, an empty line and the form, and nothing of the result', async () => {
    api.later(1);
    const id = await file(api, consentR4('ann'));
    const raw = 'patient=ann&_sort=-_lastUpdated&_count=1';
    const { answer, events } = await recorded('POST', '/fhir/R4/Consent/_search?_format=json', {
      raw,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.text).toContain(id);
    const event = only(events);
    expect(queryOf(event)).toBe(`${issuer}/fhir/R4/Consent/_search?_format=json\n\n${raw}`);
    expect(JSON.stringify(event)).not.toContain(id);
    expect(JSON.stringify(event)).not.toMatch(/total|count"/i);
  });
});

describe('audit.md §9 row 4', () => {
  it('a search without patient that shows two leaves two events, each naming one', async () => {
    const identifier = anIdentifier();
    for (const patient of ['ann', 'bob', 'ann'])
      await file(api, consentR4(patient, { identifier: [identifier] }));
    const { events } = await recorded('GET', `/fhir/R4/Consent?identifier=${asToken(identifier)}`);
    expect(patientsOf(events)).toEqual(['Patient/ann', 'Patient/bob']);
    expect(new Set(events.map(queryOf)).size).toBe(1);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  });

  it('a search that shows none leaves one that names none', async () => {
    const { events } = await recorded('GET', `/fhir/R4/Consent?_id=${unknownId}`);
    expect(patientsOf(events)).toEqual([undefined]);
  });

  it('patients that come along are named as well', async () => {
    const stranger = await file(api, { resourceType: 'Patient' });
    const organization = await file(api, { resourceType: 'Organization', name: 'Clinic' });
    const actor = [stranger && `Patient/${stranger}`, `Organization/${organization}`].map((reference) => ({
      role: { coding: [{ code: 'IRCP' }] },
      reference: { reference },
    }));
    const id = await file(api, consentR4('ann', { provision: { type: 'deny', actor } }));
    const include = await recorded('GET', `/fhir/R4/Consent?_id=${id}&_include=Consent:actor`);
    expect(patientsOf(include.events)).toEqual(['Patient/ann', `Patient/${stranger}`].toSorted());
    const revinclude = await recorded(
      'GET',
      `/fhir/R4/Organization?_id=${organization}&_revinclude=Consent:actor`,
    );
    expect(patientsOf(revinclude.events)).toEqual(['Patient/ann']);
  });
});

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

describe('audit.md §9 row 10', () => {
  it.each(['PUT', 'PATCH', 'DELETE', 'POST'])('%s on AuditEvent is 405', async (method) => {
    const { events } = await recorded('POST', '/fhir/R4/Consent', { body: consentR4('ann') });
    const [event] = events;
    for (const base of ['/fhir/R4', '/fhir/R4B', '/fhir/R5', '/fhir']) {
      const path = method === 'POST' ? `${base}/AuditEvent` : `${base}/AuditEvent/${event?.['id']}`;
      const answer = await api.call(method, path, method === 'DELETE' ? {} : { body: event });
      expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, 'GET']);
    }
    expect((await api.call('GET', `/fhir/R4/AuditEvent/${event?.['id']}`)).json).toEqual(event);
  });
});

describe('audit.md §9 row 12', () => {
  it('an event reads alike in R4 and R5', async () => {
    const { events, answer } = await recorded('POST', '/fhir/R4/Consent', { body: consentR4('ann') });
    const { json } = await api.call('GET', `/fhir/R5/AuditEvent/${only(events)['id']}`);
    expect(json).toMatchObject({
      category: [{ coding: [{ code: 'rest' }] }],
      code: { coding: [{ code: 'create' }] },
      action: 'C',
      outcome: { code: { code: '0' } },
      patient: { reference: 'Patient/ann' },
    });
    expect(JSON.stringify(json['entity'])).toContain(`Consent/${answer.json['id']}/_history/1`);
  });
});
