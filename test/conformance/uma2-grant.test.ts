/** UMA 2.0, U6 … U14, U17, U21 … U24: the grant, over the whole service and real consents (uma2.md §15). */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { iua, treatment } from '../support/claim-tokens.ts';
import { payloadOf } from '../support/keys.ts';
import { startUmaService, type UmaService } from '../support/uma-service.ts';

type App = Awaited<ReturnType<UmaService['anApp']>>;
type Reply = Awaited<ReturnType<UmaService['redeem']>>;

let uma: UmaService;
let app: App;
/** The one consent of the patient: treatment, and of it observations and conditions alone. */
let consent: { readonly id: string; readonly body: object };

beforeAll(async () => {
  uma = await startUmaService();
  app = await uma.anApp({ scopes: ['patient/Condition.rs'] });
  const body = {
    resourceType: 'Consent',
    status: 'active',
    subject: { reference: uma.ann },
    grantor: [{ reference: uma.ann }],
    decision: 'deny',
    provision: [
      {
        purpose: [treatment],
        resourceType: ['Observation', 'Condition'].map((code) => ({
          system: 'http://hl7.org/fhir/fhir-types',
          code,
        })),
      },
    ],
  };
  const filed = await uma.filer.post('/fhir/R5/Consent', body);
  const id = /Consent\/([^/]+)/.exec(filed.headers.get('location') ?? '')?.[1] ?? '';
  consent = { id, body };
});
afterAll(() => uma.stop());
beforeEach(async () => {
  await say('active');
});

/** As `inactive` the patient permits nothing. */
async function say(status: 'active' | 'inactive'): Promise<void> {
  const filer = await uma.service.clientWith(['system/Consent.cruds'], { may: ['file', 'activate'] });
  const changed = await filer.put(`/fhir/R5/Consent/${consent.id}`, {
    ...consent.body,
    id: consent.id,
    status,
  });
  expect(changed.status).toBe(200);
}

const told = ({ status, body }: Reply) => [status, body.error];
const dead = [400, 'invalid_grant'];
const redeem = async (ticket: string, form = {}, by = app): Promise<Reply> =>
  await uma.redeem(by, ticket, { ...(await uma.claims()), ...form });
const asking = (...scopes: readonly string[]) =>
  uma.aTicket({ resource_id: uma.resource, resource_scopes: scopes });
const anRpt = async (form = {}): Promise<string> =>
  (await redeem(await uma.aTicket(), form)).body.access_token;
const isActive = async (rpt: string): Promise<boolean> => (await uma.introspect(rpt)).body.active;

it('U6 (G 5.5): the second use of a ticket at the token endpoint is `invalid_grant`', async () => {
  const ticket = await uma.aTicket();
  expect((await redeem(ticket)).status).toBe(200);
  expect(told(await redeem(ticket))).toEqual(dead);
});

it('U7 (G 5.5): of 50 parallel redemptions of one ticket exactly one is answered with 200', async () => {
  const ticket = await uma.aTicket();
  const replies = await Promise.all(Array.from({ length: 50 }, () => redeem(ticket)));
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(replies.filter((reply) => told(reply)[1] === 'invalid_grant')).toHaveLength(49);
});

it('U8 (G 3.3.6): `need_info` and `request_submitted` bring another ticket; the old one is dead, the new one lives', async () => {
  const waits = await uma.anApp({ asynchronousApproval: true });
  const [incomplete, unpermitted] = [
    await uma.aTicket(),
    await asking('patient/*.rs', 'patient/Observation.rs'),
  ];
  const info = await uma.redeem(app, incomplete);
  expect(told(info)).toEqual([403, 'need_info']);
  await say('inactive');
  const submitted = await redeem(unpermitted, {}, waits);
  expect(told(submitted)).toEqual([403, 'request_submitted']);
  await say('active');
  for (const [old, next, by, expected] of [
    [incomplete, info.body.ticket, app, 200],
    [unpermitted, submitted.body.ticket, waits, 403],
  ] as const) {
    expect(next).not.toBe(old);
    expect(told(await redeem(old, {}, by))).toEqual(dead);
    const again = await redeem(next, {}, by);
    expect(again.status).toBe(expected);
    expect(again.body.error).not.toBe('invalid_grant');
  }
});

it('U9 (G 3.3.6): `need_info` says what is required, or where to go for it', async () => {
  const { body } = await uma.redeem(app, await uma.aTicket());
  expect(body.required_claims).toMatchObject([{ name: 'purpose_of_use', issuer: [uma.idp.issuer] }]);
});

it('U10 (G 3.3.1): a claim token without its format, and the other way round, is `invalid_request`', async () => {
  const ticket = await uma.aTicket();
  const { claim_token = '', claim_token_format = '' } = await uma.claims();
  expect(told(await uma.redeem(app, ticket, { claim_token }))).toEqual([400, 'invalid_request']);
  expect(told(await uma.redeem(app, ticket, { claim_token_format }))).toEqual([400, 'invalid_request']);
  expect((await redeem(ticket)).status).toBe(200);
});

it('U11 (G 3.3.4): what is granted lies within what is requested, and that within what is available', async () => {
  // The worked example and the law are in ../protocols/uma/assess.test.ts; this is the same through the service.
  const ticket = await asking('patient/Observation.rs');
  const { body } = await redeem(ticket, { scope: 'patient/Condition.rs' });
  const introspected = await uma.introspect(body.access_token);
  expect(introspected.body.permissions).toMatchObject([
    { resource_id: uma.resource, resource_scopes: ['patient/Observation.rs', 'patient/Condition.rs'] },
  ]);
  expect(told(await redeem(await asking(), { scope: 'patient/Procedure.rs' }))).toEqual([
    403,
    'request_denied',
  ]);
  const eager = await uma.anApp({ scopes: ['patient/*.cruds'] });
  const misfit = await redeem(await uma.aTicket(), { scope: 'patient/Procedure.rs' }, eager);
  expect(told(misfit)).toEqual([400, 'invalid_scope']);
});

it('U12 (G 5.6): without a policy there is never an RPT, whatever claims are pushed', async () => {
  await say('inactive');
  for (const claims of [
    {},
    { sub: 'anybody' },
    { extensions: { ihe_iua: iua({ subject_role: [{ code: 'x' }] }) } },
  ])
    expect(told(await redeem(await uma.aTicket(), await uma.claims(claims)))).toEqual([
      403,
      'request_denied',
    ]);
  await say('active');
  expect(told(await redeem(await asking()))).toEqual([403, 'request_denied']);
});

it('U13 (G 3.3.5): the answer has no `scope`; `upgraded` only with all old permissions, and the old RPT is then inactive', async () => {
  const [rpt, later] = [await anRpt(), await asking('patient/Condition.rs')];
  const upgraded = await redeem(later, { rpt });
  expect(upgraded.body).toMatchObject({ upgraded: true });
  expect(upgraded.body).not.toHaveProperty('scope');
  expect(await isActive(rpt)).toBe(false);
  const others = await anRpt(await uma.claims({ sub: 'another' }));
  const apart = await redeem(await asking('patient/Condition.rs'), { rpt: others });
  expect(apart.body).not.toHaveProperty('upgraded');
  expect(await isActive(others)).toBe(true);
});

it('U14 (G 5.2, 3.3.5, 3.7): a PCT is of one client, tells nothing, and is revoked with the hint `pct`', async () => {
  const { pct } = (await redeem(await uma.aTicket())).body;
  expect(pct).toMatch(/^[\w-]{43}$/);
  const other = await uma.anApp();
  expect(told(await uma.redeem(other, await uma.aTicket(), { pct }))).toEqual([403, 'need_info']);
  const { body } = await uma.redeem(app, await uma.aTicket(), { pct });
  expect(await isActive(body.access_token)).toBe(true);
  expect((await uma.revoke(app, { token: pct, token_type_hint: 'pct' })).status).toBe(200);
  expect(told(await uma.redeem(app, await uma.aTicket(), { pct }))).toEqual([403, 'need_info']);
  expect(await isActive(body.access_token)).toBe(false);
});

it('U17 (G 5.7): a claim token for others, from an issuer nobody approved, or for a client it does not name is no claim', async () => {
  for (const claims of [
    { aud: 'https://elsewhere.example' },
    { aud: app.id },
    { aud: ['https://consent.example.org', 'https://elsewhere.example'] },
    { iss: 'https://unknown.example' },
    { azp: 'another client' },
    { client_id: 'another client' },
  ])
    expect(told(await redeem(await uma.aTicket(), await uma.claims(claims)))).toEqual([403, 'need_info']);
});

it('U21 (G 3.6): no refresh token comes with an RPT, so that nothing is refreshed without asking the consents', async () => {
  const { body } = await redeem(await uma.aTicket());
  expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'pct', 'token_type']);
  const both = await uma.anApp({ grants: [...app.grants, 'refresh_token'] });
  for (const refresh_token of [body.access_token, body.pct])
    expect(told(await uma.token(both, { grant_type: 'refresh_token', refresh_token }))).toEqual(dead);
});

it('U22 (G 1.3, 5.2): an RPT is for one resource server and one owner, and opens nothing of ours', async () => {
  const rpt = await anRpt();
  const { body } = await uma.introspect(rpt);
  expect(body.aud).toBe(uma.server.resource);
  expect(body.extensions.ihe_pcf.patient_id).toContain(uma.ann);
  expect(payloadOf(rpt).aud).toBe(uma.server.resource);
  const other = await uma.service.clientWith(['uma_protection'], { resource: 'https://other-rs.example' });
  expect((await uma.introspect(rpt, other.authorization)).body).toEqual({ active: false });
  const ours = await uma.service.send('GET', '/fhir/R4/Consent', undefined, {
    authorization: `Bearer ${rpt}`,
  });
  expect(ours.status).toBe(401);
});

it('U23 (G 3.3.6, 1.1): errors are not stored, and members nobody knows are ignored', async () => {
  const extended = await redeem(await uma.aTicket(), { x_extension: 'y', permission: 'z', audience: 'a' });
  expect(extended.status).toBe(200);
  for (const reply of [
    await redeem('no ticket'),
    await uma.redeem(app, await uma.aTicket()),
    await uma.redeem(app, await uma.aTicket(), { claim_token: 'x' }),
    await redeem(await asking()),
  ]) {
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  }
});

// Last, since other tokens do not live through it.
it('U24 (G 5.1): claims satisfy nothing once their token has ended, pushed or persisted', async () => {
  const exp = Math.floor(Date.parse('2026-10-01T10:00:00Z') / 1000) + 120;
  const stale = await uma.claims({ exp });
  const { pct } = (await redeem(await uma.aTicket(), stale)).body;
  const [first, second] = [await uma.aTicket(), await uma.aTicket()];
  uma.wait(151);
  expect(told(await uma.redeem(app, first, stale))).toEqual([403, 'need_info']);
  expect(told(await uma.redeem(app, second, { pct }))).toEqual([403, 'need_info']);
});
