/** Which version is spoken: negotiation, mounts, one version id (fhir-consent.md §9). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, issuesOf } from '../protocols/fhir-api/api.ts';
import { consentR4, consentR5 } from '../protocols/fhir-api/consents.ts';
import { anIdentifier, asToken, bases, file, statusOf, unknownId } from './rest.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const json = 'application/fhir+json';
const typed = (version: string) => `${json}; fhirVersion=${version}`;
const versions = ['4.0', '4.3', '5.0'] as const;
const fixed = bases.filter(({ base }) => base !== '/fhir');
const bodyOf = (version: string, changes = {}) =>
  version === '5.0' ? consentR5('ann', changes) : consentR4('ann', changes);
const get = (path: string, accept = '*/*') => api.call('GET', path, { headers: { accept } });

describe('fhir-consent.md §9 the base that negotiates', () => {
  it.each(versions)('fhirVersion=%s in Accept selects the version of the answer', async (version) => {
    const id = await file(api, consentR4('ann'));
    const answer = await get(`/fhir/Consent/${id}`, typed(version));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, typed(version)]);
    expect(answer.json[version === '5.0' ? 'subject' : 'patient']).toEqual({ reference: 'Patient/ann' });
  });

  it.each(versions)('fhirVersion=%s in Content-Type selects that of the body', async (version) => {
    const headers = { 'content-type': typed(version) };
    const made = await api.call('POST', '/fhir/Consent', { body: bodyOf(version), headers });
    expect([made.status, made.headers.get('content-type')]).toEqual([201, typed(version)]);
    const id = made.json['id'];
    const put = await api.call('PUT', `/fhir/Consent/${id}`, { body: bodyOf(version, { id }), headers });
    expect([put.status, put.headers.get('content-type')]).toEqual([200, typed(version)]);
  });

  it('without either the version is 4.0', async () => {
    const made = await api.call('POST', '/fhir/Consent', { body: consentR4('ann') });
    expect([made.status, made.headers.get('content-type')]).toEqual([201, typed('4.0')]);
    expect((await get(`/fhir/Consent/${made.json['id']}`)).headers.get('content-type')).toBe(typed('4.0'));
    expect((await get('/fhir/Consent?_count=0', json)).headers.get('content-type')).toBe(typed('4.0'));
  });

  it('a body that only fits another version is refused', async () => {
    const answer = await api.call('POST', '/fhir/Consent', { body: consentR5('ann') });
    expect([400, 415, 422]).toContain(answer.status);
    expect(issuesOf(answer).length).toBeGreaterThan(0);
  });

  it('unsupported in Accept is 406, unsupported in Content-Type is 415', async () => {
    expect((await get('/fhir/Consent', typed('3.0'))).status).toBe(406);
    expect((await get('/fhir/Consent', typed('4.0.1'))).status).toBe(406);
    const headers = { 'content-type': typed('3.0') };
    expect(await statusOf(api.call('POST', '/fhir/Consent', { body: consentR4('ann'), headers }))).toBe(415);
  });

  it('Accept is followed by quality, and the first range that can be served wins', async () => {
    const version = async (accept: string) =>
      (await get('/fhir/metadata', accept)).headers.get('content-type');
    expect(await version(`${typed('4.3')}; q=0.5, ${typed('5.0')}`)).toBe(typed('5.0'));
    expect(await version(`${typed('9.9')}, ${typed('4.3')}; q=0.1`)).toBe(typed('4.3'));
    expect(await version(`${json}; fhirVersion="5.0"`)).toBe(typed('5.0'));
  });

  it('_format may carry the version URL-encoded, and overrides Accept', async () => {
    const format = encodeURIComponent(typed('5.0'));
    const answer = await get(`/fhir/Consent?_count=0&_format=${format}`, typed('4.0'));
    expect(answer.headers.get('content-type')).toBe(typed('5.0'));
    expect((await get(`/fhir/Consent?_format=${encodeURIComponent(typed('3.0'))}`)).status).toBe(406);
  });

  it('search parameters are those of the version that was negotiated', async () => {
    const strictly = (query: string, version: string) =>
      statusOf(
        api.call('GET', `/fhir/Consent?${query}`, {
          headers: { accept: typed(version), prefer: 'handling=strict' },
        }),
      );
    for (const version of versions) {
      const isR5 = version === '5.0';
      for (const name of ['scope', 'consentor', 'organization'])
        expect([name, version, await strictly(`${name}=x`, version)]).toEqual([
          name,
          version,
          isR5 ? 400 : 200,
        ]);
      for (const name of ['controller', 'manager', 'grantee', 'subject', 'verified'])
        expect([name, version, await strictly(`${name}=x`, version)]).toEqual([
          name,
          version,
          isR5 ? 200 : 400,
        ]);
    }
  });

  it('a refusal is told before anything is written', async () => {
    const identifier = [anIdentifier()];
    const headers = { accept: 'application/fhir+xml' };
    const answer = await api.call('POST', '/fhir/Consent', {
      body: consentR4('ann', { identifier }),
      headers,
    });
    expect(answer.status).toBe(406);
    const found = await get(`/fhir/Consent?identifier=${asToken(identifier[0] ?? anIdentifier())}`);
    expect(found.json['total']).toBe(0);
  });

  it('a patch is applied to the shape in which the resource is answered, whatever it was filed in', async () => {
    const id = await file(api, consentR5('ann'), { base: '/fhir/R5' });
    const body = [{ op: 'replace', path: '/decision', value: 'permit' }];
    const answer = await api.call('PATCH', `/fhir/Consent/${id}`, {
      body,
      headers: { accept: typed('5.0') },
    });
    expect([answer.status, answer.json['decision']]).toEqual([200, 'permit']);
    const usual = [{ op: 'test', path: '/patient/reference', value: 'Patient/ann' }];
    expect((await api.call('PATCH', `/fhir/Consent/${id}`, { body: usual })).status).toBe(200);
  });
});

describe.each(fixed)('fhir-consent.md §9 the mount $base', ({ base, version, consent }) => {
  it('has its version as the default, and a parameter that conflicts is 406', async () => {
    expect((await get(`${base}/Consent?_count=0`)).headers.get('content-type')).toBe(typed(version));
    for (const other of versions)
      expect([other, (await get(`${base}/Consent?_count=0`, typed(other))).status]).toEqual([
        other,
        other === version ? 200 : 406,
      ]);
  });

  it('takes a body of its version, said or not, and no other', async () => {
    for (const other of [undefined, ...versions]) {
      const headers: Record<string, string> = other === undefined ? {} : { 'content-type': typed(other) };
      const answer = await api.call('POST', `${base}/Consent`, { body: consent('ann'), headers });
      const expected = other === undefined || other === version ? 201 : 415;
      expect([other, answer.status]).toEqual([other, expected]);
    }
  });

  it('every answer carries the version, refusals too', async () => {
    const id = await file(api, consent('ann'), { base });
    const answers = {
      read: await get(`${base}/Consent/${id}`),
      vread: await get(`${base}/Consent/${id}/_history/1`),
      history: await get(`${base}/Consent/${id}/_history`),
      search: await get(`${base}/Consent?_count=0`),
      metadata: await get(`${base}/metadata`),
      versions: await get(`${base}/$versions`),
      'not found': await get(`${base}/Consent/${unknownId}`),
      'bad request': await get(`${base}/Consent?_count=x`),
      'invalid body': await api.call('POST', `${base}/Consent`, { body: {} }),
    };
    const types = Object.entries(answers).map(([name, { headers }]) => [name, headers.get('content-type')]);
    expect(types).toEqual(Object.keys(answers).map((name) => [name, typed(version)]));
  });
});

describe('fhir-consent.md §9 $versions', () => {
  it.each([
    ['/fhir/R4', ['4.0'], '4.0'],
    ['/fhir/R4B', ['4.3'], '4.3'],
    ['/fhir/R5', ['5.0'], '5.0'],
    ['/fhir', ['4.0', '4.3', '5.0'], '4.0'],
  ])('at %s names %j as Parameters and as plain JSON', async (base, spoken, usual) => {
    const parameters = await api.call('GET', `${base}/$versions`, { as: null });
    expect(parameters.json).toMatchObject({ resourceType: 'Parameters' });
    const codesOf = (name: string) =>
      (parameters.json['parameter'] as readonly { name: string; valueCode: string }[])
        .filter((parameter) => parameter.name === name)
        .map(({ valueCode }) => valueCode);
    expect([codesOf('version'), codesOf('default')]).toEqual([spoken, [usual]]);
    const plain = await api.call('GET', `${base}/$versions`, {
      as: null,
      headers: { accept: 'application/json' },
    });
    expect(plain.headers.get('content-type')).toMatch(/^application\/json/);
    expect(plain.json).toEqual({ versions: spoken, default: usual });
  });
});

describe('fhir-consent.md §9 one resource, one version id', () => {
  it('ETag, versionId, lastUpdated and profile are the same whatever the representation', async () => {
    const profile = ['https://example.org/StructureDefinition/consent'];
    const id = await file(api, consentR4('ann', { meta: { profile } }));
    api.later(60);
    await api.call('PUT', `/fhir/R4/Consent/${id}`, { body: consentR4('ann', { id, meta: { profile } }) });
    const metas: unknown[] = [];
    for (const { base } of bases) {
      const { headers, json: body } = await get(`${base}/Consent/${id}`);
      expect([base, headers.get('etag')]).toEqual([base, 'W/"2"']);
      metas.push(body['meta']);
    }
    for (const meta of metas) expect(meta).toEqual(metas[0]);
    expect(metas[0]).toMatchObject({ versionId: '2', profile });
  });

  it('an ETag of one version is a precondition in another', async () => {
    const id = await file(api, consentR4('ann'));
    const { json: shown } = await get(`/fhir/R5/Consent/${id}`);
    const put = (tag: string) =>
      api.call('PUT', `/fhir/R5/Consent/${id}`, { body: shown, headers: { 'if-match': tag } });
    expect((await put('W/"9"')).status).toBe(412);
    expect((await put('W/"1"')).status).toBe(200);
    expect((await put('W/"1"')).status).toBe(412);
  });
});
