/** UMA 2.0, U6, U9, U15 and U16 at the claims interaction endpoint, with browsers (uma2.md §11, §14, §15). */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asInstant, plusSeconds, toEpochSeconds } from '../../src/base/instant.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { assertionType } from '../../src/protocols/authorization-server/client-assertion.ts';
import { ensureSigningKey } from '../../src/protocols/authorization-server/signing-key.ts';
import { issueTicket } from '../../src/protocols/uma/ticket/ticket.ts';
import type { Ticket } from '../../src/protocols/uma/ticket/ticket-store.ts';
import { signingKeyStore } from '../../src/storage/signing-keys.ts';
import { submittedRequest } from '../../src/storage/tables/uma.ts';
import { ticketStore } from '../../src/storage/tickets.ts';
import { registeredResourceStore } from '../../src/storage/uma-resources.ts';
import {
  type Browser,
  type BrowserService,
  type Shown,
  startBrowserService,
} from '../support/at-a-browser.ts';
import { aKeyPair, type KeyPair, signed } from '../support/keys.ts';

const back = 'https://app.example.org/claims?keep=this';
const codes = 'https://app.example.org/cb';
const at = asInstant(Date.parse('2026-10-01T10:00:00Z'));
const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
const umaGrant = 'urn:ietf:params:oauth:grant-type:uma-ticket';

let service: BrowserService;
let keys: KeyPair;
let app: Client;
let another: Client;
let server: Client;
let resource: string;

beforeAll(async () => {
  service = await startBrowserService();
  const keySecret = 'a secret of the test, long enough to be one';
  await ensureSigningKey({ signingKeys: signingKeyStore(service.database), keySecret, random }, at);
  keys = await aKeyPair();
  const given = { jwks: [keys.publicJwk], grants: [umaGrant], claimsRedirectUris: [back] };
  app = await service.aClient({ ...given, name: 'My Records' });
  another = await service.aClient({ ...given, claimsRedirectUris: [back, `${back}&two`] });
  server = await service.aClient({ resource: 'https://rs.example', grants: ['client_credentials'] });
  await service.aPatient('ann');
  await service.aPatient('bob');
  resource = randomUUID();
  await registeredResourceStore(service.database, { random }).register({
    id: resource,
    resourceServer: server.id,
    patient: 'Patient/ann',
    description: { resource_scopes: ['patient/Observation.rs'] },
    registeredAt: at,
  });
});
afterAll(() => service.stop());

const aTicket = (given: Partial<Ticket> = {}): Promise<string> => {
  const permissions = [{ resourceId: resource, scopes: ['patient/Observation.rs'] }];
  const asked = { process: randomUUID(), resourceServer: server.id, patient: 'Patient/ann', permissions };
  return issueTicket(
    { tickets: ticketStore(service.database, { random }), random },
    { ...asked, ...given },
    at,
  );
};

const redeem = async (ticket: string, by = app, now = at) => {
  const iat = toEpochSeconds(now);
  const claims = { iss: by.id, sub: by.id, aud: service.issuer, iat, exp: iat + 60, jti: randomUUID() };
  const response = await service.app.request('/oauth/token', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: umaGrant,
      ticket,
      client_assertion_type: assertionType,
      client_assertion: await signed(keys, claims),
    }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const address = (parameters: Record<string, string>, end = ''): string =>
  `${service.issuer}/uma/claims?${new URLSearchParams(parameters)}${end}`;
const request = async (given: Record<string, string> = {}) => ({
  client_id: app.id,
  ticket: await aTicket(),
  claims_redirect_uri: back,
  state: 's-1',
  ...given,
});
const open = async (given: Record<string, string> = {}, browser: Browser = service.browser()) =>
  await browser.open(address(await request(given)));
const returned = ({ status, location }: Shown) => {
  expect(status).toBe(303);
  expect(location.startsWith(`${back}&`)).toBe(true);
  return Object.fromEntries(new URL(location).searchParams);
};
const isDead = async (ticket: string) => {
  const { status, body } = await redeem(ticket);
  expect([status, body['error']]).toEqual([400, 'invalid_grant']);
};
/** Signed in, before the page that asks. */
async function asked(parameters: Record<string, string>, patient = 'ann') {
  const browser = service.browser();
  const page = await browser.signIn(await browser.open(address(parameters)), patient);
  return { browser, page };
}

it('U1 (G 2): discovery names the endpoint', async () => {
  const { text } = await service.browser().open(`${service.issuer}/.well-known/uma2-configuration`);
  expect(JSON.parse(text).claims_interaction_endpoint).toBe(`${service.issuer}/uma/claims`);
});

it('U9 (G 3.3.6): `need_info` says where to go, to a client to which the person can return', async () => {
  const { body } = await redeem(await aTicket());
  expect(body).toMatchObject({ error: 'need_info', redirect_user: `${service.issuer}/uma/claims` });
  const without = await service.aClient({ jwks: [keys.publicJwk], grants: [umaGrant] });
  expect((await redeem(await aTicket(), without)).body).not.toHaveProperty('redirect_user');
});

it.each([
  ['unregistered', { claims_redirect_uri: 'https://evil.example/claims' }],
  ['registered for codes alone', { claims_redirect_uri: codes }],
  ['with a slash more', { claims_redirect_uri: 'https://app.example.org/claims/?keep=this' }],
  ['with another query', { claims_redirect_uri: `${back}&more=1` }],
  ['without its query', { claims_redirect_uri: 'https://app.example.org/claims' }],
  ['in other letters', { claims_redirect_uri: back.replace('app', 'APP') }],
  ['on another port', { claims_redirect_uri: 'https://app.example.org:443/claims?keep=this' }],
  ['with a fragment', { claims_redirect_uri: `${back}#x` }],
  ['of nobody', { client_id: '' }],
  ['of an unknown client', { client_id: randomUUID() }],
  ['of no client at all', { client_id: 'a\u0000b' }],
])('U15 (G 3.3.2–3.3.3): to an address %s nobody is sent, and the ticket is spent', async (_, given) => {
  const ticket = await aTicket();
  const { status, location, headers, text } = await open({ ticket, ...given });
  expect([status, location]).toEqual([400, '']);
  expect(headers.get('content-type')).toContain('text/html');
  expect(text).not.toContain('evil.example');
  await isDead(ticket);
});

it('U15 (G 3.3.2): the address may be left out when exactly one is registered, and not twice', async () => {
  const { claims_redirect_uri: _, ...short } = await request();
  expect((await service.browser().open(address(short))).status).toBe(200);
  const two = await service
    .browser()
    .open(address({ ...short, ticket: await aTicket(), client_id: another.id }));
  expect([two.status, two.location]).toEqual([400, '']);
  const again = address(await request(), `&claims_redirect_uri=${encodeURIComponent(back)}`);
  expect((await service.browser().open(again)).location).toBe('');
});

it('U15 (G 3.3.2): a client that registered none, public or not, is sent nobody', async () => {
  const none = await service.aClient({ jwks: [], grants: [umaGrant], redirectUris: [back] });
  const shown = await open({ client_id: none.id });
  expect([shown.status, shown.location]).toEqual([400, '']);
  const disabled = { disabledAt: at, grants: [umaGrant], claimsRedirectUris: [back] };
  expect((await open({ client_id: (await service.aClient(disabled)).id })).location).toBe('');
});

it('U6 (G 5.5): a ticket used at the token endpoint is dead here, and the other way round', async () => {
  const first = await aTicket();
  await redeem(first);
  expect(returned(await open({ ticket: first }))).toMatchObject({ error: 'invalid_request', state: 's-1' });
  const second = await aTicket();
  expect((await open({ ticket: second })).status).toBe(200);
  await isDead(second);
  expect(returned(await open({ ticket: second }))).toMatchObject({ error: 'invalid_request' });
});

it.each([
  ['none', {}, ''],
  ['unknown', { ticket: 'x' }, ''],
  ['repeated', {}, '&ticket=x'],
  ['with NUL', { ticket: 'a\u0000b' }, ''],
])('U6 (G 3.3.3): a ticket that is %s is told to the client, with its state', async (kind, given, end) => {
  const parameters: Record<string, string> = { ...(await request()), ...given };
  if (kind === 'none') delete parameters['ticket'];
  const shown = await service.browser().open(address(parameters, end));
  expect(returned(shown)).toMatchObject({ error: 'invalid_request', state: 's-1', keep: 'this' });
});

it('U6 (uma2.md §14): the process of another client is not continued here', async () => {
  const ticket = await aTicket({ clientId: another.id });
  expect(returned(await open({ ticket }))).toMatchObject({ error: 'invalid_request' });
});

it('U16 (G 3.3.3): whoever signs in and says so returns with another ticket and the state, and no claim in the address', async () => {
  const { ticket, ...rest } = await request();
  const { browser, page } = await asked({ ticket, ...rest });
  expect(page.text).toContain('My Records');
  expect(page.text).not.toContain(ticket);
  const answer = returned(await browser.submit(page.forms[0], { answer: 'self' }));
  expect(answer).toEqual({
    keep: 'this',
    ticket: expect.stringMatching(/^[\w-]{43}$/),
    state: 's-1',
    iss: service.issuer,
  });
  expect(answer['ticket']).not.toBe(ticket);
  const { status, body } = await redeem(answer['ticket'] ?? '');
  expect(status).toBe(200);
  expect(body['access_token']).toBeDefined();
});

it('U16 (G 3.3.3): `state` comes back only when it was sent', async () => {
  const { state: _, ...rest } = await request();
  const { browser, page } = await asked(rest);
  expect(returned(await browser.submit(page.forms[0], { answer: 'self' }))).not.toHaveProperty('state');
});

it("U16 (G 5.1): of somebody else's record it is a claim like any other, and permits nothing", async () => {
  const { browser, page } = await asked(await request(), 'bob');
  expect(page.text).not.toContain('Patient/ann');
  const { ticket = '' } = returned(await browser.submit(page.forms[0], { answer: 'self' }));
  const { status, body } = await redeem(ticket);
  expect([status, body['error']]).toEqual([403, 'request_denied']);
});

it("U8 (G 3.3.6): of somebody else's record it may wait for that patient, who can permit it to this very account", async () => {
  const waits = await service.aClient({ ...app, id: randomUUID(), asynchronousApproval: true });
  const { browser, page } = await asked(await request({ client_id: waits.id }), 'bob');
  const { ticket = '' } = returned(await browser.submit(page.forms[0], { answer: 'self' }));
  const submitted = await redeem(ticket, waits);
  expect(submitted.body).toMatchObject({ error: 'request_submitted' });
  const [row] = await service.database.select().from(submittedRequest);
  const { identifiers } = row?.party.requester ?? {};
  const { issuer = '', subject = '' } = row?.party ?? {};
  expect(identifiers).toEqual([{ system: `${issuer}/uma/accounts`, value: `${issuer} ${subject}` }]);
});

it('U16 (G 5.1): nothing is claimed by looking, nor by saying no', async () => {
  const { browser, page } = await asked(await request());
  const refused = returned(await browser.submit(page.forms[0], { answer: 'nothing' }));
  expect(refused).toMatchObject({ error: 'access_denied', state: 's-1' });
  expect(refused).not.toHaveProperty('ticket');
});

it('U16 (G 5.1): the form is of one browser: without its token, or from another, nothing is spent', async () => {
  const { browser, page } = await asked(await request());
  const form = page.forms[0];
  const { form_token: _, ...without } = form?.fields ?? {};
  const foreign = [
    await browser.post(form?.action ?? '', { ...without, answer: 'self' }),
    await browser.submit(form, { answer: 'self', form_token: 'x' }),
    await service.browser().submit(form, { answer: 'self' }),
    await (await asked(await request(), 'bob')).browser.submit(form, { answer: 'self' }),
  ];
  for (const { status, location } of foreign) expect([status, location]).toEqual([403, '']);
  expect(returned(await browser.submit(form, { answer: 'self' }))).toHaveProperty('ticket');
  // And it works once.
  expect(returned(await browser.submit(form, { answer: 'self' }))).toMatchObject({
    error: 'invalid_request',
  });
});

it('U16 (G 3.3.3): what the form is about cannot be changed into another address', async () => {
  const { browser, page } = await asked(await request());
  const about = new URLSearchParams(page.forms[0]?.fields['request']);
  about.set('claims_redirect_uri', 'https://evil.example/claims');
  const shown = await browser.submit(page.forms[0], { answer: 'self', request: about.toString() });
  expect([shown.status, shown.location]).toEqual([400, '']);
});

it('U16 (G 5.1): without its cookie the form belongs to nobody', async () => {
  const { browser, page } = await asked(await request());
  browser.cookies.clear();
  const shown = await browser.submit(page.forms[0], { answer: 'self' });
  expect(shown.status).toBe(403);
});

it('claims of two parties never add up: a process that is about another is refused (uma2.md §7)', async () => {
  const party = {
    issuer: 'https://idp.example',
    subject: 'dr-t',
    requester: { type: 'practitioner', clientId: app.id },
    purposes: [],
    asserted: {},
    expiresAt: asInstant(at + 60_000),
  } as const;
  const ticket = await aTicket({ clientId: app.id, claims: { party } });
  const { browser, page } = await asked(await request({ ticket }));
  expect(returned(await browser.submit(page.forms[0], { answer: 'self' }))).toMatchObject({
    error: 'access_denied',
  });
});

it('where nobody can sign in, the client is told', async () => {
  const elsewhere = await startBrowserService('https://consent.example.org');
  const client = await elsewhere.aClient({ claimsRedirectUris: [back] });
  const tickets = ticketStore(elsewhere.database, { random });
  const asking = {
    process: randomUUID(),
    resourceServer: server.id,
    patient: 'Patient/ann',
    permissions: [],
  };
  const ticket = await issueTicket({ tickets, random }, asking, at);
  const query = new URLSearchParams({ client_id: client.id, ticket });
  const shown = await elsewhere.browser().open(`${elsewhere.issuer}/uma/claims?${query}`);
  expect(returned(shown)).toMatchObject({ error: 'temporarily_unavailable' });
  await elsewhere.stop();
});

// The last, since it turns the clock on.
it('U8 (G 3.3.6): a ticket that waits for the patient goes on waiting, also by way of a browser', async () => {
  const waits = await service.aClient({
    jwks: [keys.publicJwk],
    grants: [umaGrant],
    claimsRedirectUris: [back],
    asynchronousApproval: true,
  });
  const { browser, page } = await asked(await request({ client_id: waits.id }), 'bob');
  const first = returned(await browser.submit(page.forms[0], { answer: 'self' }));
  const waiting = await redeem(first['ticket'] ?? '', waits);
  expect(waiting.body).toMatchObject({ error: 'request_submitted' });
  const again = await browser.open(
    address(await request({ client_id: waits.id, ticket: String(waiting.body['ticket']) })),
  );
  const second = returned(await browser.submit(again.forms[0], { answer: 'self' }));
  // As long as a client may have to leave between two polls (uma2.md §10).
  service.wait(900);
  const poll = await redeem(second['ticket'] ?? '', waits, plusSeconds(at, 900));
  expect(poll.body).toMatchObject({ error: 'request_submitted' });
});
