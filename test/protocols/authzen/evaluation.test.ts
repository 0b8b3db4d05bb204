/** Evaluations: what is known of the resource, and what the answer says (authzen.md §8). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { treatmentConsent } from '../../support/service.ts';
import { actCode, type Desk, observation, openDesk, residual } from './desk.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.service.stop());

const decisionOf = async (over: object = {}) => (await desk.evaluate(over)).body.decision;
const inline = (resource: { readonly resourceType: string; readonly id?: string }, over: object = {}) => ({
  type: resource.resourceType,
  id: resource.id ?? '*',
  properties: { patient: `Patient/${desk.patient}`, resource },
  ...over,
});
const aware = { context: { purpose_of_use: ['TREAT'], supported_obligations: [residual] } };

describe('a permit (§8.2)', () => {
  test('without conditions names the record of it and how long it may be kept', async () => {
    const { status, headers, body } = await desk.evaluate();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(body).toEqual({
      decision: true,
      context: { decision_id: expect.any(String), valid_until: '2026-10-01T10:05:00.000Z' },
    });
    const { entries } = await desk.service.audit.find({ patient: [`Patient/${desk.patient}`] }, { count: 1 });
    expect(entries[0]).toMatchObject({
      id: body.context.decision_id,
      outcome: 'permit',
      resource: 'Observation/o1',
      circumstances: { door: 'authzen', clientId: desk.asker.id },
    });
  });

  test('ends with the consent it rests on, where that is sooner', async () => {
    const patient = await desk.file({ resourceType: 'Patient' });
    await desk.file({
      ...treatmentConsent(patient, desk.clinic),
      period: { end: '2026-10-01T10:02:00Z' },
    } as never);
    const resource = {
      ...desk.labelled('N'),
      properties: { patient: `Patient/${patient}`, security_labels: ['N'] },
    };
    const { body } = await desk.evaluate({ resource });
    expect(body.decision).toBe(true);
    expect(Date.parse(body.context.valid_until)).toBeLessThanOrEqual(Date.parse('2026-10-01T10:02:01Z'));
  });

  test('carries the transaction into the record', async () => {
    await desk.evaluate({ context: { purpose_of_use: ['TREAT'], txn: 'txn-7' } });
    const { entries } = await desk.service.audit.find({ patient: [`Patient/${desk.patient}`] }, { count: 1 });
    expect(entries[0]?.circumstances.transaction).toBe('txn-7');
  });
});

describe('what is known of the resource (§8.1)', () => {
  test('labels are told as Coding, as `system|code` or as bare codes of v3', async () => {
    const { confidentiality } = await import('./desk.ts');
    for (const label of ['R', `${confidentiality}|R`, { system: confidentiality, code: 'R' }]) {
      const properties = { patient: `Patient/${desk.patient}`, security_labels: [label] };
      expect(await decisionOf({ resource: { type: 'Observation', id: 'o1', properties } })).toBe(false);
    }
    expect(await decisionOf({ resource: desk.labelled() })).toBe(true);
    expect(await decisionOf({ resource: desk.labelled('N', 'ETH') })).toBe(false);
  });

  test('a label that nobody knows counts as R', async () => {
    expect(await decisionOf({ resource: desk.labelled('a-label-of-tomorrow') })).toBe(false);
  });

  test('the resource itself decides where it comes along', async () => {
    expect(await decisionOf({ resource: inline(observation('a', 'N')) })).toBe(true);
    expect(await decisionOf({ resource: inline(observation('b', 'R')) })).toBe(false);
  });

  test.each([
    ['another type', { type: 'Condition' }],
    ['another id', { id: 'somebody-else' }],
  ])('a resource of %s than was asked about is refused (400)', async (_, over) => {
    const { status, body } = await desk.evaluate({ resource: inline(observation('a', 'N'), over) });
    expect(status).toBe(400);
    expect(body).toMatch(/resource\.properties\.resource/);
  });

  test('an id that names another type is refused (400)', async () => {
    const resource = { ...desk.labelled('N'), id: 'Condition/1' };
    expect((await desk.evaluate({ resource })).status).toBe(400);
  });

  test('`Type/id` and a logical id are one and the same', async () => {
    expect(await decisionOf({ resource: { ...desk.labelled('N'), id: 'Observation/o1' } })).toBe(true);
  });

  test('of the whole record, id or `patient` say whose it is, and both must mean the same', async () => {
    const whole = (id: string, properties = {}) => ({
      resource: { type: 'Patient', id, properties },
      ...aware,
    });
    const other = await desk.file({ resourceType: 'Patient' });
    expect(await decisionOf(whole(desk.patient))).toBe(true);
    expect(await decisionOf(whole('*', { patient: `Patient/${desk.patient}` }))).toBe(true);
    expect(await decisionOf(whole('*'))).toBe(false);
    expect(await decisionOf(whole(other, { patient: `Patient/${desk.patient}` }))).toBe(false);
  });

  test('a patient is found by a business identifier', async () => {
    const identifier = [{ system: 'urn:oid:1.2.3', value: '17' }];
    const patient = await desk.file({ resourceType: 'Patient', identifier } as never);
    await desk.file(treatmentConsent(patient, desk.clinic) as never);
    const properties = { patient: 'urn:oid:1.2.3|17', security_labels: [] };
    expect(await decisionOf({ resource: { type: 'Observation', id: 'x', properties } })).toBe(true);
    expect(await decisionOf({ resource: { type: 'Patient', id: 'urn:oid:1.2.3|17' }, ...aware })).toBe(true);
  });

  test('without a patient nothing is permitted', async () => {
    const resource = { type: 'Observation', id: 'o1', properties: { security_labels: [] } };
    expect(await decisionOf({ resource })).toBe(false);
  });
});

describe('a type, or an id of which nothing is told (§8.4)', () => {
  test('is permitted with what remains to be checked, for whoever can check it', async () => {
    const { body } = await desk.evaluate({ resource: desk.general(), ...aware });
    expect(body).toMatchObject({
      decision: true,
      context: {
        obligations: [
          {
            id: 'residual',
            type: residual,
            properties: {
              residual_ver: 1,
              residual_ast: {
                v: 1,
                kind: 'CONDITIONAL',
                byType: { Observation: {} },
                unknown: 'deny',
                basedOn: [`Consent/${desk.consent}/_history/1`],
              },
              ihe_pcf: { residual: [{ type: 'forbid' }] },
            },
          },
        ],
      },
    });
    const { properties } = body.context.obligations[0];
    expect(JSON.stringify(properties.ihe_pcf)).toContain('"code":"R"');
  });

  test.each([
    ['says nothing of obligations', {}],
    ['can fulfil others alone', { supported_obligations: [`${actCode}#AUDIT`] }],
  ])('is refused for whoever %s (§9)', async (_, supported) => {
    const context = { purpose_of_use: ['TREAT'], ...supported };
    for (const resource of [desk.general(), { ...desk.general(), id: 'o1' }]) {
      const { body } = await desk.evaluate({ resource, context });
      expect(body.decision).toBe(false);
      expect(body.context.obligations).toBeUndefined();
    }
    const { entries } = await desk.service.audit.find({ patient: [`Patient/${desk.patient}`] }, { count: 1 });
    expect(entries[0]?.outcome).toBe('deny');
  });

  test('what was told of it is not left to be checked, and what was not told is', async () => {
    const patient = await desk.file({ resourceType: 'Patient' });
    await desk.file({
      ...treatmentConsent(patient, desk.clinic),
      provision: [
        {
          actor: [
            { role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Organization/${desk.clinic}` } },
          ],
          provision: [{ code: [{ coding: [{ system: 'http://loinc.org', code: '1-1' }] }] }],
        },
      ],
    } as never);
    const asked = async (told: object) =>
      (
        await desk.evaluate({
          resource: { type: 'Observation', id: 'o1', properties: { patient: `Patient/${patient}`, ...told } },
        })
      ).body.decision;
    expect(await asked({ security_labels: [], codes: ['http://loinc.org|2-2'] })).toBe(true);
    expect(await asked({ security_labels: [], codes: ['http://loinc.org|1-1'] })).toBe(false);
    // Of a code without a system nobody can tell what it is.
    expect(await asked({ security_labels: [], codes: ['2-2'] })).toBe(false);
    // The code is not told: it would be left to a client that cannot check it.
    expect(await asked({ security_labels: [] })).toBe(false);
    expect(await asked({ codes: ['http://loinc.org|2-2'] })).toBe(false);
  });
});

describe('reasons (§8.2)', () => {
  test('a refusal is neutral for most', async () => {
    const { body } = await desk.evaluate({ resource: desk.labelled('R') });
    expect(body).toEqual({
      decision: false,
      context: { decision_id: expect.any(String), reason_user: { en: 'this is not shared' } },
    });
  });

  test('and told to whoever may have decisions explained, as is how consents combine', async () => {
    const entitled = await desk.service.clientWith(['decision', 'decision.explain']);
    const { body } = await desk.evaluate({ context: { purpose_of_use: ['HRESCH'] } }, entitled);
    expect(body.context).toMatchObject({
      reason_admin: { reason: 'outside-consent-scope', basis: expect.any(Array) },
      metadata: { combining: 'deny-overrides', implicit_policy: 'deny', conflict: false },
    });
    const lacking = await desk.evaluate({ resource: desk.general() }, entitled);
    expect(lacking.body.context.reason_admin.unsupported_obligations).toEqual([residual]);
    const permit = await desk.evaluate({}, entitled);
    expect(permit.body.context.reason_admin).toMatchObject({
      reason: 'permitted',
      basis: expect.arrayContaining([{ consent: desk.consent, version: 1, path: '/provision/0' }]),
    });
  });
});

test('a withdrawn consent stops permitting at once', async () => {
  const patient = await desk.file({ resourceType: 'Patient' });
  const id = await desk.file(treatmentConsent(patient, desk.clinic) as never);
  const resource = {
    type: 'Observation',
    id: 'o',
    properties: { patient: `Patient/${patient}`, security_labels: ['N'] },
  };
  expect(await decisionOf({ resource })).toBe(true);
  const withdrawn = { ...treatmentConsent(patient, desk.clinic, 'inactive'), id };
  await desk.filer.put(`/fhir/R5/Consent/${id}`, withdrawn, { 'if-match': 'W/"1"' });
  expect(await decisionOf({ resource })).toBe(false);
});
