/** The patient answers requests that wait (UMA Grant §3.3.6 `request_submitted`): with real consents, through the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { iua } from '../../support/claim-tokens.ts';
import { startUmaService, type UmaService } from '../../support/uma-service.ts';

let uma: UmaService;
let app: Awaited<ReturnType<UmaService['anApp']>>;
let patient: Awaited<ReturnType<UmaService['service']['clientWith']>>;

beforeAll(async () => {
  uma = await startUmaService();
  app = await uma.anApp({ name: 'Clinic App', asynchronousApproval: true });
});
afterAll(() => uma.stop());
// Tokens live for five minutes.
beforeEach(async () => {
  patient = await uma.service.clientWith(['patient/Consent.cruds'], { patients: [uma.ann] });
});

const askedScopes = (scopes: readonly string[]) => ({ resource_id: uma.resource, resource_scopes: scopes });

/** The ticket of a request that waits. */
async function submitted(claims: object = {}, scopes = ['patient/Observation.rs']) {
  // So that the latest is the latest by time.
  uma.wait(1);
  const ticket = await uma.aTicket(askedScopes(scopes));
  const { body } = await uma.redeem(app, ticket, await uma.claims({ sub: crypto.randomUUID(), ...claims }));
  expect(body.error).toBe('request_submitted');
  return body.ticket as string;
}
async function waiting(): Promise<readonly { id: string; text: string }[]> {
  const { status, body } = await patient.get('/user/requests?count=50');
  expect(status).toBe(200);
  return body.requests;
}
const latest = async () => (await waiting()).at(-1) ?? { id: '', text: '' };
const answer = async (said: 'approve' | 'refuse', id?: string) =>
  await patient.post(`/user/requests/${id ?? (await latest()).id}`, { answer: said });
const poll = async (ticket: string, form = {}) => await uma.redeem(app, ticket, form);

describe('a request that waits', () => {
  it('is told in codes and in words', async () => {
    const named = iua({ subject_organization: 'Clinic A', subject_role: [{ code: 'doctor' }] });
    await submitted({ sub: 'dr-t', extensions: { ihe_iua: named } }, [
      'patient/Condition.rs',
      'patient/Observation.rs',
    ]);
    const expected = {
      id: expect.any(String),
      text: `“Dr. T” of “Clinic A” asks through “Clinic App”: look at: Condition, Observation. Purpose: treatment. Your approval would hold for 7 days, whichever app they use and wherever this data is kept. Who asks, for whom and why is on the word of ${uma.idp.issuer} alone.`,
      submittedAt: '2026-10-01T10:00:01.000Z',
      expiresAt: '2026-10-08T10:00:01.000Z',
      client: { id: app.id, name: 'Clinic App' },
      requester: {
        issuer: uma.idp.issuer,
        subject: 'dr-t',
        name: 'Dr. T',
        organization: 'Clinic A',
        organizationId: expect.stringContaining('https://clinic-a.example'),
        roles: [{ code: 'doctor' }],
      },
      purposes: [
        { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT', display: 'treatment' },
      ],
      asked: [
        {
          actions: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/consentaction',
              code: 'access',
              display: expect.any(String),
            },
          ],
          types: ['Condition', 'Observation'],
        },
      ],
    };
    const shown = await latest();
    expect(shown).toEqual(expected);
    const { body, headers } = await patient.get(`/user/requests/${shown.id}`);
    expect(body).toEqual(expected);
    expect(headers.get('cache-control')).toBe('no-store');
    await answer('refuse', shown.id);
  });

  it('comes in pages', async () => {
    for (const sub of ['a', 'b', 'c']) await submitted({ sub });
    const first = (await patient.get('/user/requests?count=2')).body;
    expect(first.requests).toHaveLength(2);
    const second = (await patient.get(`/user/requests?count=2&after=${first.next}`)).body;
    expect(second.requests).toHaveLength(1);
    expect(second).not.toHaveProperty('next');
    for (const { id } of [...first.requests, ...second.requests]) await answer('refuse', id);
    expect(await waiting()).toEqual([]);
  });

  it.each(['?count=0', '?count=51', '?count=x', `?after=${'a'.repeat(65)}`])(
    'but not as %s',
    async (query) => {
      expect((await patient.get(`/user/requests${query}`)).status).toBe(400);
    },
  );

  it('is of no use once the client has stopped polling', async () => {
    const ticket = await submitted();
    const { id } = await latest();
    uma.wait(3500);
    const renewed = (await poll(ticket)).body.ticket;
    uma.wait(3599);
    await renewPat();
    expect((await latest()).id).toBe(id);
    uma.wait(1);
    expect(await waiting()).toEqual([]);
    expect((await answer('approve', id)).status).toBe(409);
    expect((await poll(renewed)).body.error).toBe('invalid_grant');
  });

  it('is of no use after a week', async () => {
    await submitted();
    const { id } = await latest();
    uma.wait(7 * 86_400);
    await renewPat();
    expect(await waiting()).toEqual([]);
    expect((await answer('approve', id)).status).toBe(409);
  });
});

/** The waits above outlived it. */
async function renewPat(): Promise<void> {
  const { authorization } = await uma.service.clientWith(['uma_protection'], {
    resource: `https://rs-${crypto.randomUUID()}.example`,
  });
  Object.assign(uma.server, { authorization });
  patient = await uma.service.clientWith(['patient/Consent.cruds'], { patients: [uma.ann] });
  uma = { ...uma, resource: await uma.aResource() };
}

describe.each(['R4', 'R5'])('an answer is on record, in %s', (version) => {
  /** With the patient, the app that said it, who asked through what, and the token by its id. */
  const recordedOf = async (answerer: typeof patient, id: string) => {
    const auditor = await uma.service.clientWith(['system/AuditEvent.rs']);
    const { body } = await auditor.get(`/fhir/${version}/AuditEvent?patient=${uma.ann}&_count=50`);
    const events = body.entry.map(({ resource }: { resource: object }) => resource);
    const [event, ...more] = events.filter((each: object) => JSON.stringify(each).includes(id));
    expect(more).toEqual([]);
    const text = JSON.stringify(event);
    for (const named of [answerer.id, app.id, uma.ann, 'dr-on-record', 'TREAT'])
      expect(text).toContain(named);
    expect(text).toContain('urn:ietf:params:oauth:jti:');
    return event;
  };
  const outcomeOf = (event: { outcome: string | { code: { code: string } } }) =>
    typeof event.outcome === 'string' ? event.outcome : event.outcome.code.code;

  it('a refusal, with nothing filed', async () => {
    await submitted({ sub: 'dr-on-record' });
    const { id } = await latest();
    await answer('refuse', id);
    const event = await recordedOf(patient, id);
    expect(outcomeOf(event)).toBe('8');
    expect(JSON.stringify(event)).not.toContain('Consent/');
  });

  it('an approval, with the consents it filed', async () => {
    await submitted({ sub: 'dr-on-record' }, ['patient/Condition.rs']);
    const { id } = await latest();
    const { body } = await answer('approve', id);
    const event = await recordedOf(patient, id);
    expect(outcomeOf(event)).toBe('0');
    expect(JSON.stringify(event)).toContain(`Consent/${body.consents[0]}/_history/1`);
    const path = `/fhir/R4/Consent/${body.consents[0]}`;
    const consent = (await patient.get(path)).body;
    expect((await patient.put(path, { ...consent, status: 'inactive' })).status).toBe(200);
  });

  it('and one that does not count is not', async () => {
    await submitted({ sub: 'dr-on-record' });
    const { id } = await latest();
    await Promise.all([answer('refuse', id), answer('refuse', id), answer('refuse', id)]);
    await recordedOf(patient, id);
  });
});

describe('what is put to a patient', () => {
  const narrower = 'patient/Observation.rs?category=laboratory';
  const plain = 'patient/Condition.rs';
  const asked = async (resource_scopes: readonly string[], type?: string) => {
    const resource_id = await uma.aResource({ resource_scopes, ...(type === undefined ? {} : { type }) });
    uma.wait(1);
    const ticket = await uma.aTicket({ resource_id, resource_scopes });
    return await uma.redeem(app, ticket, await uma.claims({ sub: crypto.randomUUID() }));
  };

  it.each([
    ['a condition', [narrower], undefined],
    ['a record that FHIR does not know', ['read'], 'https://photos.example/album'],
    ['a record of which nothing is said', ['read'], undefined],
  ])('is never more than was asked: %s, which no consent can say, is denied', async (_, scopes, type) => {
    const before = await waiting();
    const { status, body } = await asked(scopes, type);
    expect([status, body.error]).toEqual([403, 'request_denied']);
    expect(await waiting()).toEqual(before);
  });

  it('is what a consent can say of it, and a yes permits that alone', async () => {
    const reply = await asked([narrower, plain]);
    expect(reply.body.error).toBe('request_submitted');
    const shown = await latest();
    expect(shown.text).toContain('look at: Condition.');
    expect(shown.text).not.toContain('Observation');
    expect((await answer('approve')).status).toBe(200);
    const { status, body } = await poll(reply.body.ticket);
    expect(status).toBe(200);
    const told = await uma.introspect(body.access_token);
    expect(told.body.permissions).toMatchObject([{ resource_scopes: [plain] }]);
  });

  it('says that changing is deleting too', async () => {
    await asked(['patient/Observation.d', 'patient/Condition.u']);
    const shown = await latest();
    expect(shown.text).toContain('look at, change or delete: Condition, Observation.');
    const { body } = await patient.get(`/user/requests/${shown.id}`);
    expect(body.asked[0].actions).toMatchObject([{ code: 'correct', display: 'look at, change or delete' }]);
    await answer('refuse', shown.id);
  });

  it('a whole record is all data', async () => {
    await asked(['read'], 'http://hl7.org/fhir/Patient');
    const shown = await latest();
    expect(shown.text).toContain('look at: all data.');
    await answer('refuse', shown.id);
  });
});

describe('approved', () => {
  it('it becomes a consent of the patient, for this party, purpose, action, type and a week', async () => {
    const ticket = await submitted({ sub: 'dr-a' });
    const { id } = await latest();
    const { status, body } = await answer('approve', id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ answer: 'approved', consents: [expect.any(String)] });
    const consent = await patient.get(`/fhir/R4/Consent/${body.consents[0]}`);
    expect(consent.body).toMatchObject({
      resourceType: 'Consent',
      status: 'active',
      patient: { reference: uma.ann },
      performer: [{ reference: uma.ann }],
      identifier: [{ system: 'https://consent.example.org/user/requests', value: id }],
      provision: {
        type: 'permit',
        actor: [
          {
            reference: {
              identifier: {
                system: 'https://consent.example.org/uma/accounts',
                value: `${uma.idp.issuer} dr-a`,
              },
            },
          },
        ],
        action: [{ coding: [{ code: 'access' }] }],
        purpose: [{ code: 'TREAT' }],
        class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }],
      },
    });
    expect(consent.body.meta.versionId).toBe('1');
    const { start, end } = consent.body.provision.period;
    expect(Date.parse(end) - Date.parse(start)).toBe(7 * 86_400_000);
    const redeemed = await poll(ticket);
    expect(redeemed.status).toBe(200);
    const { body: told } = await uma.introspect(redeemed.body.access_token);
    expect(told.permissions).toMatchObject([{ resource_scopes: ['patient/Observation.rs'] }]);
    expect(JSON.stringify(told)).toContain(`Consent/${body.consents[0]}`);
  });

  it('and filing it is on record with the client that filed it', async () => {
    await submitted();
    const { body } = await answer('approve');
    const auditor = await uma.service.clientWith(['system/AuditEvent.rs']);
    const events = await auditor.get(`/fhir/R4/AuditEvent?entity=Consent/${body.consents[0]}`);
    expect(JSON.stringify(events.body)).toContain(patient.id);
  });

  it('it permits nothing else: another party, purpose or type waits in turn', async () => {
    const approved = await submitted({ sub: 'dr-b' });
    await answer('approve');
    expect((await poll(approved)).status).toBe(200);
    await submitted({ sub: 'dr-c' });
    await submitted({ sub: 'dr-b' }, ['patient/Condition.rs']);
    const research = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }];
    await submitted({ sub: 'dr-b', extensions: { ihe_iua: iua({ purpose_of_use: research }) } });
    // And what was approved is granted again without asking.
    const again = await uma.redeem(
      app,
      await uma.aTicket(askedScopes(['patient/Observation.rs'])),
      await uma.claims({ sub: 'dr-b' }),
    );
    expect(again.status).toBe(200);
  });

  it('the RPT ends with the consent when that is withdrawn (U20)', async () => {
    const ticket = await submitted();
    const { body } = await answer('approve');
    const { body: redeemed } = await poll(ticket);
    expect((await uma.introspect(redeemed.access_token)).body.active).toBe(true);
    const path = `/fhir/R4/Consent/${body.consents[0]}`;
    const { body: consent } = await patient.get(path);
    expect((await patient.put(path, { ...consent, status: 'inactive' })).status).toBe(200);
    expect((await uma.introspect(redeemed.access_token)).body).toEqual({ active: false });
  });

  it('a consent that refuses still refuses: the poll is denied, truthfully', async () => {
    const ticket = await submitted();
    expect((await answer('approve')).status).toBe(200);
    const refusal = await patient.post('/fhir/R4/Consent', {
      resourceType: 'Consent',
      status: 'active',
      scope: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
      },
      category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
      patient: { reference: uma.ann },
      performer: [{ reference: uma.ann }],
      policy: [{ uri: 'https://policies.example.org/none' }],
      provision: { type: 'deny' },
    });
    expect(refusal.status).toBe(201);
    const { status, body } = await poll(ticket);
    expect([status, body.error]).toEqual([403, 'request_denied']);
    const id = /Consent\/([^/]+)/.exec(refusal.headers.get('location') ?? '')?.[1];
    expect(
      (await patient.put(`/fhir/R4/Consent/${id}`, { ...refusal.body, status: 'inactive' })).status,
    ).toBe(200);
  });
});

/** An R5 consent: this patient's treatment, once a person has approved (O-4). */
const onApproval = () => ({
  resourceType: 'Consent',
  status: 'active',
  subject: { reference: uma.ann },
  grantor: [{ reference: uma.ann }],
  decision: 'deny',
  provision: [
    {
      purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
      modifierExtension: [
        {
          url: 'http://hl7.org/fhir/StructureDefinition/consent-provision-limit',
          extension: [
            {
              url: 'control',
              valueCodeableConcept: {
                coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HUAPRV' }],
              },
            },
          ],
        },
      ],
    },
  ],
});

describe('what a consent permits on approval alone (HUAPRV, O-4)', () => {
  let conditional: { readonly path: string; readonly body: object };

  beforeAll(async () => {
    const owner = await uma.service.clientWith(['patient/Consent.cruds'], { patients: [uma.ann] });
    const { status, headers, body } = await owner.post('/fhir/R5/Consent', onApproval());
    expect(status).toBe(201);
    const id = /Consent\/([^/]+)/.exec(headers.get('location') ?? '')?.[1];
    conditional = { path: `/fhir/R5/Consent/${id}`, body };
  });
  afterAll(async () => {
    const owner = await uma.service.clientWith(['patient/Consent.cruds'], { patients: [uma.ann] });
    const { status } = await owner.put(conditional.path, { ...conditional.body, status: 'inactive' });
    expect(status).toBe(200);
  });

  type Filed = { readonly path: string; readonly body: { readonly provision: object } };
  const undone: readonly [string, (filed: Filed) => Promise<{ readonly status: number }>][] = [
    ['withdrawn', async ({ path, body }) => await patient.put(path, { ...body, status: 'inactive' })],
    [
      'changed',
      async ({ path, body }) =>
        await patient.put(path, {
          ...body,
          provision: { ...body.provision, purpose: [{ code: 'HMARKT' }] },
        }),
    ],
  ];
  const approved = async () => {
    const ticket = await submitted();
    const { body } = await answer('approve');
    const path = `/fhir/R4/Consent/${body.consents[0]}`;
    return { ticket, filed: { path, body: (await patient.get(path)).body } };
  };

  it.each(undone)('is approved no more once the consent of the yes is %s: introspection', async (_, undo) => {
    const { ticket, filed } = await approved();
    const { status, body } = await poll(ticket);
    expect(status).toBe(200);
    expect((await uma.introspect(body.access_token)).body.active).toBe(true);
    expect((await undo(filed)).status).toBeLessThan(300);
    expect((await uma.introspect(body.access_token)).body).toEqual({ active: false });
  });

  it.each(undone)('is approved no more once the consent of the yes is %s: poll', async (_, undo) => {
    const { ticket, filed } = await approved();
    expect((await undo(filed)).status).toBeLessThan(300);
    const { status, body } = await poll(ticket);
    expect([status, body.error]).toEqual([403, 'request_denied']);
  });
});

describe('what was approved for one', () => {
  const accounts = 'https://consent.example.org/uma/accounts';

  it.each(['person_id', 'subject_organization_id'])(
    'is not for another who says in %s that they are that account',
    async (claim) => {
      const approved = await submitted({ sub: `dr-${claim}` });
      await answer('approve');
      expect((await poll(approved)).status).toBe(200);
      const name = `${accounts}|${uma.idp.issuer} dr-${claim}`;
      await submitted({ sub: 'somebody', extensions: { ihe_iua: iua({ [claim]: name }) } });
      await answer('refuse');
    },
  );

  it('is not said by the client that asked, though it is registered for the patient', async () => {
    const scope = 'patient/Consent.cruds';
    const own = await uma.anApp({
      asynchronousApproval: true,
      grants: ['client_credentials', 'urn:ietf:params:oauth:grant-type:uma-ticket'],
      scopes: [scope],
      patients: [uma.ann],
    });
    uma.wait(1);
    const ticket = await uma.aTicket(askedScopes(['patient/Observation.rs']));
    const { body } = await uma.redeem(own, ticket, await uma.claims({ sub: 'dr-x' }));
    expect(body.error).toBe('request_submitted');
    const { id } = await latest();
    const token = await uma.token(own, { grant_type: 'client_credentials', scope });
    const authorization = `Bearer ${token.body.access_token}`;
    const said = await uma.service.send(
      'POST',
      `/user/requests/${id}`,
      { answer: 'approve' },
      { authorization },
    );
    expect(said.status).toBe(403);
    await answer('refuse', id);
  });
});

describe('refused', () => {
  it('it files nothing, and the next poll is denied', async () => {
    const consents = async () => (await patient.get('/fhir/R4/Consent?_summary=count')).body.total;
    const ticket = await submitted();
    const before = await consents();
    expect((await answer('refuse')).body).toEqual({ answer: 'refused', consents: [] });
    expect(await consents()).toBe(before);
    const { status, body } = await poll(ticket);
    expect([status, body.error]).toEqual([403, 'request_denied']);
  });
});

describe('an answer', () => {
  it('counts once, also of many at the same time, and files one consent', async () => {
    await submitted();
    const { id } = await latest();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => answer(at % 2 === 0 ? 'approve' : 'refuse', id)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
    const said = answers.find(({ status }) => status === 200)?.body.answer;
    expect((await patient.get(`/user/requests/${id}`)).body.answer).toBe(said);
    const filed = await patient.get(
      `/fhir/R4/Consent?identifier=https://consent.example.org/user/requests|${id}`,
    );
    expect(filed.body.total ?? filed.body.entry?.length ?? 0).toBe(said === 'approved' ? 1 : 0);
    expect((await answer('approve', id)).status).toBe(409);
  });

  it.each(['yes', '', 'approved', undefined])('must be one of two words: %j', async (said) => {
    await submitted();
    const { id } = await latest();
    expect((await patient.post(`/user/requests/${id}`, { answer: said })).status).toBe(400);
    await answer('refuse', id);
  });
});

describe('nobody else', () => {
  it("finds a patient's request, or answers it", async () => {
    await submitted();
    const { id } = await latest();
    const other = await uma.service.clientWith(['patient/Consent.cruds'], { patients: ['Patient/bob'] });
    expect((await other.get('/user/requests')).body).toEqual({ requests: [] });
    const [foreign, unknown] = [
      await other.get(`/user/requests/${id}`),
      await other.get(`/user/requests/${crypto.randomUUID()}`),
    ];
    expect([foreign.status, foreign.body]).toEqual([404, unknown.body]);
    expect((await other.post(`/user/requests/${id}`, { answer: 'approve' })).status).toBe(404);
    expect((await patient.get(`/user/requests/${id}`)).body).not.toHaveProperty('answer');
    await answer('refuse', id);
  });

  it.each(['%00', 'x', 'a%2Fb'])('and no request is called %s', async (id) => {
    expect((await patient.get(`/user/requests/${id}`)).status).toBe(404);
  });

  it('not a client that acts for no patient, nor one that may not change consents', async () => {
    const system = await uma.service.clientWith(['user/Consent.cruds'], { may: ['file', 'activate'] });
    const reader = await uma.service.clientWith(['patient/Consent.rs'], { patients: [uma.ann] });
    for (const { get } of [system, reader]) expect((await get('/user/requests')).status).toBe(403);
    expect((await uma.service.send('GET', '/user/requests')).status).toBe(401);
  });
});
