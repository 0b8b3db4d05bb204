/** What comes with an answer and stays in its record: obligations, supersession, and what somebody shall look at. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { by, type Desk, observation, openDesk, purpose, question } from './desk.ts';

let desk: Desk;
let clinic: string;

beforeAll(async () => {
  desk = await openDesk({ implicitPolicy: 'all-normal', breakGlass: { allowedRoles: ['doctor'] } });
  clinic = `Organization/${await desk.anOrganization()}`;
});
afterAll(() => desk.service.stop());

const decide = async (patient: string, over: JsonObject = {}) =>
  (await desk.asker.post('/decisions', question(patient, over))).body;
const basisOf = async (id: string): Promise<readonly JsonObject[]> =>
  (await desk.filer.get(`/fhir/R4/AuditEvent/${id}`)).body.extension[0].extension;
const obligation = (code: string) => ({
  url: 'obligation',
  valueCoding: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code },
});
const glass: JsonObject = {
  requester: { type: 'practitioner', reference: 'Practitioner/t', roles: [{ code: 'doctor' }] },
  purposes: ['BTG'],
  breakGlass: { reason: 'unconscious', acknowledged: true },
};

describe('obligations', () => {
  it('payment by the implicit policy takes no more than the minimum (case 4)', async () => {
    const patient = await desk.aPatient();
    const { id, outcome, reason, obligations } = await decide(patient, { purposes: ['HPAYMT'] });
    expect({ outcome, reason, obligations }).toEqual({
      outcome: 'permit',
      reason: 'implicit-policy',
      obligations: ['MINEC'],
    });
    expect(await basisOf(id)).toContainEqual(obligation('MINEC'));
    expect((await decide(patient)).obligations).toEqual([]);
  });

  it('a broken glass is watched (B-2)', async () => {
    const patient = await desk.aPatient();
    await desk.aConsent(patient, { decision: 'deny', provision: [purpose('BTG')] });
    const { id, outcome, obligations } = await decide(patient, glass);
    expect({ outcome, obligations }).toEqual({ outcome: 'permit', obligations: ['AUDIT'] });
    expect(await basisOf(id)).toContainEqual(obligation('AUDIT'));
  });

  it('a refusal has none', async () => {
    const patient = await desk.aPatient();
    await desk.aConsent(patient, { decision: 'deny' });
    const { outcome, obligations } = await decide(patient, { purposes: ['HPAYMT'] });
    expect({ outcome, obligations }).toEqual({ outcome: 'deny', obligations: [] });
  });
});

it('a superseded consent is named in the answer, and in the record with its version (C-3)', async () => {
  const patient = await desk.aPatient();
  const shared = { policyBasis: { url: 'urn:p' }, controller: [{ reference: clinic }], decision: 'permit' };
  const old = await desk.aConsent(patient, { ...shared, date: '2024-01-01' });
  await desk.aConsent(patient, { ...shared, date: '2025-01-01' });
  const { id, superseded } = await decide(patient);
  expect(superseded).toEqual([old]);
  const valueReference = { reference: `Consent/${old}/_history/1` };
  expect(await basisOf(id)).toContainEqual({ url: 'superseded', valueReference });
});

describe('for review', () => {
  const listed = async (review: string, patient: string) =>
    await desk.eventsFor(`review=${review}&patient=${patient}`);

  it('is every use of BTG, permitted or refused, and no other emergency (B-5)', async () => {
    const patient = await desk.aPatient();
    await desk.aConsent(patient, { decision: 'deny', provision: [purpose('BTG')] });
    const permitted = await decide(patient, glass);
    const refused = await decide(patient, { ...glass, breakGlass: {} });
    await decide(patient, { ...glass, purposes: ['ETREAT'] });
    expect([permitted.outcome, refused.outcome]).toEqual(['permit', 'deny']);
    expect(await listed('break-glass', patient)).toEqual([refused.id, permitted.id]);
    const event = (await desk.filer.get(`/fhir/R4/AuditEvent/${permitted.id}`)).body;
    expect(event.outcomeDesc).toBe('permitted: unconscious');
    expect(event.purposeOfEvent).toMatchObject([{ coding: [{ code: 'BTG' }] }]);
  });

  it('are consents that contradict each other, whoever won (C-5)', async () => {
    const patient = await desk.aPatient();
    await desk.aConsent(patient, { decision: 'permit' });
    await desk.aConsent(patient, { decision: 'permit', provision: [by('Practitioner/t')] });
    const { id, conflict } = await decide(patient);
    expect(conflict).toBe(true);
    const other = await decide(patient, { requester: { type: 'practitioner', reference: 'Practitioner/z' } });
    expect(other.conflict).toBe(false);
    expect(await listed('conflict', patient)).toEqual([id]);
  });

  it('is what a patient asked about and a clinician must hand over (R-26), unseen by that patient', async () => {
    const patient = await desk.aPatient();
    const asPatient = {
      requester: { type: 'patient', reference: `Patient/${patient}` },
      purposes: ['PATRQT'],
    };
    const kept = { candidates: [observation('biopsy', 'NOPAT')] };
    const { id, hidden } = await decide(patient, { ...asPatient, ...kept });
    expect(hidden).toEqual(['Observation/biopsy']);
    await decide(patient, { ...asPatient, candidates: [observation('pulse', 'N')] });
    await decide(patient, kept);
    expect(await listed('withheld-from-patient', patient)).toEqual([id]);
    const own = await desk.service.clientWith(['patient/AuditEvent.rs'], {
      patients: [`Patient/${patient}`],
    });
    const shown = await own.get(`/fhir/R4/AuditEvent/${id}`);
    expect(shown.status).toBe(200);
    expect(shown.text).not.toMatch(/withheld|biopsy|NOPAT/);
  });

  it('is a consent that nobody can read (EV-3)', async () => {
    const patient = await desk.aPatient();
    const modifierExtension = [{ url: 'urn:example:unknown', valueBoolean: true }];
    await desk.aConsent(patient, { decision: 'permit', modifierExtension });
    const { id } = await decide(patient);
    expect(await listed('unreadable-consent', patient)).toEqual([id]);
  });

  it('is nothing of an ordinary decision', async () => {
    const patient = await desk.aPatient();
    const { id } = await decide(patient);
    const extensions = await basisOf(id);
    expect(extensions.map(({ url }) => url)).not.toContain('review');
    expect(extensions.map(({ url }) => url)).not.toContain('failed');
  });
});
