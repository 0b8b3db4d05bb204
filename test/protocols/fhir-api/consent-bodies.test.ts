/** Bodies that are no consent of ours are refused by name (fhir-consent.md §8). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, issuesOf } from './api.ts';
import { consentR4, consentR5 } from './consents.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const file = async (body: unknown, base = '/fhir/R4', as: 'clinic' | 'ann' | 'bob' = 'clinic') => {
  const answer = await api.call('POST', `${base}/Consent`, { as, body });
  expect(answer.status, answer.text).toBe(201);
  return { answer, id: String(answer.json['id']) };
};

describe('refusal of bodies (fhir-consent.md §8)', () => {
  const refused = async (body: unknown, base = '/fhir/R4') => {
    const answer = await api.call('POST', `${base}/Consent`, { body });
    expect(answer.headers.get('content-type')).toMatch(/^application\/fhir\+json; fhirVersion=/);
    return {
      status: answer.status,
      issues: issuesOf(answer).map(({ code, expression }) => [code, expression?.[0]]),
    };
  };

  it('names the element that is missing, unknown or has a wrong code, with 400', async () => {
    const { status: _, ...body } = consentR4('ann', { foo: 1, category: undefined });
    const actor = [{ reference: { reference: 'Practitioner/1' } }];
    expect(await refused({ ...body, provision: { type: 'maybe', actor } })).toEqual({
      status: 400,
      issues: [
        ['required', 'Consent.status'],
        ['required', 'Consent.category'],
        ['code-invalid', 'Consent.provision.type'],
        ['required', 'Consent.provision.actor[0].role'],
        ['structure', 'Consent.foo'],
      ],
    });
  });

  it('names a broken invariant (ppc-1, per-1, att-1, ext-1) with 400', async () => {
    expect(await refused(consentR4('ann', { policyRule: undefined }))).toEqual({
      status: 400,
      issues: [['invariant', 'Consent']],
    });
    const provision = { period: { start: '2026-02-01', end: '2026-01' } };
    expect(await refused(consentR4('ann', { provision }))).toEqual({
      status: 400,
      issues: [['invariant', 'Consent.provision.period']],
    });
    expect(await refused(consentR4('ann', { sourceAttachment: { data: 'aGk=' } }))).toMatchObject({
      issues: [['invariant', 'Consent.sourceAttachment']],
    });
    expect(await refused(consentR4('ann', { extension: [{ url: 'urn:x' }] }))).toMatchObject({
      issues: [['invariant', 'Consent.extension[0]']],
    });
  });

  it('names a rule of ours with 422', async () => {
    const text = {
      status: 'generated',
      div: '<div xmlns="http://www.w3.org/1999/xhtml">hi<script>1</script></div>',
    };
    expect(await refused(consentR4('ann', { text }))).toEqual({
      status: 422,
      issues: [['business-rule', 'Consent.text.div']],
    });
    for (const patient of [
      { reference: 'https://elsewhere.example/fhir/Patient/ann' },
      { identifier: { value: 'nobody' } },
    ]) {
      expect(await refused(consentR4('ann', { patient }))).toEqual({
        status: 422,
        issues: [['business-rule', 'Consent.patient']],
      });
    }
  });

  it('takes a consent that names no patient from whoever is not limited to some, and warns (ppc-2)', async () => {
    const body = consentR4('ann', { patient: undefined });
    const headers = { prefer: 'return=OperationOutcome' };
    const answer = await api.call('POST', '/fhir/R4/Consent', { body, headers });
    expect([
      answer.status,
      issuesOf(answer).some(({ diagnostics }) => diagnostics.includes('ppc-2')),
    ]).toEqual([201, true]);
    for (const as of ['ann', 'family', 'hospital'] as const)
      expect([as, (await api.call('POST', '/fhir/R4/Consent', { as, body })).status]).toEqual([as, 403]);
  });

  it('takes the consent of a Group or a Practitioner (R5) from a client that is not limited to patients', async () => {
    for (const reference of ['Group/g', 'Practitioner/p']) {
      const post = (as: 'clinic' | 'ann' | 'family' | 'hospital') =>
        api.call('POST', '/fhir/R5/Consent', { as, body: consentR5('ann', { subject: { reference } }) });
      expect([reference, (await post('clinic')).status]).toEqual([reference, 201]);
      for (const limited of ['ann', 'family', 'hospital'] as const)
        expect([limited, (await post(limited)).status]).toEqual([limited, 403]);
    }
  });

  it('takes no patient for another: an identifier of two, or beside a reference elsewhere, leads to nobody', async () => {
    const of = (value: string) => ({ system: 'urn:mrn', value });
    for (const value of ['shared', 'shared', 'single']) {
      await api.call('POST', '/fhir/R4/Patient', {
        body: { resourceType: 'Patient', identifier: [of(value)] },
      });
    }
    const reference = 'https://elsewhere.example/fhir/Patient/1';
    for (const patient of [{ identifier: of('shared') }, { reference, identifier: of('single') }]) {
      expect(await refused(consentR4('ann', { patient }))).toMatchObject({ status: 422 });
    }
  });

  it('refuses a shortened resource (SUBSETTED)', async () => {
    const meta = {
      tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }],
    };
    expect(await refused(consentR4('ann', { meta }))).toMatchObject({ status: 422 });
  });

  it('tells where a body belongs that only fits another version (fhir-consent.md §9)', async () => {
    expect(await refused(consentR5('ann'))).toMatchObject({
      status: 422,
      issues: [['not-supported', undefined]],
    });
    expect(await refused(consentR4('ann'), '/fhir/R5')).toMatchObject({ status: 422 });
  });

  it('refuses another resource type', async () => {
    expect(await refused({ resourceType: 'Patient' })).toMatchObject({ status: 400 });
    expect(await refused({ resourceType: 7 })).toMatchObject({ status: 400 });
    expect(await refused({})).toMatchObject({ status: 400 });
  });

  it.each([
    ['what is not JSON', '{"resourceType":', 400],
    ['a list', '[]', 400],
    ['nothing', '', 400],
    ['__proto__', '{"resourceType":"Consent","__proto__":{"status":"active"}}', 400],
    [
      'bottomless nesting',
      `{"resourceType":"Consent","provision":${'{"provision":['.repeat(40)}{}${']}'.repeat(40)}}`,
      400,
    ],
  ])('refuses %s and stores nothing', async (_, raw, status) => {
    const total = async () => (await api.call('GET', '/fhir/R4/Consent?_summary=count')).json['total'];
    const before = await total();
    expect((await api.call('POST', '/fhir/R4/Consent', { raw })).status).toBe(status);
    expect(await total()).toBe(before);
  });

  it.each([
    ['not JSON', '{"a":'],
    ['not I-JSON', '{"resourceType":"Consent","status":"active","status":"draft"}'],
    ['no object', '[]'],
  ])('names what cannot be parsed `structure`: %s', async (_, raw) => {
    const answer = await api.call('POST', '/fhir/R4/Consent', { raw });
    expect([answer.status, issuesOf(answer).map(({ code }) => code)]).toEqual([400, ['structure']]);
  });

  it('names what is too long for an index, and stores what just fits', async () => {
    const identifier = [{ system: `urn:${'ä'.repeat(254)}`, value: '😀'.repeat(128) }];
    await file(consentR4('ann', { identifier }));
    expect(await refused(consentR4('ann', { identifier: [{ value: '😀'.repeat(129) }] }))).toEqual({
      status: 400,
      issues: [['too-long', 'Consent.identifier[0].value']],
    });
    const category = Array(10_001).fill({ text: 'a' });
    expect(await refused(consentR4('ann', { category }))).toEqual({
      status: 400,
      issues: [['too-long', 'Consent.category']],
    });
  });

  it('refuses a wrong content type with 415', async () => {
    for (const type of [
      'application/fhir+xml',
      'text/plain',
      'application/fhir+json; fhirVersion=5.0',
      'application/fhir+json; fhirVersion=3.0',
    ]) {
      const answer = await api.call('POST', '/fhir/R4/Consent', {
        body: consentR4('ann'),
        headers: { 'content-type': type },
      });
      expect([type, answer.status]).toEqual([type, 415]);
    }
  });

  it('never says where inside the service it went wrong', async () => {
    const answer = await api.call('POST', '/fhir/R4/Consent', { raw: '{"a":' });
    expect(answer.text).not.toMatch(/at |\.ts|SyntaxError|position/);
  });
});
