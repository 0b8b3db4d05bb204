/** Whom the record names, and what of it is shown to whom (audit.md, §6; interfaces.md, Scopes). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, anApi, entriesOf } from './api.ts';
import { consentR4 } from './consents.ts';

let api: Api;
let id: string;
beforeAll(async () => {
  api = await anApi();
  id = String((await api.call('POST', '/fhir/R4/Consent', { body: consentR4('ann') })).json['id']);
});
afterAll(() => api.close());

const newestOf = async (patient: string) => {
  const { items } = await api.audit.find({ patient: [`Patient/${patient}`] }, { count: 1, total: false });
  return items[0];
};

it.each([
  'R5/Consent?subject=Patient/eve&_summary=count',
  'R4/Consent?patient=eve&_count=0',
  'R4/AuditEvent?patient=Patient/eve&_summary=count',
  'R4/RelatedPerson?patient=eve',
])('a search that finds nothing of a patient is recorded as one about them: %s', async (path) => {
  api.later(1);
  await api.call('GET', `/fhir/${path}`);
  expect(await newestOf('eve')).toMatchObject({
    interaction: 'search-type',
    query: expect.stringContaining(path),
  });
});

it('a history of which no version is shown is one of its patient all the same', async () => {
  api.later(1);
  await api.call('GET', `/fhir/R4/Consent/${id}/_history?_count=0`);
  expect(await newestOf('ann')).toMatchObject({ interaction: 'history-instance', what: `Consent/${id}` });
});

it('a refusal names the patient of what had been found', async () => {
  api.later(1);
  const body = consentR4('ann', { id });
  const headers = { 'if-match': 'W/"7"' };
  expect((await api.call('PUT', `/fhir/R4/Consent/${id}`, { body, headers })).status).toBe(412);
  expect(await newestOf('ann')).toMatchObject({ interaction: 'update', outcome: '4', problem: 'conflict' });
});

it('the search of another client does not show a patient who else was looked for', async () => {
  api.later(1);
  await api.call('GET', '/fhir/R4/Consent?patient=ann,bob&identifier=http://ssn|123');
  const events = await api.call('GET', '/fhir/R4/AuditEvent?patient=ann&subtype=search-type', { as: 'ann' });
  expect(entriesOf(events).length).toBeGreaterThan(0);
  const shown = JSON.stringify(events.json['entry']);
  const queries = [...shown.matchAll(/"query":"([^"]+)"/g)].map(([, base64 = '']) => atob(base64));
  expect(queries.filter((query) => query.includes('bob'))).toEqual([]);
});
