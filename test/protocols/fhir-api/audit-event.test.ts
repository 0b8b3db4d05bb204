/** AuditEvent over REST: read and search alone, within reach (audit.md §4, §7; interfaces.md, Scopes). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEntry } from '../../audit/entries.ts';
import { type Api, anApi, idsOf, issuer } from './api.ts';

const ofAnn = anEntry({ patient: 'Patient/ann' });
const ofBob = anEntry({
  patient: 'Patient/bob',
  outcome: 'deny',
  reason: 'explicit-deny',
  circumstances: { door: 'b2b', clientId: 'other', requestId: 'r2' },
});

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await api.audit.append([ofAnn, ofBob]);
});
afterAll(() => api.close());

const found = async (query: string, as: 'clinic' | 'ann' | 'family' = 'clinic') =>
  idsOf(await api.call('GET', `/fhir/R4/AuditEvent${query}`, { as }));

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

  it('is found by patient, outcome, client and id, newest first', async () => {
    expect(await found('')).toEqual([ofBob.id, ofAnn.id]);
    expect(await found('?patient=ann')).toEqual([ofAnn.id]);
    expect(await found('?patient=Patient/bob&outcome=8')).toEqual([ofBob.id]);
    expect(await found('?outcome=0')).toEqual([ofAnn.id]);
    for (const none of ['4', 'constructor', '__proto__', 'toString'])
      expect([none, await found(`?outcome=${none}`)]).toEqual([none, []]);
    expect(await found('?agent:identifier=other')).toEqual([ofBob.id]);
    expect(await found(`?_id=${ofAnn.id}`)).toEqual([ofAnn.id]);
    const answer = await api.call('GET', '/fhir/R4/AuditEvent?_count=1');
    expect(answer.json).toMatchObject({
      total: 2,
      entry: [{ fullUrl: `${issuer}/fhir/R4/AuditEvent/${ofBob.id}` }],
    });
  });

  it('refuses to search agents by reference, which it cannot', async () => {
    expect((await api.call('GET', '/fhir/R4/AuditEvent?agent=Practitioner/t')).status).toBe(400);
  });

  it('of other patients is hidden from a client of one', async () => {
    expect(await found('', 'ann')).toEqual([ofAnn.id]);
    for (const query of ['?patient=bob', `?_id=${ofBob.id}`, '?outcome=8'])
      expect(await found(query, 'ann')).toEqual([]);
    expect(
      (await api.call('GET', '/fhir/R4/AuditEvent?patient=bob&_summary=count', { as: 'ann' })).json['total'],
    ).toBe(0);
    const hidden = await api.call('GET', `/fhir/R4/AuditEvent/${ofBob.id}`, { as: 'ann' });
    const missing = await api.call('GET', '/fhir/R4/AuditEvent/00000000-0000-4000-8000-0000000000ff', {
      as: 'ann',
    });
    expect([hidden.status, hidden.text]).toEqual([404, missing.text]);
    expect(await found('', 'family')).toEqual([ofBob.id, ofAnn.id]);
  });

  it.each(['%00', '_history', 'x y'])('answers 404 to an id such as %s', async (id) => {
    expect((await api.call('GET', `/fhir/R4/AuditEvent/${encodeURI(id)}`)).status).toBe(404);
  });

  it.each([
    ['POST', ''],
    ['PUT', `/${ofAnn.id}`],
    ['DELETE', `/${ofAnn.id}`],
  ])('is not written: %s answers 405 (acceptance test 10)', async (method, path) => {
    const body = { resourceType: 'AuditEvent', id: ofAnn.id };
    const answer = await api.call(method, `/fhir/R4/AuditEvent${path}`, method === 'DELETE' ? {} : { body });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
  });
});
