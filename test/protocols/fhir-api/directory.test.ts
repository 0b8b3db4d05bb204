/** The directory over REST: checked as far as decisions read it, kept as it came. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, idsOf, issuesOf } from './api.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const post = (type: string, members: Record<string, unknown> = {}) =>
  api.call('POST', `/fhir/R4/${type}`, { body: { resourceType: type, ...members } });

describe('a directory resource', () => {
  it('is kept with the elements that nobody here reads', async () => {
    const members = {
      name: [{ family: 'Chalmers' }],
      managingOrganization: { reference: 'Organization/1' },
      custom: { deep: [1] },
    };
    const { json, status } = await post('Patient', members);
    expect(status).toBe(201);
    expect((await api.call('GET', `/fhir/R4/Patient/${json['id']}`)).json).toMatchObject(members);
  });

  it('is served alike on every base', async () => {
    const { json } = await post('Organization', { name: 'Clinic' });
    for (const base of ['/fhir/R4B', '/fhir/R5', '/fhir']) {
      expect((await api.call('GET', `${base}/Organization/${json['id']}`)).json).toMatchObject({
        name: 'Clinic',
      });
    }
  });

  it('is found by identifier, with its system, without, and with none', async () => {
    const { json } = await post('Practitioner', { identifier: [{ system: 'urn:npi', value: '1|2' }] });
    const found = async (token: string) =>
      idsOf(await api.call('GET', `/fhir/R4/Practitioner?identifier=${encodeURIComponent(token)}`));
    expect(await found('urn:npi|1\\|2')).toEqual([json['id']]);
    expect(await found('1\\|2')).toEqual([json['id']]);
    expect(await found('|1\\|2')).toEqual([]);
    expect(await found('urn:other|1\\|2')).toEqual([]);
  });

  it('cannot pose as another by an identifier without system that looks like one with', async () => {
    const { json } = await post('Practitioner', { identifier: [{ value: 'urn:real|9' }] });
    expect(json['id']).toBeDefined();
    const found = await api.call('GET', '/fhir/R4/Practitioner?identifier=urn:real|9');
    expect(idsOf(found)).toEqual([]);
  });

  it('is amended like any other', async () => {
    const { json } = await post('PractitionerRole', { active: true });
    const body = { resourceType: 'PractitionerRole', id: json['id'], active: false };
    const updated = await api.call('PUT', `/fhir/R4/PractitionerRole/${json['id']}`, {
      body,
      headers: { 'if-match': 'W/"1"' },
    });
    expect([updated.status, updated.json['active']]).toEqual([200, false]);
  });

  it.each([
    ['Patient', { active: 'yes' }, 'structure Patient.active'],
    ['Patient', { birthDate: '2020-13' }, 'value Patient.birthDate'],
    ['Patient', { link: [{ other: { reference: 'Patient/1' } }] }, 'required Patient.link[0].type'],
    ['Patient', { identifier: [{ system: 'a b' }] }, 'value Patient.identifier[0].system'],
    ['PractitionerRole', { practitioner: { reference: 'Patient/1' } }, 'value PractitionerRole.practitioner'],
    ['PractitionerRole', { period: { start: '2021', end: '2020' } }, 'invariant PractitionerRole.period'],
    ['Organization', { partOf: { reference: 'Practitioner/1' } }, 'value Organization.partOf'],
    ['Group', { type: 'person', member: [{ inactive: true }] }, 'required Group.member[0].entity'],
    ['Group', {}, 'required Group.type'],
    ['Patient', { contained: [{ resourceType: 'Organization', id: 'o' }] }, 'invariant Patient.contained[0]'],
  ])('%s with %j is refused', async (type, members, issue) => {
    const answer = await post(type, members);
    expect(answer.status).toBe(400);
    expect(issuesOf(answer).map(({ code, expression }) => `${code} ${expression?.[0]}`)).toEqual([issue]);
  });

  it('may have a `status` of any kind: it is a member like others there', async () => {
    for (const status of ['x'.repeat(5000), { any: 'thing' }])
      expect((await post('Organization', { status })).status).toBe(201);
  });

  it('with a reference too long for an index is refused', async () => {
    const practitioner = { reference: `${'ä'.repeat(512)}/Practitioner/1` };
    const answer = await post('PractitionerRole', { practitioner });
    expect(issuesOf(answer)).toMatchObject([
      { code: 'too-long', expression: ['PractitionerRole.practitioner.reference'] },
    ]);
  });

  it('with a narrative that could do harm is refused', async () => {
    const text = {
      status: 'generated',
      div: '<div xmlns="http://www.w3.org/1999/xhtml"><img src="https://x.example/"/>a</div>',
    };
    expect((await post('Organization', { text })).status).toBe(422);
  });
});
