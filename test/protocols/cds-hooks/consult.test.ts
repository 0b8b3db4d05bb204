import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { idOf, issuer, type Service, startService, treatmentConsent } from '../../support/service.ts';

type Client = Awaited<ReturnType<Service['clientWith']>>;

let service: Service;
let asker: Client;
let filer: Client;
let patient: string;
let clinic: string;
let consent: string;

const hook = '/cds-services/patient-consent-consult';
const hookInstance = '4f2b6b2e-6d6d-4b0c-9c54-3d3f0b6a3f10';
const mrn = (value: string) => ({ system: 'urn:mrn', value });
const npi = (value: string) => ({ system: 'http://hl7.org/fhir/sid/us-npi', value });
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';

const create = async (resource: JsonObject, base = '/fhir/R5') =>
  idOf(await filer.post(`${base}/${String(resource['resourceType'])}`, resource));
const aPatient = (...identifier: readonly JsonObject[]) => create({ resourceType: 'Patient', identifier });

beforeAll(async () => {
  service = await startService();
  filer = await service.clientWith(['system/*.cruds'], { may: ['file', 'activate'] });
  asker = await service.clientWith(['decision']);
  patient = await aPatient(mrn('ann'));
  clinic = await create({ resourceType: 'Organization', name: 'Clinic A', identifier: [mrn('clinic')] });
  consent = await create(treatmentConsent(patient, clinic));
});
afterAll(() => service.stop());

const request = (context: object = {}, over: object = {}) => ({
  hook: 'patient-consent-consult',
  hookInstance,
  context: { patientId: [mrn('ann')], actor: [mrn('clinic')], purposeOfUse: 'TREAT', ...context },
  ...over,
});
const ask = (context: object = {}, client = asker) => client.post(hook, request(context));

async function card(context: object = {}, client = asker) {
  const { status, body, text } = await ask(context, client);
  if (status !== 200) throw new Error(text);
  expect(body.cards).toHaveLength(1);
  expect(body.cards[0].summary).toBe(body.cards[0].extension.decision);
  return body.cards[0];
}

const observation = (id: string, code?: string): JsonObject => ({
  resourceType: 'Observation',
  id,
  ...(code ? { meta: { security: [{ system: confidentiality, code }] } } : {}),
});
const content = (...resources: readonly JsonObject[]) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  total: resources.length,
  entry: resources.map((resource) => ({ resource })),
});

test('discovery is public, and names the one hook', async () => {
  const { status, body } = await service.send('GET', '/cds-services');
  expect(status).toBe(200);
  expect(body.services).toEqual([
    expect.objectContaining({ id: 'patient-consent-consult', hook: 'patient-consent-consult' }),
  ]);
});

test('a permit names the consent, and what must be redacted', async () => {
  const { detail, ...rest } = await card();
  expect(rest).toMatchObject({
    summary: 'CONSENT_PERMIT',
    indicator: 'info',
    source: { label: 'Headwater', url: issuer },
    extension: {
      outcome: 'permit',
      basedOn: `${issuer}/fhir/R5/Consent/${consent}/_history/1`,
    },
  });
  expect(detail).toContain('redacted');
  const [obligation, ...others] = rest.extension.obligations;
  expect(others).toEqual([]);
  expect(obligation.id).toEqual({
    system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
    code: 'REDACT',
  });
  const codes = obligation.parameters.codes.map(({ code }: { code: string }) => code);
  expect(codes).toEqual(expect.arrayContaining(['R', 'V', 'HIV']));
  expect(codes).not.toContain('N');
});

test('a deny is critical, has no obligations and gives nothing back', async () => {
  const { extension, indicator } = await card({
    purposeOfUse: ['HRESCH'],
    content: content(observation('n')),
  });
  expect(indicator).toBe('critical');
  expect(extension).toEqual({
    decision: 'CONSENT_DENY',
    outcome: 'deny',
    obligations: [],
    basedOn: expect.stringContaining(consent),
  });
});

test('all purposes must be allowed, not any', async () => {
  expect((await card({ purposeOfUse: ['TREAT', 'HRESCH'] })).summary).toBe('CONSENT_DENY');
});

test('content comes back without what is hidden, and the total is lower', async () => {
  const { extension } = await card({
    content: content(
      observation('n'),
      observation('r', 'R'),
      { ...observation('other'), subject: { reference: 'Patient/somebody' } },
      { ...observation('hers'), subject: { identifier: mrn('ann') } },
    ),
  });
  expect(extension.content.total).toBe(2);
  expect(extension.content.entry.map(({ resource }: { resource: JsonObject }) => resource['id'])).toEqual([
    'n',
    'hers',
  ]);
  expect(extension.content.meta.security).toEqual([{ system: confidentiality, code: 'N' }]);
});

test('labels of purpose hide in content, and stay out of the obligations', async () => {
  const research = {
    ...observation('research'),
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }] },
  };
  const { extension } = await card({ content: content(research, observation('n')) });
  expect(extension.content.entry).toHaveLength(1);
});

test('unknown, hidden and several patients are one answer, byte for byte, also with content', async () => {
  await aPatient(mrn('double'));
  await aPatient(mrn('double'));
  const elsewhere = await service.clientWith(['decision'], { patients: ['Patient/somebody-else'] });
  const over = { content: content(observation('n')) };
  const texts = await Promise.all([
    ...[asker, elsewhere].map((client) => ask({ ...over, patientId: [mrn('nobody')] }, client)),
    ask({ ...over, patientId: [mrn('double')] }),
    ask({
      ...over,
      patientId: [
        mrn('ann'),
        { system: 'urn:ietf:rfc:3986', value: `${issuer}/fhir/R4/Patient/${await aPatient(mrn('bob'))}` },
      ],
    }),
    ask({ ...over, patientId: [mrn('ann')] }, elsewhere),
  ]);
  expect(new Set(texts.map(({ text }) => text)).size).toBe(1);
  const { summary, indicator, extension } = await card({ ...over, patientId: [mrn('nobody')] });
  expect({ summary, indicator, extension }).toEqual({
    summary: 'NO_CONSENT',
    indicator: 'warning',
    extension: { decision: 'NO_CONSENT', outcome: 'deny', obligations: [] },
  });
});

test('one of several identifiers is enough, and who is out of reach is not counted', async () => {
  const other = await aPatient(mrn('carl'));
  const limited = await service.clientWith(['decision'], { patients: [`Patient/${patient}`] });
  expect((await card({ patientId: [mrn('nobody'), mrn('ann')] })).summary).toBe('CONSENT_PERMIT');
  expect((await card({ patientId: [mrn('ann'), mrn('carl')] })).summary).toBe('NO_CONSENT');
  expect((await card({ patientId: [mrn('ann'), mrn('carl')] }, limited)).summary).toBe('CONSENT_PERMIT');
  const address = { system: 'urn:ietf:rfc:3986', value: `${issuer}/fhir/R4/Patient/${other}` };
  expect((await card({ patientId: [address] })).summary).toBe('NO_CONSENT');
});

test('a practitioner asks with the organization, whoever comes first; somebody unknown asks as nobody in particular', async () => {
  await create({ resourceType: 'Practitioner', identifier: [npi('1')] });
  await create({ resourceType: 'Practitioner', identifier: [npi('2')] });
  expect((await card({ actor: [npi('1'), mrn('clinic')] })).summary).toBe('CONSENT_PERMIT');
  expect((await card({ actor: [mrn('clinic'), npi('1')] })).summary).toBe('CONSENT_PERMIT');
  expect((await card({ actor: [npi('1')] })).summary).toBe('CONSENT_DENY');
  expect((await card({ actor: [npi('9')] })).summary).toBe('CONSENT_DENY');
  expect((await ask({ actor: [npi('1'), npi('2')] })).status).toBe(400);
});

test('EV-5: only consents of the categories named are asked, and a scope is one', async () => {
  const scoped = await aPatient(mrn('scoped'));
  const research = { system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'research' };
  const privacy = { ...research, code: 'patient-privacy' };
  await create(
    {
      resourceType: 'Consent',
      status: 'active',
      scope: { coding: [privacy] },
      category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
      patient: { reference: `Patient/${scoped}` },
      policy: [{ uri: 'https://policies.example.org/a' }],
      provision: { type: 'permit' },
    },
    '/fhir/R4',
  );
  const said = async (context: object) => (await card({ patientId: [mrn('scoped')], ...context })).summary;
  expect(await said({})).toBe('CONSENT_PERMIT');
  expect(await said({ scope: 'patient-privacy' })).toBe('CONSENT_PERMIT');
  expect(await said({ category: [privacy] })).toBe('CONSENT_PERMIT');
  expect(await said({ category: [{ system: 'http://loinc.org', code: '59284-0' }] })).toBe('CONSENT_PERMIT');
  expect(await said({ category: [research] })).toBe('NO_CONSENT');
  expect((await ask({ scope: 'research' })).status).toBe(400);
});

const denying = (of: string, provision: JsonObject): JsonObject => ({
  resourceType: 'Consent',
  status: 'active',
  subject: { reference: `Patient/${of}` },
  policyBasis: { url: 'https://policies.example.org/a' },
  decision: 'permit',
  provision: [provision],
});

test('what codes cannot say is a deny without content, on record as well, and is carried out on content', async () => {
  const dated = await aPatient(mrn('dated'));
  await create(denying(dated, { dataPeriod: { start: '2018-01-01', end: '2018-12-31' } }));
  const patientId = [mrn('dated')];
  const closed = await card({ patientId });
  expect(closed).toMatchObject({ summary: 'CONSENT_DENY', extension: { outcome: 'deny', obligations: [] } });
  expect(closed.detail).toContain('content');
  const { entries } = await service.audit.find({ patient: [`Patient/${dated}`] }, { count: 5 });
  expect(entries).toMatchObject([{ outcome: 'deny', reason: 'outside-permitted-data' }]);
  const of = (year: string) => ({ ...observation(year), effectiveDateTime: `${year}-06-01` });
  const opened = await card({ patientId, content: content(of('2018'), of('2019')) });
  expect(opened.summary).toBe('CONSENT_PERMIT');
  expect(opened.extension.content.entry.map((each: { resource: JsonObject }) => each.resource['id'])).toEqual(
    ['2019'],
  );
});

test('L-2: a class that is to be redacted itself is denied, another is not', async () => {
  const classed = await aPatient(mrn('classed'));
  const profile = 'https://example.org/StructureDefinition/hiv-test';
  await create(
    denying(classed, { resourceType: [{ system: 'http://hl7.org/fhir/fhir-types', code: 'Observation' }] }),
  );
  await create(denying(classed, { documentType: [{ system: 'urn:ietf:rfc:3986', code: profile }] }));
  const said = async (...classes: readonly [string, string][]) => {
    const { summary, extension } = await card({
      patientId: [mrn('classed')],
      class: classes.map(([system, code]) => ({ system, code })),
    });
    return [summary, JSON.stringify(extension.obligations).includes('"Observation"')];
  };
  const types = 'http://hl7.org/fhir/resource-types';
  expect(await said([types, 'Observation'])).toEqual(['CONSENT_DENY', false]);
  expect(await said([types, 'Condition'])).toEqual(['CONSENT_PERMIT', false]);
  expect(await said([types, 'Condition'], [types, 'Observation'])).toEqual(['CONSENT_PERMIT', true]);
  expect(await said(['urn:ietf:rfc:3986', profile])).toEqual(['CONSENT_DENY', false]);
  expect(await said(['urn:ietf:rfc:3986', `${profile}-2`])).toEqual(['CONSENT_PERMIT', true]);
  const asked = {
    class: [{ system: 'urn:ietf:rfc:3986', code: profile }],
    content: content(observation('n')),
  };
  expect((await card({ patientId: [mrn('classed')], ...asked })).summary).toBe('CONSENT_DENY');
});

test('one decision record for each request, under the door', async () => {
  const alone = await aPatient(mrn('recorded'));
  await card({
    patientId: [mrn('recorded')],
    class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }],
  });
  const { entries, total } = await service.audit.find({ patient: [`Patient/${alone}`] }, { count: 5 });
  expect(total).toBe(1);
  expect(entries[0]).toMatchObject({
    outcome: 'deny',
    resourceTypes: ['Observation'],
    circumstances: { door: 'cds-hooks', clientId: asker.id },
  });
});

test.each([
  ['another hook', { over: { hook: 'patient-view' } }],
  ['a hook instance that is no UUID', { over: { hookInstance: 'hook-instance-123' } }],
  ['no context', { over: { context: undefined } }],
  ['another property of the context', { context: { userId: 'Practitioner/1' } }],
  ['no patient', { context: { patientId: [] } }],
  ['a patient that is a string', { context: { patientId: 'ann' } }],
  ['no actor', { context: { actor: undefined } }],
  ['an empty purpose', { context: { purposeOfUse: '' } }],
  ['content that is no Bundle', { context: { content: observation('n') } }],
  [
    'more entries than a request may carry',
    { context: { content: content(...Array.from({ length: 1001 }, () => ({ resourceType: 'Basic' }))) } },
  ],
] as const)(
  '%s is refused, and nothing is recorded',
  async (_, given: { context?: object; over?: object }) => {
    const before = await service.audit.find({}, { count: 1 });
    const { status, headers } = await asker.post(hook, request(given.context, given.over));
    expect(status).toBe(400);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect((await service.audit.find({}, { count: 1 })).total).toBe(before.total);
  },
);

test('members of the hook beside the context may be there', async () => {
  const over = { fhirServer: 'https://ehr.example.org/fhir', fhirAuthorization: { access_token: 'secret' } };
  expect((await asker.post(hook, request({}, over))).status).toBe(200);
});

test('without the scope `decision` nobody is answered', async () => {
  expect((await filer.post(hook, request())).status).toBe(403);
  expect((await service.send('POST', hook, request())).status).toBe(401);
  expect((await asker.get(hook)).status).toBe(405);
});
