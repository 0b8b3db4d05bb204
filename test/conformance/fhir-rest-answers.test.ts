/** Headers and the table of OperationOutcomes of fhir-consent.md §8. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Api, anApi, idsOf, issuesOf } from '../protocols/fhir-api/api.ts';
import { consentR4 } from '../protocols/fhir-api/consents.ts';
import { type Service, startService } from '../support/service.ts';
import { anIdentifier, asToken, bases, file, stateOf, statusOf, unknownId } from './rest.ts';

let api: Api;
let service: Service;
beforeAll(async () => {
  [api, service] = await Promise.all([anApi(), startService()]);
});
afterAll(() => Promise.all([api.close(), service.stop()]));

describe.each(bases)('fhir-consent.md §8 headers at $base', ({ base, consent }) => {
  const url = (path = '') => `${base}/Consent${path}`;

  it('Prefer: return=minimal answers without a body, for create, update and patch', async () => {
    const headers = { prefer: 'return=minimal' };
    const id = await file(api, consent('ann'), { base });
    for (const answer of [
      await api.call('POST', url(), { body: consent('ann'), headers }),
      await api.call('PUT', url(`/${id}`), { body: consent('ann', { id }), headers }),
      await api.call('PATCH', url(`/${id}`), {
        body: [{ op: 'add', path: '/language', value: 'en' }],
        headers,
      }),
    ]) {
      expect([200, 201]).toContain(answer.status);
      expect([answer.text, answer.headers.has('etag'), answer.headers.has('last-modified')]).toEqual([
        '',
        true,
        true,
      ]);
    }
  });

  it('Prefer: return=representation answers with the resource', async () => {
    const headers = { prefer: 'return=representation' };
    const answer = await api.call('POST', url(), { body: consent('ann'), headers });
    expect(answer.json).toMatchObject({ resourceType: 'Consent', status: 'active' });
  });

  it('Prefer: return=OperationOutcome answers with what was found', async () => {
    const headers = { prefer: 'return=OperationOutcome; handling=strict' };
    const answer = await api.call('POST', url(), { body: consent('ann'), headers });
    expect([answer.status, answer.json]).toMatchObject([201, { resourceType: 'OperationOutcome' }]);
    expect(issuesOf(answer).map((issue) => (issue as { severity?: string }).severity)).not.toContain('error');
  });

  it('If-Match in any form but one version is 400', async () => {
    const id = await file(api, consent('ann'), { base });
    for (const tag of ['latest', 'W/"1", W/"2"', '1', 'W/"x"'])
      expect([
        tag,
        await statusOf(
          api.call('PUT', url(`/${id}`), { body: consent('ann', { id }), headers: { 'if-match': tag } }),
        ),
      ]).toEqual([tag, 400]);
    expect(await stateOf(api, url(`/${id}`))).toEqual(['1', 'active']);
  });

  it('X-Request-Id is echoed, on success and refusal; one that could harm nobody as well', async () => {
    const read = async (id: string) =>
      (await api.call('GET', url(`/${unknownId}`), { headers: { 'x-request-id': id } })).headers.get(
        'x-request-id',
      );
    expect(await read('request-7')).toBe('request-7');
    expect(await read('a b"c')).toBe('a b"c');
    expect((await api.call('GET', url('?_count=1'))).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('nothing personal is kept by what stands between', async () => {
    const answer = await api.call('GET', url('?_count=1'));
    expect(answer.headers.get('cache-control')).toMatch(/no-store|private/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe.each(bases)('fhir-consent.md §8 OperationOutcome at $base', ({ base, version, consent }) => {
  const post = (body: unknown, sent = {}) => api.call('POST', `${base}/Consent`, { body, ...sent });
  const rows: readonly (readonly [string, number, string, () => Promise<Answer>])[] = [
    [
      'malformed JSON',
      400,
      'structure',
      () => api.call('POST', `${base}/Consent`, { raw: '{"resourceType":' }),
    ],
    ['cardinality', 400, 'required', () => post({ ...consent('ann'), status: undefined })],
    ['type', 400, 'structure', () => post(consent('ann', { identifier: 'x' }))],
    ['required binding', 400, 'code-invalid', () => post(consent('ann', { status: 'in-force' }))],
    [
      'base invariant',
      400,
      'invariant',
      () =>
        post(
          version === '5.0'
            ? consent('ann', { extension: [{ url: 'urn:x' }] })
            : consent('ann', { policyRule: undefined }),
        ),
    ],
    [
      'our business rule',
      422,
      'business-rule',
      () =>
        post(
          consent('ann', {
            [version === '5.0' ? 'subject' : 'patient']: { identifier: { value: 'nobody' } },
          }),
        ),
    ],
    [
      'unknown search parameter, strict',
      400,
      'not-supported',
      () => api.call('GET', `${base}/Consent?x=1`, { headers: { prefer: 'handling=strict' } }),
    ],
    ['unauthenticated', 401, 'login', () => api.call('GET', `${base}/Consent`, { as: null })],
    ['not permitted, by scope', 403, 'forbidden', () => post(consent('ann'), { as: 'reader' })],
    ['not permitted, by authority', 403, 'forbidden', () => post(consent('ann'), { as: 'nosy' })],
    [
      'not permitted, hidden',
      404,
      'not-found',
      () => api.call('GET', `${base}/Consent/${unknownId}`, { as: 'ann' }),
    ],
    [
      'version conflict',
      412,
      'conflict',
      async () => {
        const id = await file(api, consent('ann'), { base });
        return api.call('PUT', `${base}/Consent/${id}`, {
          body: consent('ann', { id }),
          headers: { 'if-match': 'W/"9"' },
        });
      },
    ],
    [
      'multiple matches',
      412,
      'multiple-matches',
      async () => {
        const identifier = [anIdentifier()];
        for (const _ of [1, 2]) await file(api, consent('ann', { identifier }), { base });
        return api.call('DELETE', `${base}/Consent?identifier=${asToken(identifier[0] ?? anIdentifier())}`);
      },
    ],
    [
      'unsupported media',
      415,
      'not-supported',
      () => post(consent('ann'), { headers: { 'content-type': 'application/fhir+xml' } }),
    ],
    [
      'unsupported version in body',
      415,
      'not-supported',
      () => post(consent('ann'), { headers: { 'content-type': 'application/fhir+json; fhirVersion=3.0' } }),
    ],
    [
      'cannot satisfy Accept',
      406,
      'not-supported',
      () => api.call('GET', `${base}/Consent`, { headers: { accept: 'application/fhir+xml' } }),
    ],
    ['too large', 413, 'too-long', () => post(consent('ann', { language: 'x'.repeat(1024 * 1024) }))],
    [
      'too large a search',
      413,
      'too-long',
      () => api.call('GET', `${base}/Consent?identifier=${'x'.repeat(9000)}`),
    ],
  ];

  it.each(rows)('%s: %i %s', async (_, status, code, ask) => {
    const answer = await ask();
    expect([answer.status, answer.json['resourceType']], answer.text).toEqual([status, 'OperationOutcome']);
    const [issue] = issuesOf(answer);
    expect(issue).toMatchObject({ severity: 'error', code });
    expect(answer.text).not.toMatch(/\.ts|Error:|select |postgres/i);
  });

  it('names the element by FHIRPath', async () => {
    const provision = { period: { start: 'soon' } };
    const answer = await post(
      consent('ann', { provision: version === '5.0' ? [provision] : { type: 'deny', ...provision } }),
    );
    const at = version === '5.0' ? 'Consent.provision[0].period.start' : 'Consent.provision.period.start';
    expect(issuesOf(answer)[0]?.expression).toEqual([at]);
  });
});

describe('fhir-consent.md §8 OperationOutcome', () => {
  it('token expired: 401 expired', async () => {
    const client = await service.clientWith(['system/Consent.rs']);
    expect((await client.get('/fhir/R4/Consent')).status).toBe(200);
    service.wait(3600);
    const answer = await client.get('/fhir/R4/Consent');
    expect([answer.status, answer.body]).toMatchObject([
      401,
      { issue: [{ severity: 'error', code: 'expired' }] },
    ]);
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('no token: 401 login with a challenge', async () => {
    const answer = await service.send('GET', '/fhir/R4/Consent');
    expect([answer.status, answer.body]).toMatchObject([401, { issue: [{ code: 'login' }] }]);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });
});

describe('fhir-consent.md §8', () => {
  it('what is filed in one base is the same resource in all', async () => {
    const identifier = anIdentifier();
    const id = await file(api, consentR4('ann', { identifier: [identifier] }));
    for (const { base } of bases)
      expect(idsOf(await api.call('GET', `${base}/Consent?identifier=${asToken(identifier)}`))).toEqual([id]);
  });
});
