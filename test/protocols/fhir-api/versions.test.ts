/** Version negotiation (fhir-consent.md §9). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, idsOf, issuer, issuesOf } from './api.ts';
import { consentR4, consentR5 } from './consents.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const metadata = (base: string, accept: string, query = '') =>
  api.call('GET', `${base}/metadata${query}`, { as: null, headers: { accept } });
const typeOf = async (base: string, accept: string) =>
  (await metadata(base, accept)).headers.get('content-type');
const versionOf = async (base: string, accept: string) => (await metadata(base, accept)).json['fhirVersion'];

describe('the base that negotiates', () => {
  it('answers in 4.0 unless asked otherwise', async () => {
    expect(await versionOf('/fhir', '*/*')).toBe('4.0.1');
    expect(await typeOf('/fhir', 'application/json')).toBe('application/fhir+json; fhirVersion=4.0');
    expect(await typeOf('/fhir', 'text/html, application/fhir+json;fhirVersion="5.0"')).toBe(
      'application/fhir+json; fhirVersion=5.0',
    );
    expect(await versionOf('/fhir', 'application/fhir+json; fhirVersion=4.3')).toBe('4.3.0');
  });

  it('prefers by quality', async () => {
    const accept = 'application/fhir+json; fhirVersion=4.3; q=0.5, application/fhir+json; fhirVersion=5.0';
    expect(await versionOf('/fhir', accept)).toBe('5.0.0');
  });

  it('reads the version of a body from its Content-Type, and answers in it', async () => {
    const headers = { 'content-type': 'application/fhir+json; fhirVersion=5.0' };
    const r5 = await api.call('POST', '/fhir/Consent', { body: consentR5('ann'), headers });
    expect([r5.status, r5.headers.get('content-type')]).toEqual([
      201,
      'application/fhir+json; fhirVersion=5.0',
    ]);
    expect(r5.headers.get('location')).toContain(`${issuer}/fhir/Consent/`);
    const r4 = await api.call('POST', '/fhir/Consent', { body: consentR4('ann') });
    expect(r4.headers.get('content-type')).toBe('application/fhir+json; fhirVersion=4.0');
  });

  it('refuses before writing when the answer could not be shown', async () => {
    const before = (await api.call('GET', '/fhir/R4/Consent')).json['total'];
    const headers = { accept: 'application/fhir+xml' };
    expect((await api.call('POST', '/fhir/Consent', { body: consentR4('ann'), headers })).status).toBe(406);
    expect((await api.call('GET', '/fhir/R4/Consent')).json['total']).toBe(before);
  });

  it('takes a body in one version and answers in another', async () => {
    const headers = { accept: 'application/fhir+json; fhirVersion=5.0' };
    const answer = await api.call('POST', '/fhir/Consent', { body: consentR4('ann'), headers });
    expect([answer.status, answer.json['subject']]).toEqual([201, { reference: 'Patient/ann' }]);
    expect(answer.headers.get('content-type')).toContain('fhirVersion=5.0');
  });
});

describe('a base of one version', () => {
  it.each([
    ['XML', 'application/fhir+xml'],
    ['HTML', 'text/html'],
    ['another version', 'application/fhir+json; fhirVersion=5.0'],
    ['a version there is not', 'application/fhir+json; fhirVersion=9.9'],
    ['JSON refused', 'application/fhir+json; q=0'],
  ])('answers 406 to %s', async (_, accept) => {
    expect((await metadata('/fhir/R4', accept)).status).toBe(406);
  });

  it('lets _format override Accept', async () => {
    expect((await metadata('/fhir/R4', 'text/html', '?_format=json')).status).toBe(200);
    expect((await metadata('/fhir/R4', '*/*', '?_format=xml')).status).toBe(406);
    expect((await metadata('/fhir/R4', '*/*', '?_format=application/fhir+json')).status).toBe(200);
  });
});

describe('a consent of another version', () => {
  it('is shown in the shape of each base, under one id and version', async () => {
    const { json } = await api.call('POST', '/fhir/R5/Consent', { body: consentR5('ann') });
    for (const base of ['/fhir/R4', '/fhir/R4B', '/fhir']) {
      const answer = await api.call('GET', `${base}/Consent/${json['id']}`);
      expect(answer.json, base).toMatchObject({
        id: json['id'],
        meta: { versionId: '1' },
        patient: { reference: 'Patient/ann' },
        provision: { type: 'deny' },
      });
    }
  });

  it('is found in searches of every base', async () => {
    const r5 = (await api.call('POST', '/fhir/R5/Consent', { body: consentR5('eve') })).json['id'];
    api.later(1);
    const r4 = (await api.call('POST', '/fhir/R4/Consent', { body: consentR4('eve') })).json['id'];
    for (const base of ['/fhir/R4', '/fhir/R4B', '/fhir/R5', '/fhir'])
      expect(idsOf(await api.call('GET', `${base}/Consent?patient=eve`)), base).toEqual([r5, r4]);
  });

  it('that R4 cannot say is refused there, naming the base that serves it', async () => {
    const body = consentR5('ann', { subject: { reference: 'Group/g' } });
    const { json } = await api.call('POST', '/fhir/R5/Consent', { body });
    for (const path of [
      `/fhir/R4/Consent/${json['id']}`,
      `/fhir/R4B/Consent/${json['id']}/_history/1`,
      `/fhir/Consent/${json['id']}`,
    ]) {
      const answer = await api.call('GET', path);
      expect([path, answer.status]).toEqual([path, 406]);
      expect(issuesOf(answer)[0]?.diagnostics).toContain(`${issuer}/fhir/R5`);
    }
  });
});
