import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { treatment, treatmentConsent } from '../../support/service.ts';
import { type Desk, observation, openDesk, residual } from './desk.ts';

let desk: Desk;
let doctor: string;
let retired: string;
let stranger: string;
const aware = { purpose_of_use: ['TREAT'], supported_obligations: [residual] };

beforeAll(async () => {
  desk = await openDesk();
  const employed = async (organization: string, active: boolean): Promise<string> => {
    const id = await desk.file({ resourceType: 'Practitioner' });
    await desk.file({
      resourceType: 'PractitionerRole',
      active,
      practitioner: { reference: `Practitioner/${id}` },
      organization: { reference: `Organization/${organization}` },
    } as never);
    return id;
  };
  const elsewhere = await desk.file({ resourceType: 'Organization', name: 'Elsewhere' } as never);
  doctor = await employed(desk.clinic, true);
  retired = await employed(desk.clinic, false);
  stranger = await employed(elsewhere, true);
});
afterAll(() => desk.service.stop());

const question = (over: object = {}) =>
  desk.evaluation({ resource: desk.labelled('N'), context: aware, ...over });

/** Results that are no evaluation of their own would be promises that nobody keeps (S5). */
async function expectTrue(evaluations: readonly object[], over: object = {}): Promise<void> {
  const { body } = await desk.evaluateAll({ ...question(over), evaluations });
  expect(body.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual(
    evaluations.map(() => true),
  );
}

describe('subject search (§8.4): who may see this?', () => {
  const found = async (type: string, over: object = {}) =>
    (await desk.search('subject', question({ ...over, subject: { type } }))).body.results;

  test('organizations that the consents name and permit', async () => {
    const results = await found('organization');
    expect(results).toEqual([{ type: 'organization', id: `Organization/${desk.clinic}` }]);
    await expectTrue(results.map((subject: object) => ({ subject })));
  });

  test('practitioners who work there now, in that role and in no other', async () => {
    const results = await found('practitioner');
    expect(results).toEqual([
      {
        type: 'practitioner',
        id: `Practitioner/${doctor}`,
        properties: { organization_id: `Organization/${desk.clinic}` },
      },
    ]);
    expect(JSON.stringify(results)).not.toMatch(new RegExp(`${retired}|${stranger}`));
    await expectTrue(results.map((subject: object) => ({ subject })));
  });

  test('practitioners whom the consents name themselves', async () => {
    const patient = await desk.file({ resourceType: 'Patient' });
    const named = await desk.file({ resourceType: 'Practitioner' });
    await desk.file({
      ...treatmentConsent(patient, desk.clinic),
      provision: [
        {
          actor: [
            { role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Practitioner/${named}` } },
          ],
          purpose: [treatment],
        },
      ],
    } as never);
    const properties = { patient: `Patient/${patient}`, security_labels: ['R'] };
    const resource = { type: 'Observation', id: '*', properties };
    const results = await found('practitioner', { resource });
    expect(results).toEqual([{ type: 'practitioner', id: `Practitioner/${named}` }]);
    await expectTrue([{ subject: results[0] }], { resource });
  });

  test('nobody, where the category is withheld, the action or the purpose', async () => {
    expect(await found('practitioner', { resource: desk.labelled('R') })).toEqual([]);
    expect(await found('practitioner', { context: { purpose_of_use: ['HRESCH'] } })).toEqual([]);
    expect(await found('client')).toEqual([]);
  });

  test('what is said of all of them is said of each', async () => {
    const role = [{ system: 'x', code: 'y' }];
    const subject = { type: 'organization', properties: { role } };
    const { body } = await desk.search('subject', question({ subject }));
    expect(body.results).toEqual([
      { type: 'organization', id: `Organization/${desk.clinic}`, properties: { role } },
    ]);
  });
});

describe('resource search (§8.5)', () => {
  const found = async (resource: object, over: object = {}) =>
    (await desk.search('resource', question({ ...over, resource, page: { limit: 1000 } }))).body.results;

  test('which types of the record', async () => {
    const patient = await desk.file({ resourceType: 'Patient' });
    const [provision] = treatmentConsent(patient, desk.clinic)['provision'] as readonly object[];
    const types = ['Observation', 'Condition'];
    await desk.file({
      ...treatmentConsent(patient, desk.clinic),
      provision: [
        {
          ...provision,
          resourceType: types.map((code) => ({ system: 'http://hl7.org/fhir/fhir-types', code })),
        },
      ],
    } as never);
    const properties = { patient: `Patient/${patient}` };
    const results = await found({ type: 'Patient', properties });
    expect(results).toEqual([
      { type: 'Condition', id: '*', properties },
      { type: 'Observation', id: '*', properties },
    ]);
    await expectTrue(results.map((resource: object) => ({ resource })));
    expect(await found({ type: 'Procedure', properties })).toEqual([]);
    expect(await found({ type: 'Observation', properties })).toHaveLength(1);
  });

  test('which types, of data with these labels', async () => {
    const properties = { patient: `Patient/${desk.patient}`, security_labels: ['R'] };
    expect(await found({ type: 'Observation', properties })).toEqual([]);
    const open = { ...properties, security_labels: ['N'] };
    const context = { purpose_of_use: ['TREAT'] };
    const results = await found({ type: 'Observation', properties: open }, { context });
    expect(results).toEqual([{ type: 'Observation', id: '*', properties: open }]);
    await expectTrue([{ resource: results[0] }], { context });
  });

  test('which of the resources that came along', async () => {
    const candidates = [
      observation('a', 'N'),
      observation('b', 'R'),
      { ...observation('c'), resourceType: 'Condition' },
    ];
    const properties = { patient: `Patient/${desk.patient}` };
    const withAll = (type: string) => found({ type, properties: { ...properties, candidates } });
    expect(await withAll('Observation')).toEqual([{ type: 'Observation', id: 'a', properties }]);
    expect(await withAll('Patient')).toEqual([
      { type: 'Observation', id: 'a', properties },
      { type: 'Condition', id: 'c', properties },
    ]);
    await expectTrue([
      { resource: { type: 'Observation', id: 'a', properties: { ...properties, resource: candidates[0] } } },
    ]);
  });

  test('of two under one name the stricter word holds for both', async () => {
    const candidates = [observation('a', 'N'), observation('a', 'R'), observation('a', 'N')];
    expect(
      await found({ type: 'Observation', properties: { patient: `Patient/${desk.patient}`, candidates } }),
    ).toEqual([]);
  });

  test('nothing, for whoever cannot carry out what remains', async () => {
    expect(await found(desk.general(), { context: { purpose_of_use: ['TREAT'] } })).toEqual([]);
    expect(await found(desk.general())).toHaveLength(1);
  });

  test('a candidate without an id is refused', async () => {
    const candidates = [{ resourceType: 'Observation' }];
    const resource = { type: 'Observation', properties: { patient: `Patient/${desk.patient}`, candidates } };
    expect((await desk.search('resource', question({ resource }))).status).toBe(400);
  });
});

describe('action search (§8.6)', () => {
  test('the interactions that are permitted, each once on record for what it means to consents', async () => {
    const patient = await desk.file({ resourceType: 'Patient' });
    const [provision] = treatmentConsent(patient, desk.clinic)['provision'] as readonly object[];
    const system = 'http://terminology.hl7.org/CodeSystem/consentaction';
    await desk.file({
      ...treatmentConsent(patient, desk.clinic),
      provision: [{ ...provision, action: [{ coding: [{ system, code: 'access' }] }] }],
    } as never);
    const properties = { patient: `Patient/${patient}`, security_labels: ['N'] };
    const resource = { type: 'Observation', id: '*', properties };
    const { body } = await desk.search('action', question({ resource }));
    expect(body.results).toEqual([{ name: 'read' }, { name: 'search' }]);
    await expectTrue(
      body.results.map((action: object) => ({ action })),
      { resource },
    );
    const { entries } = await desk.service.audit.find({ patient: [`Patient/${patient}`] }, { count: 10 });
    expect(
      entries
        .slice(-3)
        .map(({ action, outcome }) => [action, outcome])
        .sort(),
    ).toEqual([
      ['access', 'permit'],
      ['collect', 'deny'],
      ['correct', 'deny'],
    ]);
  });
});

test('results and totals are of the patient in reach alone', async () => {
  const limited = await desk.service.clientWith(['decision'], { patients: ['Patient/somebody-else'] });
  for (const kind of ['subject', 'resource', 'action'] as const) {
    const asked = question(kind === 'subject' ? { subject: { type: 'practitioner' } } : {});
    expect((await desk.search(kind, asked, limited)).body).toEqual({
      results: [],
      page: { next_token: '', count: 0, total: 0 },
    });
  }
});
