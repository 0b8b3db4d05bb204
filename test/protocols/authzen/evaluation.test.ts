import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { treatmentConsent } from '../../support/service.ts';
import { actCode, type Desk, limitedTo, observation, openDesk, residual } from './desk.ts';

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

describe('obligations of the consent (O-1)', () => {
  let limited: object;
  beforeAll(async () => {
    const patient = await desk.file({ resourceType: 'Patient' });
    const consent = treatmentConsent(patient, desk.clinic);
    const [provision] = consent['provision'] as readonly object[];
    await desk.file({
      ...consent,
      provision: [{ ...provision, modifierExtension: [limitedTo('AUDIT', 'NORDSCLCD')] }],
    } as never);
    limited = {
      resource: {
        type: 'Observation',
        id: 'o1',
        properties: { patient: `Patient/${patient}`, security_labels: ['N'] },
      },
    };
  });
  const types = [`${actCode}#AUDIT`, `${actCode}#NORDSCLCD`];
  const supporting = (supported: readonly string[]) =>
    desk.evaluate({ ...limited, context: { purpose_of_use: ['TREAT'], supported_obligations: supported } });

  test('come with the permit', async () => {
    const { body } = await supporting(types);
    expect(body.decision).toBe(true);
    expect(body.context.obligations).toEqual([
      { id: 'AUDIT', type: types[0], properties: { system: actCode, code: 'AUDIT' } },
      { id: 'NORDSCLCD', type: types[1], properties: { system: actCode, code: 'NORDSCLCD' } },
    ]);
  });

  test('make it a refusal where one of them will not be fulfilled', async () => {
    expect((await supporting(types.slice(0, 1))).body.decision).toBe(false);
    expect((await supporting([])).body.decision).toBe(false);
  });

  test('a permit that awaits the approval of a person is none yet (O-4)', async () => {
    const patient = await desk.file({ resourceType: 'Patient' });
    const consent = treatmentConsent(patient, desk.clinic);
    const [provision] = consent['provision'] as readonly object[];
    await desk.file({
      ...consent,
      provision: [{ ...provision, modifierExtension: [limitedTo('HUAPRV')] }],
    } as never);
    const { body } = await desk.evaluate({
      resource: {
        type: 'Observation',
        id: 'o1',
        properties: { patient: `Patient/${patient}`, security_labels: ['N'] },
      },
      context: { purpose_of_use: ['TREAT'], supported_obligations: [`${actCode}#HUAPRV`] },
    });
    expect(body.decision).toBe(false);
  });
});

describe('who asks (§8.1)', () => {
  const doctor = (over: object = {}) => ({
    subject: { type: 'practitioner', id: 'http://npi.example.org|7', properties: over },
  });

  test.each(['organization', 'organization_id'])('on behalf of an organization, as `%s`', async (name) => {
    expect(await decisionOf(doctor({ [name]: `Organization/${desk.clinic}` }))).toBe(true);
    const address = `https://consent.example.org/fhir/R5/Organization/${desk.clinic}`;
    expect(await decisionOf(doctor({ [name]: address }))).toBe(true);
    const elsewhere = `https://elsewhere.example.org/fhir/Organization/${desk.clinic}`;
    expect(await decisionOf(doctor({ [name]: elsewhere }))).toBe(false);
    expect(await decisionOf(doctor({ [name]: 'Organization/another' }))).toBe(false);
    expect(await decisionOf(doctor())).toBe(false);
  });

  test('an organization goes by its business identifier as well', async () => {
    const identifier = [{ system: 'urn:oid:4.5.6', value: 'h' }];
    const clinic = await desk.file({ resourceType: 'Organization', name: 'H', identifier } as never);
    const patient = await desk.file({ resourceType: 'Patient' });
    await desk.file(treatmentConsent(patient, clinic) as never);
    const resource = {
      type: 'Observation',
      id: 'o1',
      properties: { patient: `Patient/${patient}`, security_labels: ['N'] },
    };
    expect(await decisionOf({ resource, subject: { type: 'organization', id: 'urn:oid:4.5.6|h' } })).toBe(
      true,
    );
    expect(await decisionOf({ resource, ...doctor({ organization_id: 'urn:oid:4.5.6|h' }) })).toBe(true);
  });

  test('roles, identifiers and client id reach the record', async () => {
    const role = { system: 'http://snomed.info/sct', code: '309343006' };
    await desk.evaluate(doctor({ role: [role, 'x|y', 'z'], identifiers: ['a|b'], client_id: 'app' }));
    const { entries } = await desk.service.audit.find({ patient: [`Patient/${desk.patient}`] }, { count: 1 });
    expect(entries[0]?.requester).toEqual({
      type: 'practitioner',
      identifiers: [
        { system: 'http://npi.example.org', value: '7' },
        { system: 'a', value: 'b' },
      ],
      roles: [role, { system: 'x', code: 'y' }, { code: 'z' }],
      clientId: 'app',
    });
  });

  test('a client is known by its bare id', async () => {
    await desk.evaluate({ subject: { type: 'client', id: 'app' } });
    const { entries } = await desk.service.audit.find({ patient: [`Patient/${desk.patient}`] }, { count: 1 });
    expect(entries[0]?.requester).toEqual({ type: 'client', clientId: 'app' });
  });
});

describe('what for (§8.1)', () => {
  const purposes = (...purpose_of_use: readonly unknown[]) => decisionOf({ context: { purpose_of_use } });
  const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

  test('a purpose comes as code, as Coding or as UDAP writes it', async () => {
    expect(await purposes({ system: actReason, code: 'TREAT' })).toBe(true);
    expect(await purposes('urn:oid:2.16.840.1.113883.5.8#TREAT')).toBe(true);
    expect(await purposes('HRESCH')).toBe(false);
  });

  test('a code of another system is no purpose', async () => {
    expect(await purposes({ system: 'http://elsewhere.example.org', code: 'TREAT' })).toBe(false);
  });

  test('without one, what lacks is named', async () => {
    const { body } = await desk.evaluate({ context: {} });
    expect(body).toMatchObject({
      decision: false,
      context: { required_claims: [{ name: 'purpose_of_use' }] },
    });
    expect(
      (await desk.evaluate({ context: { purpose_of_use: ['HRESCH'] } })).body.context,
    ).not.toHaveProperty('required_claims');
  });

  test('`time` and unknown members of the context change nothing: our clock decides', async () => {
    const context = {
      purpose_of_use: ['TREAT'],
      time: '1999-01-01T00:00:00Z',
      scopes: ['all'],
      consent_reference: ['x'],
    };
    expect(await decisionOf({ context })).toBe(true);
    expect(await decisionOf({ context: { ...context, purpose_of_use: ['HRESCH'] } })).toBe(false);
  });
});

describe('actions (§8.1)', () => {
  test.each([
    ['read', 'access'],
    ['search', 'access'],
    ['create', 'collect'],
    ['update', 'correct'],
    ['delete', 'correct'],
    ['collect', 'collect'],
    ['access', 'access'],
    ['use', 'use'],
    ['disclose', 'disclose'],
    ['correct', 'correct'],
  ])('%s asks for %s', async (name, action) => {
    await desk.evaluate({ action: { name } });
    const { entries } = await desk.service.audit.find({ patient: [`Patient/${desk.patient}`] }, { count: 1 });
    expect(entries[0]?.action).toBe(action);
  });
});

describe('breaking the glass (§8.1)', () => {
  test('needs a role allowed to, an acknowledgement, and a client that audits', async () => {
    const glass = await openDesk({
      implicitPolicy: 'break-glass-only',
      breakGlass: { allowedRoles: ['ER'] },
    });
    const patient = await glass.file({ resourceType: 'Patient' });
    const ask = async (role: string, context: object) =>
      (
        await glass.evaluate({
          subject: { type: 'practitioner', id: 'Practitioner/p', properties: { role: [role] } },
          resource: {
            type: 'Observation',
            id: 'o',
            properties: { patient: `Patient/${patient}`, resource: observation('o', 'N') },
          },
          context: {
            purpose_of_use: ['BTG'],
            break_glass: { reason: 'unconscious', acknowledged: true },
            supported_obligations: [`${actCode}#AUDIT`],
            ...context,
          },
        })
      ).body;
    expect(await ask('ER', {})).toMatchObject({
      decision: true,
      context: { obligations: [{ id: 'AUDIT' }] },
    });
    expect((await ask('ER', { supported_obligations: [] })).decision).toBe(false);
    expect((await ask('ER', { break_glass: { reason: 'x', acknowledged: false } })).decision).toBe(false);
    expect((await ask('clerk', {})).decision).toBe(false);
    const { entries } = await glass.service.audit.find({ patient: [`Patient/${patient}`] }, { count: 10 });
    expect(entries.every(({ review }) => review?.includes('break-glass'))).toBe(true);
    expect(entries[0]?.breakGlass).toEqual({ reason: 'unconscious' });
    await glass.service.stop();
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
