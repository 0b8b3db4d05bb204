import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf, type Service, startService, treatment, treatmentConsent } from '../../support/service.ts';

type Client = Awaited<ReturnType<Service['clientWith']>>;

let service: Service;
let filer: Client;
let exchange: Client;
let patient: string;
let clinic: string;
let doctor: string;
let consent: string;

beforeAll(async () => {
  service = await startService();
  filer = await service.clientWith(['system/*.cruds'], { may: ['file', 'activate'] });
  exchange = await service.clientWith(['b2b', 'system/Consent.r']);
  patient = idOf(await filer.post('/fhir/R5/Patient', { resourceType: 'Patient' }));
  const identifier = [{ system: 'urn:ietf:rfc:3986', value: 'https://clinic-a.example' }];
  clinic = idOf(
    await filer.post('/fhir/R5/Organization', { resourceType: 'Organization', name: 'Clinic A', identifier }),
  );
  const npi = [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567890' }];
  const name = [{ given: ['Ada'], family: 'Example' }];
  doctor = idOf(
    await filer.post('/fhir/R5/Practitioner', { resourceType: 'Practitioner', name, identifier: npi }),
  );
  const role = {
    practitioner: { reference: `Practitioner/${doctor}` },
    organization: { reference: `Organization/${clinic}` },
  };
  await filer.post('/fhir/R5/PractitionerRole', { resourceType: 'PractitionerRole', ...role });
  consent = idOf(await filer.post('/fhir/R5/Consent', treatmentConsent(patient, clinic)));
});

afterAll(() => service.stop());

const ask = (over: object = {}, client: Client = exchange) =>
  client.post('/b2b/authorization-extension', {
    patient: `Patient/${patient}`,
    requester: { type: 'organization', reference: `Organization/${clinic}` },
    purpose_of_use: ['urn:oid:2.16.840.1.113883.5.8#TREAT'],
    ...over,
  });

test('a permit is asserted with the policy and a reference to the consent (udap-b2b.md §6)', async () => {
  const { status, body } = await ask();
  expect(status).toBe(200);
  expect(body).toEqual({
    'hl7-b2b': {
      version: '1',
      organization_id: 'https://clinic-a.example',
      organization_name: 'Clinic A',
      purpose_of_use: ['urn:oid:2.16.840.1.113883.5.8#TREAT'],
      consent_policy: ['https://policies.example.org/treatment'],
      consent_reference: [`https://consent.example.org/fhir/R5/Consent/${consent}`],
    },
  });
});

test('the exchange follows the reference with its own token and gets the consent', async () => {
  const { body } = await ask();
  const [reference] = body['hl7-b2b'].consent_reference;
  const read = await exchange.get(new URL(reference).pathname);
  expect(read.status).toBe(200);
  expect(read.body).toMatchObject({ resourceType: 'Consent', id: consent });
});

test('a person is named by the directory, never in the words of the request (§6.1)', async () => {
  const requester = {
    type: 'practitioner',
    reference: `Practitioner/${doctor}`,
    organization: `Organization/${clinic}`,
  };
  const { body } = await ask({ requester: { ...requester, subject_name: 'Dr. Mallory' } });
  expect(body['hl7-b2b']).toMatchObject({
    subject_name: 'Ada Example',
    subject_id: 'urn:oid:2.16.840.1.113883.4.6#1234567890',
  });
});

test('nobody borrows the consent of another: what is weighed is what is named (§6.1)', async () => {
  const evil = idOf(
    await filer.post('/fhir/R5/Organization', { resourceType: 'Organization', name: 'Evil' }),
  );
  const asEvil = { type: 'organization', reference: `Organization/${evil}` };
  const borrowed = { identifiers: [{ system: 'urn:ietf:rfc:3986', value: 'https://clinic-a.example' }] };
  const person = {
    type: 'practitioner',
    reference: `Practitioner/${doctor}`,
    organization: `Organization/${evil}`,
  };
  expect((await ask({ requester: { ...asEvil, ...borrowed } })).body).toMatchObject({
    error: 'access_denied',
  });
  const twoFaced = {
    type: 'organization',
    reference: `Organization/${clinic}`,
    organization: `Organization/${evil}`,
  };
  expect((await ask({ requester: twoFaced })).body).toMatchObject({ error: 'invalid_request' });
  expect((await ask({ requester: person })).body).toMatchObject({ error: 'invalid_request' });
});

test('a client speaks for the organizations of its registration alone', async () => {
  const elsewhere = await service.clientWith(['b2b'], { organizations: ['Organization/elsewhere'] });
  expect(await ask({}, elsewhere)).toMatchObject({ status: 403, body: { error: 'access_denied' } });
});

test('a consent that only narrows the permit is not named: it would tell what is hidden (§6.1)', async () => {
  const other = idOf(await filer.post('/fhir/R5/Patient', { resourceType: 'Patient' }));
  await filer.post('/fhir/R5/Consent', treatmentConsent(other, clinic));
  idOf(await filer.post('/fhir/R4/Consent', noHivSharing(other)));
  const { body } = await ask({ patient: `Patient/${other}` });
  expect(body['hl7-b2b'].consent_policy).toEqual(['https://policies.example.org/treatment']);
  expect(JSON.stringify(body)).not.toContain('hiv');
});

const noHivSharing = (patientId: string) => ({
  resourceType: 'Consent',
  status: 'active',
  scope: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
  },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${patientId}` },
  policy: [{ uri: 'https://policies.example.org/no-hiv-sharing' }],
  provision: {
    type: 'deny',
    securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }],
  },
});

test('of several purposes those are asserted that the patient permits', async () => {
  const { body } = await ask({ purpose_of_use: ['HRESCH', 'TREAT'] });
  expect(body['hl7-b2b'].purpose_of_use).toEqual(['urn:oid:2.16.840.1.113883.5.8#TREAT']);
});

test('an exchange that may not read consents gets no reference', async () => {
  const { body } = await ask({}, await service.clientWith(['b2b']));
  expect(body['hl7-b2b'].consent_policy).toBeDefined();
  expect(body['hl7-b2b'].consent_reference).toBeUndefined();
});

test('a refusal, no consent, an unknown patient and one out of reach look the same (AD-7)', async () => {
  const without = idOf(await filer.post('/fhir/R5/Patient', { resourceType: 'Patient' }));
  const limited = await service.clientWith(['b2b'], { patients: [`Patient/${without}`] });
  const answers = await Promise.all([
    ask({ purpose_of_use: ['HRESCH'] }),
    ask({ patient: `Patient/${without}` }),
    ask({ patient: 'Patient/nobody-has-heard-of' }),
    ask({ patient: 'urn:mrn|nobody' }),
    ask({}, limited),
  ]);
  const shown = answers.map(({ status, text, headers }) => {
    const visible = [...headers].filter(([name]) => name !== 'x-request-id');
    return JSON.stringify({ status, text, visible });
  });
  expect(new Set(shown).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 403, body: { error: 'access_denied' } });
});

test('nothing is emitted once the consent is withdrawn, and every answer is in the audit log', async () => {
  const other = idOf(await filer.post('/fhir/R5/Patient', { resourceType: 'Patient' }));
  const filed = idOf(await filer.post('/fhir/R5/Consent', treatmentConsent(other, clinic)));
  expect((await ask({ patient: `Patient/${other}` })).status).toBe(200);
  await filer.put(`/fhir/R5/Consent/${filed}`, { ...treatmentConsent(other, clinic, 'inactive'), id: filed });
  expect((await ask({ patient: `Patient/${other}` })).status).toBe(403);
  const { entries } = await service.audit.find({ patient: [`Patient/${other}`] }, { count: 10 });
  expect(entries.map(({ outcome }) => outcome)).toEqual(['deny', 'permit']);
  expect(entries[1]?.basis[0]).toEqual({ consent: filed, version: 1, path: '/provision/0' });
});

test('where a person has to approve first nothing is asserted (O-4)', async () => {
  const limited = (code: string) => {
    const coding = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code }];
    const url = 'http://hl7.org/fhir/StructureDefinition/consent-provision-limit';
    return [{ url, extension: [{ url: 'control', valueCodeableConcept: { coding } }] }];
  };
  const askUnder = async (code: string) => {
    const other = idOf(await filer.post('/fhir/R5/Patient', { resourceType: 'Patient' }));
    const provision = [{ purpose: [treatment], modifierExtension: limited(code) }];
    await filer.post('/fhir/R5/Consent', { ...treatmentConsent(other, clinic), provision });
    return await ask({ patient: `Patient/${other}` });
  };
  expect(await askUnder('HUAPRV')).toMatchObject({ status: 403, body: { error: 'access_denied' } });
  expect((await askUnder('DEID')).status).toBe(200);
});

test.each([
  ['a purpose nobody knows', { purpose_of_use: ['urn:oid:2.16.840.1.113883.5.8#SNOOP'] }],
  ['no purpose', { purpose_of_use: [] }],
  [
    'an organization that is not on file',
    { requester: { type: 'organization', reference: 'Organization/none' } },
  ],
])('%s is an invalid request', async (_, over) => {
  expect(await ask(over)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
});

test('without the scope `b2b` nobody is answered', async () => {
  expect((await ask({}, filer)).status).toBe(403);
});
