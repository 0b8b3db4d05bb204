/** What a consent says in each version, whichever it was filed in (fhir-consent.md §5). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, entriesOf, idsOf, issuer, issuesOf } from '../protocols/fhir-api/api.ts';
import { consentR4, consentR5 } from '../protocols/fhir-api/consents.ts';
import { anIdentifier, asToken, bases, file, statusOf, subsetted } from './rest.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const json = 'application/fhir+json';
const typed = (version: string) => `${json}; fhirVersion=${version}`;
const get = (path: string, accept = '*/*') => api.call('GET', path, { headers: { accept } });

describe('fhir-consent.md §5 through the API', () => {
  const rich = consentR4('ann', {
    dateTime: '2026-05-01T10:30:00Z',
    performer: [{ reference: 'Patient/ann' }],
    organization: [{ reference: 'Organization/h' }],
    policy: [{ authority: 'https://example.org', uri: 'https://policies.example.org/privacy' }],
    sourceReference: { reference: 'DocumentReference/1' },
    provision: {
      type: 'permit',
      period: { start: '2026-01-01', end: '2026-12-31' },
      purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
      class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }],
      provision: [
        {
          type: 'deny',
          securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }],
        },
      ],
    },
  });

  it('an R4 consent reads in R5 with each element at its place', async () => {
    const id = await file(api, rich);
    expect((await get(`/fhir/R5/Consent/${id}`)).json).toMatchObject({
      subject: { reference: 'Patient/ann' },
      date: '2026-05-01',
      grantor: [{ reference: 'Patient/ann' }],
      manager: [{ reference: 'Organization/h' }],
      controller: [{ reference: 'Organization/h' }],
      category: [{ coding: [{ code: 'patient-privacy' }] }, { coding: [{ code: '59284-0' }] }],
      policyBasis: { url: 'https://policies.example.org/privacy' },
      sourceReference: [{ reference: 'DocumentReference/1' }],
      decision: 'permit',
    });
  });

  it('what was submitted comes back letter by letter in its own version', async () => {
    const raw = `{ "status":"active", "resourceType" : "Consent","extension":[{"url":"urn:test:a","valueDecimal":1.10},{"valueDecimal":2E+3,"url":"urn:test:b"}],${JSON.stringify(rich).slice(1).replace('"resourceType":"Consent","status":"active",', '')}`;
    const made = await api.call('POST', '/fhir/R4/Consent', { raw });
    expect(made.status, made.text).toBe(201);
    const { text } = await get(`/fhir/R4/Consent/${made.json['id']}`);
    const sent = raw.slice(raw.indexOf('"extension"'));
    expect(text).toContain(sent);
    expect(text.indexOf('"status"')).toBeLessThan(text.indexOf('"extension"'));
    expect((await get('/fhir/R4/Consent?_sort=-_lastUpdated&_count=200')).text).toContain(sent);
    expect((await get(`/fhir/R5/Consent/${made.json['id']}`)).text).toContain('"valueDecimal":1.10');
  });

  it('a round trip R4 → R5 → R4 loses nothing', async () => {
    const id = await file(api, rich);
    const before = (await get(`/fhir/R4/Consent/${id}`)).json;
    const { json: shown } = await get(`/fhir/R5/Consent/${id}`);
    expect(JSON.stringify(shown)).not.toContain('SUBSETTED');
    const put = await api.call('PUT', `/fhir/R5/Consent/${id}`, { body: shown });
    expect(put.status, put.text).toBe(200);
    const { meta: _, ...after } = (await get(`/fhir/R4/Consent/${id}`)).json;
    const { meta: __, ...sent } = before;
    expect(after).toEqual(sent);
  });

  it('a round trip R5 → R4 → R5 loses nothing that R4 can carry', async () => {
    const body = consentR5('ann', {
      grantee: [{ reference: 'Organization/c' }],
      manager: [{ reference: 'Organization/h' }],
      controller: [{ reference: 'Organization/c' }],
      period: { start: '2026-01-01' },
      category: [{ coding: [{ system: 'http://loinc.org', code: '57016-8' }] }],
    });
    const id = await file(api, body, { base: '/fhir/R5' });
    const { meta: before, ...sent } = (await get(`/fhir/R5/Consent/${id}`)).json;
    const { json: shown } = await get(`/fhir/R4/Consent/${id}`);
    const put = await api.call('PUT', `/fhir/R4/Consent/${id}`, { body: shown });
    expect(put.status, put.text).toBe(200);
    const { meta: after, ...back } = (await get(`/fhir/R5/Consent/${id}`)).json;
    expect(back).toEqual(sent);
    expect([before, after]).toMatchObject([{ versionId: '1' }, { versionId: '2' }]);
  });

  it('a status that the other version does not have is never shown as `active`, and comes back', async () => {
    const proposed = await file(api, consentR4('ann', { status: 'proposed' }));
    const rejected = await file(api, consentR4('ann', { status: 'rejected' }));
    const notDone = await file(api, consentR5('ann', { status: 'not-done' }), { base: '/fhir/R5' });
    const unknown = await file(api, consentR5('ann', { status: 'unknown' }), { base: '/fhir/R5' });
    const status = async (release: string, id: string) =>
      (await get(`/fhir/${release}/Consent/${id}`)).json['status'];
    expect(await status('R5', proposed)).toBe('draft');
    expect(await status('R5', rejected)).toBe('inactive');
    expect(await status('R4', notDone)).toBe('rejected');
    expect(await status('R4', unknown)).toBe('inactive');
    expect(await status('R4', proposed)).toBe('proposed');
    expect(await status('R5', notDone)).toBe('not-done');
  });

  it('is found in each version by the values that the version shows', async () => {
    const identifier = anIdentifier();
    const id = await file(api, consentR4('ann', { identifier: [identifier], status: 'proposed' }));
    const found = async (release: string, query: string) =>
      idsOf(await get(`/fhir/${release}/Consent?identifier=${asToken(identifier)}&${query}`));
    expect(await found('R4', 'status=proposed')).toEqual([id]);
    expect(await found('R4', 'status=draft')).toEqual([]);
    expect(await found('R5', 'status=draft')).toEqual([id]);
    expect(await found('R5', 'category=patient-privacy')).toEqual([id]);
    expect(await found('R4', 'category=patient-privacy')).toEqual([]);
    expect(await found('R4', 'scope=patient-privacy')).toEqual([id]);
    expect(await found('R5', 'subject=Patient/ann')).toEqual([id]);
  });

  describe('the consent of a Group', () => {
    const filed = (changes = {}) =>
      file(api, consentR5('ann', { subject: { reference: 'Group/g' }, ...changes }), { base: '/fhir/R5' });

    it('in R4 is 406, and the answer names the base that serves it', async () => {
      const id = await filed();
      for (const path of [
        `/fhir/R4/Consent/${id}`,
        `/fhir/R4B/Consent/${id}`,
        `/fhir/Consent/${id}`,
        `/fhir/R4/Consent/${id}/_history/1`,
      ]) {
        const answer = await get(path);
        expect([path, answer.status, issuesOf(answer)[0]?.code]).toEqual([path, 406, 'not-supported']);
        expect(issuesOf(answer)[0]?.diagnostics).toContain(`${issuer}/fhir/R5`);
      }
      expect((await get(`/fhir/Consent/${id}`, typed('5.0'))).status).toBe(200);
    });

    it('is left out of searches and totals of R4, and fills no page there', async () => {
      const identifier = anIdentifier();
      await filed({ identifier: [identifier] });
      api.later(1);
      const id = await file(api, consentR4('ann', { identifier: [identifier] }));
      const query = `identifier=${asToken(identifier)}`;
      for (const base of ['/fhir/R4', '/fhir/R4B', '/fhir']) {
        const answer = await get(`${base}/Consent?${query}&_count=1`);
        expect([base, idsOf(answer), answer.json['total']]).toEqual([base, [id], 1]);
        expect((await get(`${base}/Consent?${query}&_summary=count`)).json['total']).toBe(1);
      }
      expect((await get(`/fhir/R5/Consent?${query}`)).json['total']).toBe(2);
    });

    it('does not come along in R4', async () => {
      const group = await file(api, { resourceType: 'Group', type: 'person', actual: true });
      const id = await filed({ subject: { reference: `Group/${group}` } });
      const inR5 = await get(`/fhir/R5/Group?_id=${group}&_revinclude=Consent:subject`);
      expect(idsOf(inR5)).toEqual([group, id]);
      const inR4 = await get(`/fhir/R4/Group?_id=${group}&_revinclude=Consent:actor`);
      expect(idsOf(inR4)).toEqual([group]);
    });

    it('in a history of R4 is an entry without a body, of which the outcome is told', async () => {
      const id = await filed();
      const answer = await get(`/fhir/R4/Consent/${id}/_history`);
      expect(answer.status).toBe(200);
      const [entry] = entriesOf(answer) as readonly unknown[];
      expect(entry).not.toHaveProperty('resource');
      expect(entry).toMatchObject({ response: { outcome: { resourceType: 'OperationOutcome' } } });
    });

    it('cannot be updated or patched where it cannot be shown', async () => {
      const id = await filed();
      const body = [{ op: 'add', path: '/language', value: 'en' }];
      expect(await statusOf(api.call('PATCH', `/fhir/R4/Consent/${id}`, { body }))).toBe(406);
      const put = await api.call('PUT', `/fhir/R4/Consent/${id}`, { body: consentR4('ann', { id }) });
      expect([406, 422]).toContain(put.status);
      expect((await get(`/fhir/R5/Consent/${id}`)).headers.get('etag')).toBe('W/"1"');
    });
  });

  describe('what R4 can say only in part', () => {
    const document = (name: string) => ({
      contentType: 'application/pdf',
      url: `https://docs.example.org/${name}`,
    });
    const filed = () =>
      file(api, consentR5('ann', { sourceAttachment: [document('a'), document('b')] }), { base: '/fhir/R5' });

    it('is shown tagged SUBSETTED', async () => {
      const id = await filed();
      for (const base of ['/fhir/R4', '/fhir/R4B', '/fhir']) {
        const { json: shown } = await get(`${base}/Consent/${id}`);
        expect(shown).toMatchObject({ meta: { tag: [subsetted] }, sourceAttachment: document('a') });
      }
      expect((await get(`/fhir/R5/Consent/${id}`)).text).not.toContain('SUBSETTED');
      const found = await get(`/fhir/R4/Consent?_id=${id}`);
      expect(found.text).toContain('SUBSETTED');
    });

    it('is refused as an update, and as a patch, in R4', async () => {
      const id = await filed();
      const { json: shown } = await get(`/fhir/R4/Consent/${id}`);
      const put = await api.call('PUT', `/fhir/R4/Consent/${id}`, { body: shown });
      expect([put.status, issuesOf(put)[0]?.code]).toEqual([422, 'business-rule']);
      const body = [{ op: 'add', path: '/language', value: 'en' }];
      expect(await statusOf(api.call('PATCH', `/fhir/R4/Consent/${id}`, { body }))).toBe(422);
      expect((await get(`/fhir/R5/Consent/${id}`)).json).toMatchObject({
        meta: { versionId: '1' },
        sourceAttachment: [document('a'), document('b')],
      });
      expect(await statusOf(api.call('PATCH', `/fhir/R5/Consent/${id}`, { body }))).toBe(200);
    });
  });

  it('a directory resource is shown alike in every version', async () => {
    const body = { resourceType: 'Organization', name: 'Clinic', unknownHere: { a: [1] } };
    const id = await file(api, body);
    for (const { base } of bases)
      expect((await get(`${base}/Organization/${id}`)).json).toMatchObject({
        name: 'Clinic',
        unknownHere: { a: [1] },
      });
  });
});
