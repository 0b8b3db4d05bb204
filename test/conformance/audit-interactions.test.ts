/** Each interaction leaves its AuditEvent (audit.md §2, §9 rows 1, 10, 12), end to end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, issuer } from '../protocols/fhir-api/api.ts';
import { consentR4, consentR5 } from '../protocols/fhir-api/consents.ts';
import { agentOf, dataOf, only, patientsOf, queryOf, recorder, type Sent, subtypeOf } from './audited.ts';
import { anIdentifier, asToken, file } from './rest.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const recorded = recorder(() => api);

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
