/** `/decisions/explain`: who is told, and that what is told is what is decided. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  by,
  category,
  consentOf,
  type Desk,
  labelled,
  observation,
  openDesk,
  purpose,
  question,
} from './desk.ts';

let desk: Desk;
let ann: string;
let consent: string;
const candidates = [observation('n', 'N'), observation('r', 'R'), observation('v', 'V')];

beforeAll(async () => {
  desk = await openDesk();
  ann = await desk.aPatient();
  const provision = [{ ...by('Practitioner/t'), ...purpose('TREAT'), provision: [labelled('R')] }];
  consent = await desk.aConsent(ann, { decision: 'deny', provision });
});
afterAll(() => desk.service.stop());

const explain = (over = {}, client = desk.explainer) =>
  client.post('/decisions/explain', question(ann, over));

describe('who is told', () => {
  it('only a client with the scope `decision.explain`: consents are named there (interfaces.md, Scopes)', async () => {
    expect((await explain({}, desk.asker)).status).toBe(403);
    expect((await explain({}, desk.filer)).status).toBe(403);
    expect((await desk.service.send('POST', '/decisions/explain', question(ann))).status).toBe(401);
    expect((await desk.explainer.post('/decisions', question(ann))).status).toBe(403);
    expect((await desk.explainer.post('/decisions/filter', question(ann))).status).toBe(403);
  });

  it("a patient's client of that patient alone, and of others as of nobody; both questions are recorded", async () => {
    const bob = await desk.aPatient();
    await desk.aConsent(bob, { decision: 'permit' });
    const app = await desk.service.clientWith(['decision.explain'], {
      patients: [`Patient/${ann}`],
    });
    expect((await explain({}, app)).body).toMatchObject({ outcome: 'permit', consents: [{ consent }] });
    const of = async (patient: string) => {
      const { status, body, headers } = await app.post(
        '/decisions/explain',
        question(patient, { candidates }),
      );
      const shown = [...headers].filter(([name]) => name !== 'x-request-id');
      return { status, shown, body: { ...body, id: '' } };
    };
    const before = await desk.recorded();
    const hidden = await of(bob);
    expect(hidden).toEqual(await of('nobody-has-heard-of'));
    expect(hidden.body).toMatchObject({ outcome: 'deny', reason: 'no-consent', basis: [], consents: [] });
    expect(await desk.recorded()).toBe(before + 2);
  });
});

describe('what is told', () => {
  it('is the answer of `/decisions` to the same question, whatever it is', async () => {
    const questions = [
      {},
      { candidates },
      { purposes: ['HRESCH'] },
      { purposes: [] },
      { action: 'disclose' },
      { resourceTypes: ['Condition', 'Observation'] },
      { requester: { type: 'patient', reference: `Patient/${ann}` }, purposes: ['PATRQT'], candidates },
      { patient: 'Patient/nobody' },
      { asOf: '2026-10-01T09:00:00Z' },
    ];
    for (const over of questions) {
      const { body: decided } = await desk.asker.post('/decisions', question(ann, over));
      const { body: told } = await explain(over);
      const { summary, consents, resources, ...answer } = told;
      expect({ ...answer, id: '' }).toEqual({ ...decided, id: '' });
      expect(summary[0]).toMatch(decided.outcome === 'permit' ? /may (?!not)/ : /may not/);
      expect(resources).toHaveLength(decided.visible ? candidates.length : 0);
      expect(consents).toBeInstanceOf(Array);
    }
  });

  it('names each candidate with its own outcome, reason and basis', async () => {
    const { body } = await explain({ candidates });
    const granted = { consent, version: 1, path: '/provision/0' };
    const withheld = { consent, version: 1, path: '/provision/0/provision/0' };
    expect(body.resources).toMatchObject([
      { resource: 'Observation/n', outcome: 'permit', reason: 'permitted', basis: [granted] },
      { resource: 'Observation/r', outcome: 'deny', reason: 'explicit-deny', basis: [withheld] },
      { resource: 'Observation/v', outcome: 'deny', reason: 'explicit-deny', basis: [withheld] },
    ]);
    expect(body).toMatchObject({ visible: ['Observation/n'], hidden: ['Observation/r', 'Observation/v'] });
  });

  it('names each rule in words, with the provision of the consent as submitted', async () => {
    const { body } = await explain();
    expect(body.consents).toMatchObject([
      { consent, version: 1, standing: 'weighed', verdict: 'permits-in-part' },
    ]);
    expect(body.consents[0].rules).toMatchObject([
      { path: '/decision', effect: 'deny', applies: 'yes', decides: false },
      { path: '/provision/0', effect: 'permit', applies: 'yes', decides: true, unmet: [] },
      { path: '/provision/0/provision/0', effect: 'deny', applies: 'data', decides: true },
    ]);
    expect(body.consents[0].rules[1].summary).toBe(
      'Allows Practitioner/t to do anything with the data for treatment. It applies.',
    );
  });

  it('leaves a record like any decision, under the id of the answer', async () => {
    const { body, headers } = await explain({ purposes: ['HRESCH'] });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(await desk.newest()).toMatchObject({
      id: body.id,
      outcome: 'deny',
      reason: body.reason,
      patient: `Patient/${ann}`,
      circumstances: { door: 'decisions', clientId: desk.explainer.id },
    });
    const event = await desk.filer.get(`/fhir/R4/AuditEvent/${body.id}`);
    expect(event).toMatchObject({ status: 200, body: { outcome: '8', outcomeDesc: body.reason } });
  });
});

describe('every consent on file is named with its standing', () => {
  it('weighed, superseded, not in force, or about care', async () => {
    const patient = await desk.aPatient();
    const organization = await desk.anOrganization();
    const shared = {
      policyBasis: { url: 'urn:p' },
      controller: [{ reference: `Organization/${organization}` }],
    };
    const permit = { decision: 'permit' };
    const filed = {
      old: await desk.aConsent(patient, { ...permit, ...shared, date: '2024-01-01' }),
      new: await desk.aConsent(patient, { ...permit, ...shared, date: '2025-01-01' }),
      later: await desk.aConsent(patient, { ...permit, period: { start: '2027-01-01' } }),
      care: await desk.aConsent(patient, { ...permit, ...category('dnr') }),
    };
    const { body } = await desk.explainer.post('/decisions/explain', question(patient));
    expect(standingsIn(body)).toEqual({
      [filed.old]: 'superseded',
      [filed.new]: 'weighed',
      [filed.later]: 'not-in-force',
      [filed.care]: 'about-care',
    });
    expect(body.superseded).toEqual([filed.old]);
    expect(wordsOn(body, filed.old)).toBe(`Consent ${filed.old} was replaced by ${filed.new}.`);
  });

  it('one that closes says why: unreadable to us, or signed by somebody without authority', async () => {
    const patient = await desk.aPatient();
    const extra = { modifierExtension: [{ url: 'urn:example:unknown', valueBoolean: true }] };
    const filed = {
      odd: await desk.aConsent(patient, { decision: 'permit', ...extra }),
      aunt: await desk.aConsent(patient, {
        decision: 'permit',
        grantor: [{ reference: 'RelatedPerson/aunt' }],
      }),
    };
    const { body } = await desk.explainer.post('/decisions/explain', question(patient));
    expect(body).toMatchObject({ outcome: 'deny', consents: [{ verdict: 'closes' }, { verdict: 'closes' }] });
    expect(wordsOn(body, filed.odd)).toContain('it carries a modifier that is not understood');
    expect(wordsOn(body, filed.aunt)).toContain('no authority of its grantor is on file');
    expect(await desk.newest()).toMatchObject({ id: body.id, review: ['unreadable-consent'] });
  });

  it('aged out, when the patient has come of age since a parent signed (PR-3)', async () => {
    const patient = await desk.aPatient({ birthDate: '2008-01-01' });
    const coding = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'PRN' }];
    const mum = await desk.file({
      resourceType: 'RelatedPerson',
      active: true,
      patient: { reference: `Patient/${patient}` },
      relationship: [{ coding }],
    });
    const signed = {
      decision: 'permit',
      date: '2024-01-01',
      grantor: [{ reference: `RelatedPerson/${mum}` }],
    };
    const filed = await desk.aConsent(patient, signed);
    const { body } = await desk.explainer.post('/decisions/explain', question(patient));
    expect(body.reason).toBe('minor-aged-out');
    expect(standingsIn(body)).toEqual({ [filed]: 'aged-out' });
  });

  it('of another custodian, and older than the newest, where the settings make it so', async () => {
    const other = await openDesk({ combining: 'most-recent', custodian: 'Organization/here' });
    const patient = await other.aPatient();
    const elsewhere = await other.anOrganization();
    const filed = {
      old: await other.aConsent(patient, { decision: 'permit', date: '2024-01-01' }),
      new: await other.aConsent(patient, { decision: 'deny', date: '2025-01-01' }),
      far: await other.aConsent(patient, {
        decision: 'permit',
        controller: [{ reference: `Organization/${elsewhere}` }],
      }),
    };
    const { body } = await other.explainer.post('/decisions/explain', question(patient));
    expect(standingsIn(body)).toEqual({
      [filed.old]: 'older-than-the-newest',
      [filed.new]: 'weighed',
      [filed.far]: 'of-another-custodian',
    });
    await other.service.stop();
  });

  it('but nothing of a consent that is a draft or was withdrawn, and nothing of other patients', async () => {
    const patient = await desk.aPatient();
    await desk.file(consentOf(patient, { decision: 'permit', status: 'draft' }));
    const withdrawn = await desk.aConsent(patient, { decision: 'permit' });
    const inactive = consentOf(patient, { decision: 'permit', status: 'inactive' });
    await desk.amend(`/fhir/R5/Consent/${withdrawn}`, { ...inactive, id: withdrawn });
    const { body } = await desk.explainer.post('/decisions/explain', question(patient));
    expect(body).toMatchObject({ outcome: 'deny', reason: 'no-consent', consents: [] });
  });
});

type Told = {
  readonly consents: readonly { consent: string; standing: string; summary: readonly string[] }[];
};
const standingsIn = ({ consents }: Told) =>
  Object.fromEntries(consents.map(({ consent, standing }) => [consent, standing]));
const wordsOn = ({ consents }: Told, id: string): string =>
  consents.find((one) => one.consent === id)?.summary.join(' ') ?? '';

it('says of each candidate what visibility says, also where expressions cost more than there is', async () => {
  const patient = await desk.aPatient();
  const expression = { language: 'text/fhirpath', expression: "descendants().where($this = 'x').exists()" };
  await desk.aConsent(patient, {
    decision: 'permit',
    provision: [{ expression }, { ...purpose('TREAT'), expression }],
  });
  const component = Array.from({ length: 100 }, (_, n) => ({ code: { text: `${n}` }, valueString: `${n}` }));
  const costly = Array.from({ length: 100 }, (_, n) => ({ ...observation(`${n}`, 'N'), component }));
  const { body } = await desk.explainer.post('/decisions/explain', question(patient, { candidates: costly }));
  const permitted = body.resources
    .filter(({ outcome }: { outcome: string }) => outcome === 'permit')
    .map(({ resource }: { resource: string }) => resource);
  expect(body.visible).toEqual(permitted);
  expect([permitted.length > 0, permitted.length < costly.length]).toEqual([true, true]);
});
