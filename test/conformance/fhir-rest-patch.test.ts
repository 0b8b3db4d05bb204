/** PATCH with a JSON Patch (fhir-consent.md §8, RFC 6902), at every base. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, issuesOf } from '../protocols/fhir-api/api.ts';
import { consentR4 } from '../protocols/fhir-api/consents.ts';
import { bases, file, narrative, stateOf, statusOf, unknownId } from './rest.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const language = { op: 'add', path: '/language', value: 'en' };

describe.each(bases)('fhir-consent.md §8 patch at $base', ({ base, version, consent, owner }) => {
  const url = (id: string) => `${base}/Consent/${id}`;
  const filed = (changes = {}) => file(api, consent('ann', changes), { base });
  const patch = (id: string, body: unknown, headers = {}) => api.call('PATCH', url(id), { body, headers });

  it('200 with the next version, its ETag and its version of FHIR', async () => {
    const id = await filed();
    const answer = await patch(id, [{ op: 'replace', path: '/status', value: 'inactive' }]);
    expect([answer.status, answer.headers.get('etag'), answer.json['status']]).toEqual([
      200,
      'W/"2"',
      'inactive',
    ]);
    expect(answer.headers.get('content-type')).toBe(`application/fhir+json; fhirVersion=${version}`);
    expect((await api.call('GET', url(id))).json).toEqual(answer.json);
  });

  it.each([
    ['add', [language], { language: 'en' }],
    [
      'add to a list',
      [{ op: 'add', path: '/identifier/-', value: { value: 'b' } }],
      { identifier: [{ value: 'a' }, { value: 'b' }] },
    ],
    [
      'replace',
      [{ op: 'replace', path: '/identifier/0/value', value: 'c' }],
      { identifier: [{ value: 'c' }] },
    ],
    [
      'move',
      [language, { op: 'move', from: '/language', path: '/identifier/0/value' }],
      { identifier: [{ value: 'en' }] },
    ],
    [
      'copy',
      [{ op: 'copy', from: '/identifier/0', path: '/identifier/0' }],
      { identifier: [{ value: 'a' }, { value: 'a' }] },
    ],
    ['test', [{ op: 'test', path: '/status', value: 'active' }, language], { language: 'en' }],
  ])('%s', async (_, operations, expected) => {
    const id = await filed({ identifier: [{ value: 'a' }] });
    const answer = await patch(id, operations);
    expect([answer.status, answer.json], answer.text).toMatchObject([200, expected]);
  });

  it('remove', async () => {
    const id = await filed({ identifier: [{ value: 'a' }] });
    const answer = await patch(id, [{ op: 'remove', path: '/identifier' }]);
    expect(answer.status).toBe(200);
    expect(answer.json).not.toHaveProperty('identifier');
  });

  it('422 when a test does not hold, and nothing of the patch is done', async () => {
    const id = await filed();
    const answer = await patch(id, [language, { op: 'test', path: '/status', value: 'draft' }]);
    expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([422, 'business-rule']);
    expect((await api.call('GET', url(id))).json).not.toHaveProperty('language');
    expect(await stateOf(api, url(id))).toEqual(['1', 'active']);
  });

  it.each([
    ['a path there is not', { op: 'replace', path: '/nothing/at/all', value: 1 }],
    ['an index beyond the list', { op: 'add', path: '/identifier/7', value: {} }],
    ['a path that is no pointer', { op: 'add', path: 'status', value: 'draft' }],
    ['nothing to copy from', { op: 'copy', from: '/nothing', path: '/identifier' }],
  ])('422 to %s', async (_, operation) => {
    const id = await filed();
    const answer = await patch(id, [operation]);
    expect([answer.status, issuesOf(answer)[0]?.code], answer.text).toEqual([422, 'business-rule']);
    expect(await stateOf(api, url(id))).toEqual(['1', 'active']);
  });

  it('412 when If-Match names another version', async () => {
    const id = await filed();
    const answer = await patch(id, [language], { 'if-match': 'W/"2"' });
    expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([412, 'conflict']);
    expect((await patch(id, [language], { 'if-match': 'W/"1"' })).status).toBe(200);
  });

  it('404 to an unknown id', async () => {
    expect((await patch(unknownId, [language])).status).toBe(404);
  });

  it('must not change the id or the type', async () => {
    const id = await filed();
    for (const operation of [
      { op: 'replace', path: '/id', value: unknownId },
      { op: 'remove', path: '/id' },
      { op: 'replace', path: '/resourceType', value: 'Patient' },
      { op: 'replace', path: '', value: { resourceType: 'Patient', id } },
    ])
      expect([operation, (await patch(id, [operation])).status]).toEqual([operation, 422]);
    expect(await stateOf(api, url(id))).toEqual(['1', 'active']);
  });

  it('must not change whose it is', async () => {
    const id = await filed();
    const answer = await patch(id, [{ op: 'replace', path: `/${owner}/reference`, value: 'Patient/bob' }]);
    expect(answer.status).toBe(422);
  });

  it('must not make it invalid: 400 names the element', async () => {
    const id = await filed();
    const answer = await patch(id, [{ op: 'remove', path: '/status' }]);
    expect([answer.status, issuesOf(answer)[0]?.code, issuesOf(answer)[0]?.expression]).toEqual([
      400,
      'required',
      ['Consent.status'],
    ]);
  });

  it('must not make the narrative unsafe: 422', async () => {
    const id = await filed({ text: narrative('<p>fine</p>') });
    const { div } = narrative('<script>alert(1)</script>');
    const answer = await patch(id, [{ op: 'replace', path: '/text/div', value: div }]);
    expect([answer.status, issuesOf(answer)[0]?.expression]).toEqual([422, ['Consent.text.div']]);
  });

  it('415 to what is no JSON Patch', async () => {
    const id = await filed();
    for (const type of [
      'application/fhir+json',
      'application/json',
      'application/xml-patch+xml',
      'application/merge-patch+json',
    ]) {
      const answer = await patch(id, [language], { 'content-type': type });
      expect([type, answer.status, issuesOf(answer)[0]?.code]).toEqual([type, 415, 'not-supported']);
    }
  });

  it('400 to a body that is no list of operations', async () => {
    const id = await filed();
    for (const body of [{ op: 'add' }, 'x', [1], [{ path: '/status' }], null])
      expect([body, (await patch(id, body)).status]).toEqual([body, 400]);
    expect((await patch(id, Array(1001).fill(language))).status).toBe(400);
  });

  it('400 to an operation there is not, before any path is looked at', async () => {
    const id = await filed();
    const answer = await patch(id, [{ op: 'increase', path: '/nothing' }]);
    expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([400, 'structure']);
  });

  it.each([
    { op: 'add', path: '/__proto__/polluted', value: 'yes' },
    { op: 'add', path: '/constructor/prototype/polluted', value: 'yes' },
    { op: 'add', path: '/identifier/__proto__/polluted', value: 'yes' },
    { op: 'add', path: '/identifier/push/polluted', value: 'yes' },
    { op: 'replace', path: '/__proto__', value: { polluted: 'yes' } },
    { op: 'copy', from: '/identifier', path: '/__proto__/polluted' },
    { op: 'copy', from: '/identifier', path: '/toString/polluted' },
    { op: 'move', from: '/identifier', path: '/toString/polluted' },
    { op: 'copy', from: '/toString', path: '/language' },
    { op: 'copy', from: '/identifier/length', path: '/language' },
    { op: 'test', path: '/identifier/length', value: 1 },
  ])('does not reach what every object inherits: %j', async (operation) => {
    const id = await filed({ identifier: [{ value: 'a' }] });
    const answer = await patch(id, [operation]);
    const polluted = [{}, Object.prototype.toString, Array.prototype.push].map((victim) => {
      const { polluted: left } = victim as { polluted?: unknown };
      delete (victim as { polluted?: unknown }).polluted;
      return left;
    });
    expect(polluted).toEqual([undefined, undefined, undefined]);
    expect([400, 422], answer.text).toContain(answer.status);
    expect(await stateOf(api, url(id))).toEqual(['1', 'active']);
  });

  it.each([
    { op: 'replace', path: '/identifier/length', value: 0 },
    { op: 'remove', path: '/identifier/length' },
    { op: 'replace', path: '/identifier/-', value: { value: 'b' } },
    { op: 'replace', path: '/identifier/00', value: { value: 'b' } },
    { op: 'replace', path: '/identifier/0x', value: { value: 'b' } },
    { op: 'add', path: '/status/length', value: 1 },
    { op: 'replace', path: '/status/0', value: 'b' },
    { op: 'replace', path: '/extension/0/valueDecimal/rawJSON', value: '2' },
    { op: 'copy', from: 7, path: '/language' },
    { op: 'move', from: 'status', path: '/language' },
    { op: 'move', from: '/identifier', path: '/identifier/0/extension' },
  ])('takes lists, strings and numbers for what they are in JSON: %j is refused', async (operation) => {
    const extension = [{ url: 'urn:test:a', valueDecimal: 1 }];
    const raw = JSON.stringify(consent('ann', { identifier: [{ value: 'a' }], extension }));
    const made = await api.call('POST', `${base}/Consent`, {
      raw: raw.replace('Decimal":1', 'Decimal":1.10'),
    });
    const id = String(made.json['id']);
    const answer = await patch(id, [operation]);
    expect([400, 422], answer.text).toContain(answer.status);
    expect(await stateOf(api, url(id))).toEqual(['1', 'active']);
  });

  it('tests numbers by their value, and says no more than that a test fails', async () => {
    const extension = [{ url: 'urn:test:a', valueDecimal: 1 }];
    const raw = JSON.stringify(consent('ann', { extension })).replace('Decimal":1', 'Decimal":1.10');
    const id = String((await api.call('POST', `${base}/Consent`, { raw })).json['id']);
    const test = (value: string) =>
      api.call('PATCH', url(id), { raw: `[{"op":"test","path":"/extension/0","value":${value}}]` });
    expect((await test('{"valueDecimal":1.100,"url":"urn:test:a"}')).status).toBe(200);
    for (const value of [
      '{"valueDecimal":1.2,"url":"urn:test:a"}',
      '{"toString":1,"valueOf":1}',
      '[]',
      'null',
      '1.10',
    ])
      expect([value, (await test(value)).status]).toEqual([value, 422]);
    expect(await statusOf(patch(id, [{ op: 'test', path: '/extension/0' }]))).toBe(422);
  });

  it('compares long lists without looking for how they differ', async () => {
    const identifier = Array.from({ length: 1000 }, (_, n) => ({ value: `${n}` }));
    const id = await filed({ identifier });
    const answer = await patch(id, [{ op: 'test', path: '/identifier', value: identifier.toReversed() }]);
    expect(answer.status).toBe(422);
  });

  it('does not let copies of copies grow without bound', async () => {
    const id = await filed({ identifier: [{ value: 'a'.repeat(250) }] });
    const doubling = Array.from({ length: 40 }, (_, n) => ({
      op: 'copy',
      from: '/identifier',
      path: `/identifier/0/extension${n}`,
    }));
    const answer = await patch(id, doubling);
    expect(answer.status).toBe(422);
    expect(await stateOf(api, url(id))).toEqual(['1', 'active']);
  });

  it('keeps the digits of numbers that it does not touch, and of those it adds', async () => {
    const extension = (url: string) => `[{"url":"urn:test:${url}","valueDecimal":1.10}]`;
    const raw = JSON.stringify(consent('ann')).replace('{', `{"extension":${extension('a')},`);
    const made = await api.call('POST', `${base}/Consent`, { raw });
    const id = String(made.json['id']);
    const untouched = await patch(id, [language]);
    expect([untouched.status, untouched.text]).toEqual([200, expect.stringContaining('"valueDecimal":1.10')]);
    const added = await api.call('PATCH', url(id), {
      raw: '[{"op":"add","path":"/extension/-","value":{"url":"urn:test:b","valueDecimal":2.50}}]',
    });
    expect([added.status, added.text]).toEqual([200, expect.stringContaining('"valueDecimal":2.50')]);
    expect((await api.call('GET', url(id))).text).toContain('"valueDecimal":1.10');
  });

  it('keeps the digits of numbers that it copies, moves or tests', async () => {
    const extension = '[{"url":"urn:test:a","valueDecimal":1.10}]';
    const raw = JSON.stringify(consent('ann')).replace('{', `{"extension":${extension},`);
    const id = String((await api.call('POST', `${base}/Consent`, { raw })).json['id']);
    const answer = await api.call('PATCH', url(id), {
      raw: `[{"op":"test","path":"/extension/0/valueDecimal","value":1.10},
        {"op":"copy","from":"/extension/0","path":"/extension/-"},
        {"op":"move","from":"/extension/1/valueDecimal","path":"/extension/1/valueDecimal"}]`,
    });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text.match(/"valueDecimal":1\.10/g)).toHaveLength(2);
  });

  it('keeps the order of members', async () => {
    const id = await filed({ language: 'en' });
    const before = Object.keys((await api.call('GET', url(id))).json);
    await patch(id, [{ op: 'replace', path: '/language', value: 'de' }]);
    expect(Object.keys((await api.call('GET', url(id))).json)).toEqual(before);
  });
});

describe('fhir-consent.md §8 patch', () => {
  const patched = (as: 'ann' | 'bob' | 'scanner', id: string) =>
    statusOf(
      api.call('PATCH', `/fhir/R4/Consent/${id}`, {
        as,
        body: [{ op: 'replace', path: '/status', value: 'inactive' }],
      }),
    );

  it('asks for the same authority as an update: the patient may withdraw, who may only file may not', async () => {
    const id = await file(api, consentR4('ann'));
    expect(await patched('scanner', id)).toBe(403);
    expect(await patched('bob', id)).toBe(404);
    expect(await patched('ann', id)).toBe(200);
  });

  it('works on directory resources as well', async () => {
    const id = await file(api, { resourceType: 'Organization', name: 'Clinic' });
    const body = [{ op: 'replace', path: '/name', value: 'Hospital' }];
    const answer = await api.call('PATCH', `/fhir/R4/Organization/${id}`, { body });
    expect([answer.status, answer.json['name']]).toEqual([200, 'Hospital']);
  });

  it('never answers with what was sent or with words from inside', async () => {
    const id = await file(api, consentR4('ann'));
    const body = [{ op: 'test', path: '/secret-of-bob', value: 'secret value' }];
    const answer = await api.call('PATCH', `/fhir/R4/Consent/${id}`, { body });
    expect(answer.text).not.toMatch(/secret|Error|\.ts/);
  });
});
