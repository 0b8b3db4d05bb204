/** Evaluations: who asks, what for and to do what, with which obligations (authzen.md §8.1; consent-decisioning.md O-1, O-4). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { treatmentConsent } from '../../support/service.ts';
import { actCode, type Desk, limitedTo, observation, openDesk } from './desk.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.service.stop());

const decisionOf = async (over: object = {}) => (await desk.evaluate(over)).body.decision;

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
