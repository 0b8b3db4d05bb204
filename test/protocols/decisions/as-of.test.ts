/** `asOf`: what would have been decided earlier, on what was on file then; recorded as a question of today. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { by, consentOf, type Desk, openDesk, purpose, question } from './desk.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.service.stop());

const started = Date.parse('2026-10-01T10:00:00Z');
let waited = 0;
const wait = (seconds: number): void => {
  waited += seconds;
  desk.service.wait(seconds);
};
const seconds = (after: number): string => new Date(started + (waited + after) * 1000).toISOString();
/** A moment after what was done and before what comes; tokens outlive a hundred of them. */
const now = (): string => {
  wait(2);
  return seconds(-1);
};
const decide = async (patient: string, over = {}) =>
  (await desk.asker.post('/decisions', question(patient, over))).body;

describe('a consent', () => {
  it('withdrawn since permits as of then, on the version of then, and not now; explained alike', async () => {
    const patient = await desk.aPatient();
    const consent = await desk.aConsent(patient, { decision: 'permit' });
    const then = now();
    const inactive = { ...consentOf(patient, { decision: 'permit', status: 'inactive' }), id: consent };
    await desk.amend(`/fhir/R5/Consent/${consent}`, inactive);
    const basis = [{ consent, version: 1, path: '/decision' }];
    expect(await decide(patient)).toMatchObject({ outcome: 'deny', reason: 'no-consent', basis: [] });
    expect(await decide(patient, { asOf: then })).toMatchObject({ outcome: 'permit', basis, asOf: then });
    const asked = question(patient, { asOf: then });
    const { body: told } = await desk.explainer.post('/decisions/explain', asked);
    expect(told).toMatchObject({
      outcome: 'permit',
      basis,
      consents: [{ consent, version: 1, standing: 'weighed' }],
    });
    expect((await desk.asker.post('/decisions/filter', asked)).body).toMatchObject({
      outcome: 'permit',
      basis,
    });
  });

  it('amended since is weighed in its old version', async () => {
    const patient = await desk.aPatient();
    const consent = await desk.aConsent(patient, { decision: 'deny', provision: [purpose('TREAT')] });
    const then = now();
    const amended = {
      ...consentOf(patient, { decision: 'deny', provision: [purpose('HRESCH')] }),
      id: consent,
    };
    await desk.amend(`/fhir/R5/Consent/${consent}`, amended);
    expect(await decide(patient)).toMatchObject({ outcome: 'deny' });
    const path = '/provision/0';
    expect(await decide(patient, { asOf: then })).toMatchObject({ basis: [{ consent, version: 1, path }] });
    const research = { purposes: ['HRESCH'] };
    expect(await decide(patient, research)).toMatchObject({ basis: [{ consent, version: 2, path }] });
    expect(await decide(patient, { ...research, asOf: then })).toMatchObject({ outcome: 'deny' });
  });

  it('filed since is not there yet, and its period is judged by then', async () => {
    const patient = await desk.aPatient();
    const then = now();
    await desk.filer.post('/fhir/R5/Consent', consentOf(patient, { decision: 'permit' }));
    expect(await decide(patient)).toMatchObject({ outcome: 'permit' });
    expect(await decide(patient, { asOf: then })).toMatchObject({ outcome: 'deny', reason: 'no-consent' });
    const ended = await desk.aPatient();
    await desk.aConsent(ended, {
      decision: 'permit',
      period: { end: seconds(1) },
    });
    const within = now();
    expect(await decide(ended)).toMatchObject({ outcome: 'deny' });
    expect(await decide(ended, { asOf: within })).toMatchObject({ outcome: 'permit' });
  });
});

describe('the directory is that of then', () => {
  it('a role that ended since still counts then', async () => {
    const patient = await desk.aPatient();
    const clinic = { reference: `Organization/${await desk.anOrganization()}` };
    const doctor = await desk.file({ resourceType: 'Practitioner' });
    const role = { resourceType: 'PractitionerRole', practitioner: { reference: `Practitioner/${doctor}` } };
    const id = await desk.file({ ...role, active: true, organization: clinic });
    await desk.aConsent(patient, { decision: 'permit', provision: [by(clinic.reference)] });
    const then = now();
    await desk.amend(`/fhir/R5/PractitionerRole/${id}`, { ...role, id, active: false, organization: clinic });
    const requester = { type: 'practitioner', reference: `Practitioner/${doctor}` };
    // A deny of an organization is for whoever has a role there on file.
    expect(await decide(patient, { requester, asOf: then })).toMatchObject({ outcome: 'deny' });
    expect(await decide(patient, { requester })).toMatchObject({ outcome: 'permit' });
  });

  it('and so does a unit that belonged to another organization (M-8)', async () => {
    const patient = await desk.aPatient();
    const [first, second] = [await desk.anOrganization(), await desk.anOrganization()];
    const ward = await desk.anOrganization({ partOf: { reference: `Organization/${first}` } });
    await desk.aConsent(patient, { decision: 'permit', provision: [by(`Organization/${first}`)] });
    const then = now();
    const moved = {
      resourceType: 'Organization',
      id: ward,
      name: 'ward',
      partOf: { reference: `Organization/${second}` },
    };
    await desk.amend(`/fhir/R5/Organization/${ward}`, moved);
    const requester = { type: 'organization', reference: `Organization/${ward}` };
    expect(await decide(patient, { requester })).toMatchObject({ outcome: 'permit' });
    expect(await decide(patient, { requester, asOf: then })).toMatchObject({
      outcome: 'deny',
      reason: 'explicit-deny',
    });
    expect(await decide(patient, { requester })).toMatchObject({ outcome: 'permit' });
  });
});

describe('the record', () => {
  it('is of now, and says as of when it was asked', async () => {
    const patient = await desk.aPatient();
    const asOf = now();
    const { id } = await decide(patient, { asOf });
    const entry = await desk.newest();
    expect(entry).toMatchObject({ id, asOf: Date.parse(asOf) });
    expect(entry?.recordedAt).toBe(Date.parse(seconds(0)));
    const { body: event } = await desk.filer.get(`/fhir/R4/AuditEvent/${id}`);
    expect(event.recorded).toBe(seconds(0));
    expect(event.extension[0].extension).toContainEqual({ url: 'asOf', valueInstant: asOf });
    expect(await decide(patient)).not.toHaveProperty('asOf');
    expect(await desk.newest()).not.toHaveProperty('asOf');
  });

  it.each([
    ['in the future', '2099-01-01T00:00:00Z'],
    ['without an offset', '2026-09-01T00:00:00'],
    ['without seconds', '2026-09-01T00:00Z'],
    ['a date alone', '2026-09-01'],
    ['no such day', '2026-02-30T00:00:00Z'],
    ['no such offset', '2026-02-01T00:00:00+99:00'],
    ['a word', 'yesterday'],
    ['empty', ''],
    ['a number', 1_700_000_000],
    ['null', null],
    ['a list', ['2026-09-01T00:00:00Z']],
  ])('is not written where `asOf` is %s: 400 at every door', async (_, asOf) => {
    const patient = 'anybody';
    const before = await desk.recorded();
    for (const [client, path] of [
      [desk.asker, '/decisions'],
      [desk.asker, '/decisions/filter'],
      [desk.explainer, '/decisions/explain'],
    ] as const) {
      const { status, headers } = await client.post(path, question(patient, { asOf }));
      expect([path, status, headers.get('content-type')]).toEqual([path, 400, 'application/problem+json']);
    }
    expect(await desk.recorded()).toBe(before);
  });
});
