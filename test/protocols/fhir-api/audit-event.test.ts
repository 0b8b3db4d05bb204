/** AuditEvent over REST: read and search alone, within reach (audit.md §§1, 2, 4, 7; interfaces.md, Scopes). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asInstant } from '../../../src/base/instant.ts';
import { anEntry, anInteraction } from '../../audit/entries.ts';
import { type Api, anApi, idsOf, issuer } from './api.ts';

const september = (day: number) => asInstant(Date.UTC(2026, 8, day, 12));
const ofAnn = anEntry({ patient: 'Patient/ann', recordedAt: september(1) });
const ofBob = anEntry({
  patient: 'Patient/bob',
  recordedAt: september(2),
  outcome: 'deny',
  reason: 'explicit-deny',
  circumstances: { door: 'b2b', clientId: 'other', requestId: 'r2' },
});
const readOfAnn = anInteraction({
  interaction: 'read',
  what: 'Consent/c1/_history/3',
  recordedAt: september(3),
});
const { patient: _, ...general } = anInteraction({
  interaction: 'search-type',
  query: `${issuer}/fhir/R4/Consent?status=active`,
  recordedAt: september(4),
});

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await api.audit.append([ofAnn, ofBob, readOfAnn, general]);
});
afterAll(() => api.close());

// Reading the audit log is recorded as well: these were there before.
const september2026 = 'date=2026-09';
const found = async (query: string, as: 'clinic' | 'ann' | 'family' = 'clinic', release = 'R4') =>
  idsOf(await api.call('GET', `/fhir/${release}/AuditEvent?${september2026}${query}`, { as }));

describe('AuditEvent', () => {
  it('is read in the version asked for', async () => {
    const read = (base: string) => api.call('GET', `${base}/AuditEvent/${ofAnn.id}`);
    expect((await read('/fhir/R4')).json).toMatchObject({
      id: ofAnn.id,
      subtype: [{ code: 'AuthZ-Consent' }],
    });
    const r5 = await read('/fhir/R5');
    expect(r5.json).toMatchObject({ id: ofAnn.id, code: { coding: [{ code: 'AuthZ-Consent' }] } });
    expect(r5.headers.get('content-type')).toBe('application/fhir+json; fhirVersion=5.0');
  });

  it('of an interaction is read like that of a decision', async () => {
    const { json } = await api.call('GET', `/fhir/R4/AuditEvent/${readOfAnn.id}`);
    expect(json).toMatchObject({ type: { code: 'rest' }, subtype: [{ code: 'read' }], action: 'R' });
  });

  it('is found by each parameter of R4, newest first', async () => {
    expect(await found('')).toEqual([general.id, readOfAnn.id, ofBob.id, ofAnn.id]);
    expect(await found('&patient=ann')).toEqual([readOfAnn.id, ofAnn.id]);
    expect(await found('&patient=Patient/bob&outcome=8')).toEqual([ofBob.id]);
    for (const none of ['4', 'constructor', '__proto__', 'toString'])
      expect([none, await found(`&outcome=${none}`)]).toEqual([none, []]);
    expect(await found('&type=rest&subtype=read')).toEqual([readOfAnn.id]);
    expect(await found('&action=E&type=110113')).toEqual([ofBob.id, ofAnn.id]);
    expect(await found('&agent:identifier=other')).toEqual([ofBob.id]);
    expect(await found(`&_id=${ofAnn.id}`)).toEqual([ofAnn.id]);
    expect(await found('&date=ge2026-09-02&date=lt2026-09-04')).toEqual([readOfAnn.id, ofBob.id]);
    expect(await found('&_lastUpdated=2026-09-01')).toEqual([ofAnn.id]);
  });

  it('is found by the consent it is about, in any version or in one (A-13)', async () => {
    expect(await found('&entity=Consent/c1')).toEqual([readOfAnn.id, ofBob.id, ofAnn.id]);
    expect(await found('&consent=c2&patient=ann')).toEqual([ofAnn.id]);
    expect(await found(`&entity=${issuer}/fhir/R4/Consent/c1/_history/4`)).toEqual([]);
    expect(await found('&entity=Consent/c1&entity=Patient/bob')).toEqual([ofBob.id]);
  });

  it('is found by the names of R5 in R5', async () => {
    expect(await found('&category=rest&code=search-type', 'clinic', 'R5')).toEqual([general.id]);
    expect(await found('&consent=Consent/c1/_history/3&patient=bob', 'clinic', 'R5')).toEqual([ofBob.id]);
  });

  it('comes in pages that know their total', async () => {
    const answer = await api.call('GET', `/fhir/R4/AuditEvent?${september2026}&_count=1`);
    expect(answer.json).toMatchObject({
      total: 4,
      entry: [{ fullUrl: `${issuer}/fhir/R4/AuditEvent/${general.id}` }],
    });
  });

  it.each([
    'agent=t',
    'agent:missing=true',
    'agent:Group=g',
    'date=yesterday',
    'entity=1',
    'patient:missing=true',
  ])('is not searched by what would be answered wrongly: %s', async (query) => {
    expect((await api.call('GET', `/fhir/R4/AuditEvent?${query}`)).status).toBe(400);
  });

  it('of other patients, and of none, is hidden from a client of one', async () => {
    expect(await found('', 'ann')).toEqual([readOfAnn.id, ofAnn.id]);
    for (const query of ['&patient=bob', `&_id=${ofBob.id}`, `&_id=${general.id}`, '&outcome=8'])
      expect([query, await found(query, 'ann')]).toEqual([query, []]);
    const count = await api.call('GET', `/fhir/R4/AuditEvent?${september2026}&patient=bob&_summary=count`, {
      as: 'ann',
    });
    expect(count.json['total']).toBe(0);
    const read = (id: string) => api.call('GET', `/fhir/R4/AuditEvent/${id}`, { as: 'ann' });
    const missing = await read('00000000-0000-4000-8000-0000000000ff');
    for (const { id } of [ofBob, general]) {
      const hidden = await read(id);
      expect([hidden.status, hidden.text]).toEqual([404, missing.text]);
    }
    expect(await found('', 'family')).toEqual([readOfAnn.id, ofBob.id, ofAnn.id]);
  });

  it.each(['%00', '_history', 'x y'])('answers 404 to an id such as %s', async (id) => {
    expect((await api.call('GET', `/fhir/R4/AuditEvent/${encodeURI(id)}`)).status).toBe(404);
  });

  it.each([
    ['POST', ''],
    ['PUT', `/${ofAnn.id}`],
    ['PATCH', `/${ofAnn.id}`],
    ['DELETE', `/${ofAnn.id}`],
  ])('is not written: %s answers 405 (§9 row 10)', async (method, path) => {
    const body = { resourceType: 'AuditEvent', id: ofAnn.id };
    const answer = await api.call(method, `/fhir/R4/AuditEvent${path}`, method === 'DELETE' ? {} : { body });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
  });
});
