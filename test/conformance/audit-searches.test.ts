/** What a search leaves in the record (audit.md §9 rows 2–4), end to end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, issuer, linkOf } from '../protocols/fhir-api/api.ts';
import { consentR4 } from '../protocols/fhir-api/consents.ts';
import { only, patientsOf, queryOf, recorder, subtypeOf } from './audited.ts';
import { anIdentifier, asToken, file, unknownId } from './rest.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const recorded = recorder(() => api);

describe('audit.md §9 row 2', () => {
  it('search by patient leaves a PatientQuery whose query decodes to the request as received', async () => {
    await file(api, consentR4('ann'));
    const path = '/fhir/R4/Consent?patient=ann&status=active&unknown=%3Cscript%3E&_count=1';
    const { events } = await recorded('GET', path);
    const event = only(events);
    expect([subtypeOf(event), event['action'], event.outcome]).toEqual([['search-type'], 'E', '0']);
    expect(queryOf(event)).toBe(`${issuer}${path}`);
    expect(patientsOf(events)).toEqual(['Patient/ann']);
    const entity = event.entity.find(({ role }) => role?.code === '24');
    expect(entity).not.toHaveProperty('what');
    expect(entity?.query).toMatch(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
  });

  it('names the patient that was asked for also when nothing was found, or only counted (A-5, A-6)', async () => {
    await file(api, consentR4('ann'));
    for (const query of [
      'patient=nobody-has-one',
      'patient=Patient/nobody-has-one',
      'patient=nobody-has-one&_summary=count',
    ])
      expect([query, patientsOf((await recorded('GET', `/fhir/R4/Consent?${query}`)).events)]).toEqual([
        query,
        ['Patient/nobody-has-one'],
      ]);
    for (const query of ['patient=ann&_summary=count', 'patient=ann&_count=0'])
      expect([query, patientsOf((await recorded('GET', `/fhir/R4/Consent?${query}`)).events)]).toEqual([
        query,
        ['Patient/ann'],
      ]);
  });

  it('names the patient of the token where nothing else names one (A-5)', async () => {
    const { events } = await recorded('GET', `/fhir/R4/Consent?_id=${unknownId}`, { as: 'ann' });
    expect(patientsOf(events)).toEqual(['Patient/ann']);
  });

  it('names the patient of a compartment', async () => {
    const { events } = await recorded('GET', '/fhir/R4/Patient/nobody-has-one/Consent');
    expect(patientsOf(events)).toEqual(['Patient/nobody-has-one']);
  });

  it('a page is recorded with the link that was followed', async () => {
    await file(api, consentR4('ann'));
    await file(api, consentR4('ann'));
    const next = linkOf(await api.call('GET', '/fhir/R4/Consent?patient=ann&_count=1'), 'next') ?? '';
    const { events } = await recorded('GET', next);
    expect(queryOf(only(events))).toBe(`${issuer}${next}`);
    expect(patientsOf(events)).toEqual(['Patient/ann']);
  });
});

describe('audit.md §9 row 3', () => {
  it('POST _search records the address, an empty line and the form, and nothing of the result', async () => {
    api.later(1);
    const id = await file(api, consentR4('ann'));
    const raw = 'patient=ann&_sort=-_lastUpdated&_count=1';
    const { answer, events } = await recorded('POST', '/fhir/R4/Consent/_search?_format=json', {
      raw,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.text).toContain(id);
    const event = only(events);
    expect(queryOf(event)).toBe(`${issuer}/fhir/R4/Consent/_search?_format=json\n\n${raw}`);
    expect(JSON.stringify(event)).not.toContain(id);
    expect(JSON.stringify(event)).not.toMatch(/total|count"/i);
  });
});

describe('audit.md §9 row 4', () => {
  it('a search without patient that shows two leaves two events, each naming one', async () => {
    const identifier = anIdentifier();
    for (const patient of ['ann', 'bob', 'ann'])
      await file(api, consentR4(patient, { identifier: [identifier] }));
    const { events } = await recorded('GET', `/fhir/R4/Consent?identifier=${asToken(identifier)}`);
    expect(patientsOf(events)).toEqual(['Patient/ann', 'Patient/bob']);
    expect(new Set(events.map(queryOf)).size).toBe(1);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  });

  it('a search that shows none leaves one that names none', async () => {
    const { events } = await recorded('GET', `/fhir/R4/Consent?_id=${unknownId}`);
    expect(patientsOf(events)).toEqual([undefined]);
  });

  it('patients that come along are named as well', async () => {
    const stranger = await file(api, { resourceType: 'Patient' });
    const organization = await file(api, { resourceType: 'Organization', name: 'Clinic' });
    const actor = [stranger && `Patient/${stranger}`, `Organization/${organization}`].map((reference) => ({
      role: { coding: [{ code: 'IRCP' }] },
      reference: { reference },
    }));
    const id = await file(api, consentR4('ann', { provision: { type: 'deny', actor } }));
    const include = await recorded('GET', `/fhir/R4/Consent?_id=${id}&_include=Consent:actor`);
    expect(patientsOf(include.events)).toEqual(['Patient/ann', `Patient/${stranger}`].toSorted());
    const revinclude = await recorded(
      'GET',
      `/fhir/R4/Organization?_id=${organization}&_revinclude=Consent:actor`,
    );
    expect(patientsOf(revinclude.events)).toEqual(['Patient/ann']);
  });
});
