import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf, type Service, startService, treatmentConsent } from '../../support/service.ts';

type Client = Awaited<ReturnType<Service['clientWith']>>;

let service: Service;
let asker: Client;
let filer: Client;
let patient: string;
let clinic: string;
let consent: string;

beforeAll(async () => {
  service = await startService();
  filer = await service.clientWith(['system/*.cruds'], { may: ['file', 'activate'] });
  asker = await service.clientWith(['decision']);
  patient = idOf(await filer.post('/fhir/R5/Patient', { resourceType: 'Patient' }));
  clinic = idOf(
    await filer.post('/fhir/R5/Organization', { resourceType: 'Organization', name: 'Clinic A' }),
  );
  consent = idOf(await filer.post('/fhir/R5/Consent', treatmentConsent(patient, clinic)));
});

afterAll(() => service.stop());

const ask = (over: object = {}) =>
  asker.post('/decisions', {
    patient: `Patient/${patient}`,
    requester: { type: 'organization', reference: `Organization/${clinic}` },
    purposes: ['TREAT'],
    ...over,
  });

const observation = (id: string, code: string) => ({
  resourceType: 'Observation',
  id,
  meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code }] },
});

test('a permit names the consent, its version and provision, and what remains to be checked', async () => {
  const { status, body } = await ask({
    candidates: [observation('n', 'N'), observation('r', 'R'), observation('v', 'V')],
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    outcome: 'permit',
    reason: 'permitted',
    conflict: false,
    residual: { v: 1, kind: 'CONDITIONAL', unknown: 'deny', basedOn: [`Consent/${consent}/_history/1`] },
    visible: ['Observation/n'],
    hidden: ['Observation/r', 'Observation/v'],
  });
  expect(body.basis[0]).toEqual({ consent, version: 1, path: '/provision/0' });
});

test('of two candidates under one name the stricter word holds for both', async () => {
  const { body } = await ask({ candidates: [observation('x', 'N'), observation('x', 'R')] });
  expect(body).toMatchObject({ visible: [], hidden: ['Observation/x'] });
});

test('a deny is an answer too, and both leave a record in the audit log', async () => {
  const { body } = await ask({ purposes: ['HRESCH'] });
  expect(body).toMatchObject({
    outcome: 'deny',
    reason: 'outside-consent-scope',
    residual: { kind: 'ALWAYS_DENIED' },
  });
  const { entries } = await service.audit.find({ patient: [`Patient/${patient}`] }, { count: 1 });
  expect(entries[0]).toMatchObject({
    id: body.id,
    outcome: 'deny',
    circumstances: { door: 'decisions', clientId: asker.id },
  });
});

test('a withdrawn consent stops permitting at once', async () => {
  const other = idOf(await filer.post('/fhir/R5/Patient', { resourceType: 'Patient' }));
  const filed = idOf(await filer.post('/fhir/R5/Consent', treatmentConsent(other, clinic)));
  expect((await ask({ patient: `Patient/${other}` })).body.outcome).toBe('permit');
  const withdrawn = { ...treatmentConsent(other, clinic, 'inactive'), id: filed };
  expect((await filer.put(`/fhir/R5/Consent/${filed}`, withdrawn, { 'if-match': 'W/"1"' })).status).toBe(200);
  expect((await ask({ patient: `Patient/${other}` })).body).toMatchObject({
    outcome: 'deny',
    reason: 'no-consent',
  });
});

test('a client outside whose registration a patient lies gets the answer of an unknown patient', async () => {
  const elsewhere = await service.clientWith(['decision'], { patients: ['Patient/somebody-else'] });
  const question = {
    requester: { type: 'organization', reference: `Organization/${clinic}` },
    purposes: ['TREAT'],
  };
  const hidden = await elsewhere.post('/decisions', { ...question, patient: `Patient/${patient}` });
  const unknown = await elsewhere.post('/decisions', { ...question, patient: 'Patient/nobody-has-heard-of' });
  expect({ ...hidden.body, id: '' }).toEqual({ ...unknown.body, id: '' });
  expect(hidden.body).toMatchObject({ outcome: 'deny', reason: 'no-consent' });
});

test.each([
  ['no patient', { patient: undefined }],
  ['an unknown type of requester', { requester: { type: 'king' } }],
  ['a patient that is no reference', { patient: "Patient/'; drop table resource" }],
  ['purposes that are no list', { purposes: 'TREAT' }],
  [
    'more candidates than one request may carry',
    { candidates: Array.from({ length: 1001 }, (_, i) => observation(String(i), 'N')) },
  ],
])('%s is refused, and nothing is recorded', async (_, over) => {
  const before = await service.audit.find({}, { count: 1 });
  const { status, headers } = await ask(over);
  expect(status).toBe(400);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect((await service.audit.find({}, { count: 1 })).total).toBe(before.total);
});

test('without the scope `decision` nobody is answered', async () => {
  expect((await filer.post('/decisions', {})).status).toBe(403);
  expect((await service.send('POST', '/decisions', {})).status).toBe(401);
});
