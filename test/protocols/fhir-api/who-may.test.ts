/** Who may do what: scopes, patients, write authority, and that the hidden looks like the missing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Api, anApi, entriesOf, idsOf, type Sent, seen } from './api.ts';
import { consentR4, consentR5 } from './consents.ts';

let api: Api;
let annsConsent: string;
let bobsConsent: string;

beforeAll(async () => {
  api = await anApi();
  annsConsent = String(
    (await api.call('POST', '/fhir/R4/Consent', { as: 'ann', body: consentR4('ann') })).json['id'],
  );
  bobsConsent = String(
    (await api.call('POST', '/fhir/R4/Consent', { as: 'bob', body: consentR4('bob') })).json['id'],
  );
});
afterAll(() => api.close());

const asAnn = (method: string, path: string, sent: Sent = {}) =>
  api.call(method, `/fhir/R4${path}`, { as: 'ann', ...sent });

describe('a client of one patient', () => {
  it.each([
    ['GET', (id: string) => `/Consent/${id}`],
    ['GET', (id: string) => `/Consent/${id}/_history`],
    ['GET', (id: string) => `/Consent/${id}/_history/1`],
  ])(
    'cannot tell a hidden consent from a missing one: %s (AD-1, acceptance test 1)',
    async (method, path) => {
      const [hidden, missing] = [
        await asAnn(method, path(bobsConsent)),
        await asAnn(method, path('00000000-0000-4000-8000-000000000000')),
      ];
      expect(hidden.status).toBe(404);
      expect(seen(hidden)).toEqual(seen(missing));
    },
  );

  it('cannot tell them apart by PUT either, whatever the precondition (§2, AD-6, acceptance test 11)', async () => {
    const put = (id: string, headers: Record<string, string>) =>
      asAnn('PUT', `/Consent/${id}`, { body: consentR4('ann', { id }), headers });
    for (const headers of [{}, { 'if-match': 'W/"1"' }, { 'if-match': 'W/"9"' }] as Record<
      string,
      string
    >[]) {
      const [hidden, missing] = [
        await put(bobsConsent, headers),
        await put('00000000-0000-4000-8000-000000000000', headers),
      ];
      expect(hidden.status).toBe(405);
      expect(seen(hidden)).toEqual(seen(missing));
    }
    expect((await api.call('GET', `/fhir/R4/Consent/${bobsConsent}`)).json).toMatchObject({
      meta: { versionId: '1' },
    });
  });

  it('cannot tell by 304 or by the version of the resource', async () => {
    const hiddenR5 = String(
      (await api.call('POST', '/fhir/R5/Consent', { as: 'bob', body: consentR5('bob') })).json['id'],
    );
    expect((await asAnn('GET', `/Consent/${hiddenR5}`)).status).toBe(404);
    expect(
      (await asAnn('GET', `/Consent/${bobsConsent}`, { headers: { 'if-none-match': 'W/"1"' } })).status,
    ).toBe(404);
  });

  it('finds and counts its own alone', async () => {
    expect(idsOf(await asAnn('GET', '/Consent'))).toEqual([annsConsent]);
    for (const query of ['patient=bob', `_id=${bobsConsent}`, 'patient=bob&_summary=count']) {
      expect((await asAnn('GET', `/Consent?${query}`)).json['total']).toBe(0);
    }
  });

  it('files consents of its own patient alone, active without further authority', async () => {
    expect((await asAnn('POST', '/Consent', { body: consentR4('ann') })).status).toBe(201);
    expect((await asAnn('POST', '/Consent', { body: consentR4('bob') })).status).toBe(403);
    const body = consentR4('bob', { id: annsConsent });
    expect((await asAnn('PUT', `/Consent/${annsConsent}`, { body })).status).toBe(403);
    const mixed = {
      ...consentR4('ann'),
      patient: { reference: 'Patient/bob', identifier: { value: 'ann' } },
    };
    expect((await asAnn('POST', '/Consent', { body: mixed })).status).toBe(403);
  });

  it('learns nothing of others from references by identifier', async () => {
    const identifier = [{ system: 'urn:mrn', value: 'bob-1' }];
    await api.call('POST', '/fhir/R4/Patient', { body: { resourceType: 'Patient', identifier } });
    const post = (value: string) =>
      asAnn('POST', '/Consent', {
        body: consentR4('ann', { patient: { identifier: { system: 'urn:mrn', value } } }),
      });
    expect(seen(await post('bob-1'))).toEqual(seen(await post('nobody')));
  });

  it('reads its own Patient, no Group, and the professionals of the directory', async () => {
    const made = async (resourceType: string, more = {}) =>
      String(
        (await api.call('POST', `/fhir/R4/${resourceType}`, { body: { resourceType, ...more } })).json['id'],
      );
    const patient = await made('Patient');
    const group = await made('Group', { type: 'person', actual: true });
    const organization = await made('Organization');
    expect((await asAnn('GET', `/Patient/${patient}`)).status).toBe(404);
    expect((await asAnn('GET', `/Group/${group}`)).status).toBe(404);
    expect((await asAnn('GET', '/Patient')).json['total']).toBe(0);
    expect((await asAnn('GET', `/Organization/${organization}`)).status).toBe(200);
    await api.resources.create({
      type: 'Patient',
      id: 'ann',
      fhirVersion: '4.0',
      patient: 'ann',
      status: undefined,
      index: { entries: [], dates: [] },
      text: '{"resourceType":"Patient"}',
      at: 0 as never,
      filedBy: 'import',
    });
    expect((await asAnn('GET', '/Patient/ann')).status).toBe(200);
  });

  it('writes nothing to the directory', async () => {
    expect((await asAnn('POST', '/Patient', { body: { resourceType: 'Patient' } })).status).toBe(403);
    expect(
      (
        await api.call('POST', '/fhir/R4/Organization', {
          as: 'family',
          body: { resourceType: 'Organization' },
        })
      ).status,
    ).toBe(403);
  });
});

describe('a client of several patients', () => {
  it('reaches these, and files for them only what it is registered to', async () => {
    const found = await api.call('GET', '/fhir/R4/Consent?_summary=count', { as: 'family' });
    const all = await api.call('GET', '/fhir/R4/Consent?_summary=count');
    await api.call('POST', '/fhir/R4/Consent', { body: consentR4('carl') });
    expect((await api.call('GET', '/fhir/R4/Consent?_summary=count', { as: 'family' })).json['total']).toBe(
      found.json['total'],
    );
    expect((await api.call('GET', '/fhir/R4/Consent?_summary=count')).json['total']).toBe(
      Number(all.json['total']) + 1,
    );
    const post = (body: unknown) => api.call('POST', '/fhir/R4/Consent', { as: 'family', body });
    expect((await post(consentR4('ann', { status: 'draft' }))).status).toBe(201);
    expect((await post(consentR4('ann'))).status).toBe(403);
    expect((await post(consentR4('carl', { status: 'draft' }))).status).toBe(403);
  });
});

describe('a client of an organization', () => {
  it('reaches and files for the patients in its care, and takes others for unknown', async () => {
    const patientOf = async (organization: string) =>
      String(
        (
          await api.call('POST', '/fhir/R4/Patient', {
            body: { resourceType: 'Patient', managingOrganization: { reference: organization } },
          })
        ).json['id'],
      );
    const [own, other] = [await patientOf('Organization/h'), await patientOf('Organization/other')];
    const post = (patient: string) =>
      api.call('POST', '/fhir/R4/Consent', { as: 'hospital', body: consentR4(patient) });
    const filed = await post(own);
    expect(filed.status).toBe(201);
    expect(seen(await post(other))).toEqual(seen(await post('unknown')));
    expect((await post(other)).status).toBe(403);
    expect(idsOf(await api.call('GET', '/fhir/R4/Consent', { as: 'hospital' }))).toEqual([filed.json['id']]);
    const [hidden, missing] = [bobsConsent, '00000000-0000-4000-8000-000000000000'].map((id) =>
      api.call('GET', `/fhir/R4/Consent/${id}`, { as: 'hospital' }),
    ) as [Promise<Answer>, Promise<Answer>];
    expect(seen(await hidden)).toEqual(seen(await missing));
    const events = await api.call('GET', '/fhir/R4/AuditEvent', { as: 'hospital' });
    for (const { resource } of entriesOf(events))
      expect(JSON.stringify(resource)).toContain(`"reference":"Patient/${own}"`);
    const organization = { resourceType: 'Organization', id: 'h' };
    expect(
      (await api.call('POST', '/fhir/R4/Organization', { as: 'hospital', body: organization })).status,
    ).toBe(403);
  });
});

describe('write authority (interfaces.md, Scopes)', () => {
  it('to file for others is part of the registration', async () => {
    const answer = await api.call('POST', '/fhir/R4/Consent', { as: 'nosy', body: consentR4('ann') });
    expect([answer.status, answer.json]).toMatchObject([403, { issue: [{ code: 'forbidden' }] }]);
  });

  it('to activate is another', async () => {
    const post = (status: string) =>
      api.call('POST', '/fhir/R4/Consent', { as: 'scanner', body: consentR4('ann', { status }) });
    expect((await post('active')).status).toBe(403);
    expect((await post('proposed')).status).toBe(201);
  });

  it('is needed as well to change what is active, or to take it out of force', async () => {
    const { json } = await api.call('POST', '/fhir/R4/Consent', { body: consentR4('ann') });
    const put = (as: 'scanner' | 'ann' | 'clinic', status: string, headers = {}) =>
      api.call('PUT', `/fhir/R4/Consent/${json['id']}`, {
        as,
        body: consentR4('ann', { id: json['id'], status }),
        headers,
      });
    for (const status of ['inactive', 'entered-in-error', 'draft'])
      for (const headers of [{}, { 'if-match': 'W/"1"' }, { 'if-match': 'W/"2"' }])
        expect([status, (await put('scanner', status, headers)).status]).toEqual([status, 403]);
    expect((await put('ann', 'inactive')).status).toBe(200);
    expect((await put('scanner', 'proposed')).status).toBe(200);
    expect((await put('clinic', 'active')).status).toBe(200);
    expect((await put('clinic', 'inactive')).status).toBe(200);
  });

  it('is asked about the version that is replaced, also when another writer comes between', async () => {
    const { json } = await api.call('POST', '/fhir/R4/Consent', {
      body: consentR4('ann', { status: 'proposed' }),
    });
    const path = `/fhir/R4/Consent/${json['id']}`;
    const put = (as: 'scanner' | 'clinic', status: string) =>
      api.call('PUT', path, { as, body: consentR4('ann', { id: json['id'], status }) });
    const answers = await Promise.all([
      put('clinic', 'active'),
      ...Array.from({ length: 8 }, () => put('scanner', 'rejected')),
    ]);
    const history = await api.call('GET', `${path}/_history`);
    const statuses = entriesOf(history).map(({ resource }) => resource['status']);
    // Once active, no version but the clinic's own may follow.
    expect(statuses.lastIndexOf('active')).toBeLessThanOrEqual(0);
    for (const { status } of answers) expect([200, 403, 409]).toContain(status);
  });
});

describe('scopes (access-denied-and-enforcement.md AD-1)', () => {
  it('without a token: 401, and nothing of the request is read', async () => {
    const answer = await api.call('POST', '/fhir/R4/Consent', { as: null, raw: 'not json' });
    expect([answer.status, answer.json]).toMatchObject([401, { issue: [{ code: 'login' }] }]);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('without the letter: 403', async () => {
    expect(
      (await api.call('POST', '/fhir/R4/Consent', { as: 'reader', body: consentR4('ann') })).status,
    ).toBe(403);
    expect((await api.call('GET', '/fhir/R4/Consent', { as: 'reader' })).status).toBe(200);
    expect((await api.call('GET', '/fhir/R4/AuditEvent', { as: 'reader' })).status).toBe(403);
  });
});
