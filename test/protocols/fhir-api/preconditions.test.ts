/** Conditions that come in headers: what they may name, and what they prevent (FHIR R4 §3.1.0.4, §3.1.0.8.1; RFC 9110 §13). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, anApi, issuer, issuesOf } from './api.ts';
import { consentR4, consentR5 } from './consents.ts';

let api: Api;
let id: string;
const identifier = [{ system: 'urn:x', value: 'once' }];
beforeAll(async () => {
  api = await anApi();
  const created = await api.call('POST', '/fhir/R4/Consent', { body: consentR4('ann', { identifier }) });
  id = String(created.json['id']);
});
afterAll(() => api.close());

it.each(['', '?', 'Consent?', `${issuer}/fhir/R5/Consent?`])(
  'If-None-Exist may begin with `%s`',
  async (start) => {
    const headers = { 'if-none-exist': `${start}identifier=urn:x|once` };
    const answer = await api.call('POST', '/fhir/R4/Consent', { body: consentR4('ann'), headers });
    expect([answer.status, answer.json['id']]).toEqual([200, id]);
  },
);

it.each(['Patient?', 'https://elsewhere.example/fhir/R4/Consent?', `${issuer}/fhir/R4/Patient?`])(
  'If-None-Exist that begins with `%s` is no search of consents here',
  async (start) => {
    const headers = { 'if-none-exist': `${start}identifier=urn:x|once` };
    const answer = await api.call('POST', '/fhir/R4/Consent', { body: consentR4('ann'), headers });
    expect(answer.status).toBe(400);
  },
);

it('If-None-Match: * never replaces anything, by id or by condition', async () => {
  const headers = { 'if-none-match': '*' };
  const body = consentR4('ann', { id, identifier, status: 'inactive' });
  for (const path of [`/${id}`, '?identifier=urn:x|once']) {
    const answer = await api.call('PUT', `/fhir/R4/Consent${path}`, { body, headers });
    expect([path, answer.status, issuesOf(answer)[0]?.code]).toEqual([path, 412, 'conflict']);
  }
  expect((await api.call('GET', `/fhir/R4/Consent/${id}`)).json).toMatchObject({
    status: 'active',
    meta: { versionId: '1' },
  });
});

it.each(['_include:bogus=Consent:patient', '_sort:x=date', '_count:x=1', '_summary:x=true'])(
  'a modifier of what says how the answer is to look is unknown, and refused: %s',
  async (query) => {
    const answer = await api.call('GET', `/fhir/R4/Consent?${query}`);
    expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([400, 'not-supported']);
  },
);

it('a `+` of a time zone that came unescaped is read as what it must have been', async () => {
  const answer = await api.call('GET', '/fhir/R4/Consent?_lastUpdated=ge2026-01-01T00:00:00+01:00');
  expect([answer.status, answer.json['total']]).toEqual([200, 1]);
});

it('refusals point at elements of the resource that was sent', async () => {
  const at = async (path: string, body: unknown) =>
    issuesOf(await api.call('PUT', path, { body }))[0]?.expression;
  expect(await at(`/fhir/R4/Consent/${id}`, consentR4('ann', { id: 'other' }))).toEqual(['Consent.id']);
  expect(await at(`/fhir/R4/Consent/${id}`, consentR4('bob', { id }))).toEqual(['Consent.patient']);
  expect(await at(`/fhir/R5/Consent/${id}`, consentR5('bob', { id }))).toEqual(['Consent.subject']);
  const patient = await api.call('POST', '/fhir/R4/Consent', { body: { resourceType: 'Patient' } });
  expect(issuesOf(patient)).toMatchObject([{ expression: ['Resource.resourceType'] }]);
});
