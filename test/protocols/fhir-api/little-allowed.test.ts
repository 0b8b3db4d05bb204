/** Clients that may do one thing: they learn nothing by it that another scope, or an authority, would be needed for. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, entriesOf, idsOf } from './api.ts';
import { consentR4 } from './consents.ts';

let api: Api;
let id: string;
let organization: string;

beforeAll(async () => {
  api = await anApi();
  const made = await api.call('POST', '/fhir/R4/Organization', { body: { resourceType: 'Organization' } });
  organization = String(made.json['id']);
  const actor = [
    { role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Organization/${organization}` } },
  ];
  const body = consentR4('ann', {
    identifier: [{ value: 'secret-1' }],
    provision: { type: 'deny', actor },
  });
  id = String((await api.call('POST', '/fhir/R4/Consent', { body })).json['id']);
});
afterAll(() => api.close());

describe('a scope to create alone', () => {
  it('looks for nothing by a condition', async () => {
    const sent = {
      as: 'creator',
      body: consentR4('zoe'),
      headers: { 'if-none-exist': 'patient=ann' },
    } as const;
    const answer = await api.call('POST', '/fhir/R4/Consent', sent);
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('secret-1');
  });

  it('is shown what it sent itself', async () => {
    const answer = await api.call('POST', '/fhir/R4/Consent', { as: 'creator', body: consentR4('zoe') });
    expect([answer.status, answer.json['status']]).toEqual([201, 'active']);
  });

  it('with one to search finds out that there is one, and not what is in it', async () => {
    const sent = {
      as: 'finder',
      body: consentR4('ann'),
      headers: { 'if-none-exist': 'patient=ann' },
    } as const;
    const answer = await api.call('POST', '/fhir/R4/Consent', sent);
    expect([answer.status, answer.text]).toEqual([200, '']);
  });
});

it('a scope to update and search is not shown by a patch what it may not read', async () => {
  const body = [{ op: 'test', path: '/status', value: 'active' }];
  const answer = await api.call('PATCH', '/fhir/R4/Consent?patient=ann', { as: 'updater', body });
  expect([answer.status, answer.text]).toEqual([200, '']);
});

describe('without authority to file', () => {
  it.each(['secret-1', 'secret-2'])('a patch does not tell whether %s is right', async (value) => {
    const body = [{ op: 'test', path: '/identifier/0/value', value }];
    expect((await api.call('PATCH', `/fhir/R4/Consent/${id}`, { as: 'curious', body })).status).toBe(403);
  });

  it.each(['ann', 'nobody'])('a condition does not tell whether there is anything of %s', async (patient) => {
    const path = `/fhir/R4/Consent?patient=${patient}`;
    const body = [{ op: 'test', path: '/status', value: 'active' }];
    expect((await api.call('PATCH', path, { as: 'curious', body })).status).toBe(403);
    expect((await api.call('DELETE', path, { as: 'curious' })).status).toBe(403);
  });
});

it('what refers to a match comes along for those alone who may read it', async () => {
  const path = `/fhir/R4/Organization?_id=${organization}&_revinclude=Consent:actor`;
  expect(entriesOf(await api.call('GET', path))).toHaveLength(2);
  expect(idsOf(await api.call('GET', path, { as: 'registry' }))).toEqual([organization]);
});
