/** The authorization endpoint, row by row (oauth-baseline.md). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/access/digest.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { authorizationStore } from '../../src/storage/authorizations.ts';
import {
  answerIn,
  type Browser,
  type BrowserService,
  codeChallenge,
  redirectUri,
  type Shown,
  startBrowserService,
} from '../support/at-a-browser.ts';
import { isAsked, isPage, refusal } from './shown.ts';

let service: BrowserService;
let client: Client;
/** Signed in as Ann. */
let ann: Browser;

beforeAll(async () => {
  service = await startBrowserService();
  await service.aPatient('ann');
  client = await service.aClient();
  ann = await signedIn();
});
afterAll(() => service.stop());

async function signedIn(patient = 'Patient/ann'): Promise<Browser> {
  const browser = service.browser();
  await browser.signIn(await browser.open(request()), patient);
  return browser;
}

type Given = Readonly<Record<string, string | undefined>>;
const request = (given: Given = {}, who = client): string => service.requestOf(who, given);
const ask = (given: Given, who = client): Promise<Shown> => ann.open(request(given, who));

describe('RFC 6749 §3.1', () => {
  it('row 1: GET is answered with a page, POST with the same by GET; nothing else is served', async () => {
    isAsked(await ann.open(request()));
    const posted = await ann.post('/oauth/authorize', request().split('?')[1] ?? '');
    isAsked(await ann.open(posted.location));
    const other = await service.app.request('/oauth/authorize', { method: 'PUT' });
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it('row 2: a parameter without value counts as absent, one that is not known is ignored', async () => {
    const shown = await ask({ state: '', response_mode: '', unknown: 'x' });
    isAsked(shown);
    const done = await ann.submit(shown.forms[0], { decision: 'allow' });
    expect(answerIn(done)).toEqual({ code: expect.any(String), iss: service.issuer });
  });

  it.each(['response_type=code', 'scope=b2b', 'state=another', 'code_challenge=x', 'unknown=1&unknown=2'])(
    'row 2: a parameter that repeats is `invalid_request`: %s',
    async (again) => {
      expect(refusal(await ann.open(`${request()}&${again}`))).toEqual([303, 'invalid_request']);
    },
  );

  it.each(['client_id=x', 'redirect_uri=https://evil.example/cb'])(
    'row 2: one that says where to answer leads nowhere when it repeats: %s',
    async (again) => isPage(await ann.open(`${request()}&${again}`)),
  );

  it('row 2: a state that repeats is not given back, neither of the two', async () => {
    expect(answerIn(await ann.open(`${request()}&state=other`))).not.toHaveProperty('state');
  });
});

describe('RFC 6749 §4.1.2.1 row 4: nobody is sent anywhere', () => {
  it.each([
    ['without a client', { client_id: undefined }],
    ['for an unknown client', { client_id: '00000000-0000-4000-8000-000000000000' }],
    ['for what is no client id', { client_id: "' or 1=1 --\u0000" }],
    ['for a trailing slash', { redirect_uri: `${redirectUri}/` }],
    ['for an added query', { redirect_uri: `${redirectUri}?next=https://evil.example` }],
    ['for another case', { redirect_uri: 'https://app.example.org/CB' }],
    ['for a host in capitals', { redirect_uri: 'https://APP.example.org/cb' }],
    ['for userinfo', { redirect_uri: 'https://app.example.org@evil.example/cb' }],
    ['for its own userinfo', { redirect_uri: 'https://user@app.example.org/cb' }],
    ['for a fragment', { redirect_uri: `${redirectUri}#x` }],
    ['for an explicit default port', { redirect_uri: 'https://app.example.org:443/cb' }],
    ['for another port', { redirect_uri: 'https://app.example.org:8443/cb' }],
    ['for a subdomain', { redirect_uri: 'https://evil.app.example.org/cb' }],
    ['for a longer host', { redirect_uri: 'https://app.example.org.evil.example/cb' }],
    ['for dots in the path', { redirect_uri: 'https://app.example.org/x/../cb' }],
    ['for an encoded path', { redirect_uri: 'https://app.example.org/%63b' }],
    ['for a backslash', { redirect_uri: 'https://app.example.org\\cb' }],
    ['for plain http', { redirect_uri: 'http://app.example.org/cb' }],
    ['for a script', { redirect_uri: 'javascript:alert(1)' }],
    ['for another address altogether', { redirect_uri: 'https://evil.example/cb' }],
    ['for a line break', { redirect_uri: `${redirectUri}\r\nset-cookie: a=b` }],
  ])('%s, signed in or not, silently or not', async (_, given) => {
    for (const browser of [ann, service.browser()]) {
      isPage(await browser.open(request(given)));
      isPage(await browser.open(request({ ...given, prompt: 'none' })));
    }
  });

  it('for a client that was disabled, in the words for an unknown one', async () => {
    const disabled = await service.aClient({ disabledAt: client.createdAt });
    const shown = await ask({}, disabled);
    isPage(shown);
    expect(shown.text).toBe((await ask({ client_id: '00000000-0000-4000-8000-000000000000' })).text);
  });

  it('for a client without redirect URIs, or with several of which none is named (§3.1.2.3)', async () => {
    const { redirectUris: _, ...none } = await service.aClient();
    isPage(await ask({}, await service.aClient({ ...none, id: crypto.randomUUID(), redirectUris: [] })));
    const several = await service.aClient({ redirectUris: [redirectUri, 'https://app.example.org/two'] });
    isPage(await ask({ redirect_uri: undefined }, several));
  });

  it('but the only one need not be named', async () => {
    const done = await ann.submit((await ask({ redirect_uri: undefined })).forms[0], { decision: 'allow' });
    expect(done.location.startsWith(`${redirectUri}?code=`)).toBe(true);
  });
});

describe('RFC 6749 §4.1.2.1 row 5: the client hears', () => {
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c';
  it.each([
    ['invalid_request', { response_type: undefined }],
    ['unsupported_response_type', { response_type: 'token' }],
    ['unsupported_response_type', { response_type: 'code token' }],
    ['invalid_request', { response_mode: 'fragment' }],
    ['invalid_request', { response_mode: 'form_post' }],
    ['request_not_supported', { request: 'eyJ' }],
    ['request_uri_not_supported', { request_uri: 'https://app.example.org/request' }],
    ['invalid_request', { code_challenge: undefined }],
    ['invalid_request', { code_challenge_method: undefined }],
    ['invalid_request', { code_challenge_method: 'plain' }],
    ['invalid_request', { code_challenge_method: 's256' }],
    ['invalid_request', { code_challenge: challenge }],
    ['invalid_request', { code_challenge: `${challenge}+` }],
    ['invalid_request', { prompt: 'none login' }],
    ['invalid_request', { prompt: 'create' }],
    ['invalid_scope', { scope: undefined }],
    ['invalid_scope', { scope: ' ' }],
    ['invalid_scope', { scope: 'patient/Observation.rs' }],
    ['invalid_scope', { scope: 'patient/Consent.rs openid' }],
    ['invalid_scope', { scope: 'offline_access' }],
    ['invalid_target', { resource: 'https://other.example/fhir' }],
    ['invalid_target', { resource: '/fhir/R4' }],
    ['invalid_target', { resource: 'http://127.0.0.1:8080#x' }],
    ['invalid_target', { aud: 'https://other.example/fhir' }],
  ])('%s for %j, with the state and who says so', async (error, given) => {
    const shown = await ask(given);
    expect(refusal(shown)).toEqual([303, error]);
    expect(answerIn(shown)).toMatchObject({ state: 'a state', iss: service.issuer });
    expect(answerIn(shown)).not.toHaveProperty('code');
    expect(shown.location.startsWith(`${redirectUri}?error=`)).toBe(true);
  });

  it('unauthorized_client when it is not registered for authorization_code', async () => {
    const machine = await service.aClient({ grants: ['client_credentials'] });
    expect(refusal(await ask({}, machine))).toEqual([303, 'unauthorized_client']);
  });

  it.each(['system/Consent.rs', 'user/Consent.rs', 'patient/Consent.rs?status=active', 'decision', 'b2b'])(
    'invalid_scope for what no patient can grant, even if registered: %s',
    async (scope) => {
      expect(refusal(await ask({ scope }, await service.aClient({ scopes: [scope] })))).toEqual([
        303,
        'invalid_scope',
      ]);
    },
  );

  it('access_denied from a patient who says no, and no state where none was sent', async () => {
    const shown = await ask({ state: undefined });
    const done = await ann.submit(shown.forms[0], { decision: 'deny' });
    expect(answerIn(done)).toMatchObject({ error: 'access_denied', iss: service.issuer });
    expect(answerIn(done)).not.toHaveProperty('state');
  });

  it('login_required or interaction_required when nobody may be asked (OpenID Connect Core §3.1.2.6)', async () => {
    const silent = request({ prompt: 'none' });
    expect(refusal(await service.browser().open(silent))).toEqual([303, 'login_required']);
    expect(refusal(await ann.open(silent))).toEqual([303, 'interaction_required']);
  });

  it.each(['login', 'select_account'])('prompt=%s: the patient signs in anew, once', async (prompt) => {
    const browser = await signedIn();
    const shown = await browser.open(request({ prompt }));
    expect(shown.text).toContain('Who are you?');
    isAsked(await browser.signIn(shown, 'Patient/ann'));
  });
});

describe('redirect URIs (RFC 6749 §3.1.2; RFC 9700 §2.1 row 1)', () => {
  it('an answer joins the query that was registered, of which not a letter changes', async () => {
    const odd = 'https://app.example.org/cb?a=%7e&b';
    const other = await service.aClient({ redirectUris: [odd] });
    expect((await ask({ redirect_uri: odd, scope: 'x' }, other)).location.startsWith(`${odd}&error=`)).toBe(
      true,
    );
  });

  it.each(['http://127.0.0.1:51234/cb', 'http://127.0.0.1/cb', 'http://127.0.0.1:1/cb'])(
    'of a loopback address the port is free: %s',
    async (redirect_uri) => {
      const app = await service.aClient({ redirectUris: ['http://127.0.0.1:9/cb'] });
      const done = await ann.submit((await ask({ redirect_uri }, app)).forms[0], { decision: 'allow' });
      expect(done.location.startsWith(`${redirect_uri}?code=`)).toBe(true);
    },
  );

  it.each([
    'http://127.0.0.1:51234/other',
    'http://127.0.0.1:51234/cb?x=1',
    'http://127.0.0.1:51234@evil.example/cb',
    'http://127.0.0.1:99999/cb',
    'http://127.0.0.1:/cb',
    'http://127.0.0.2:9/cb',
    'http://localhost:9/cb',
    'http://[::1]:9/cb',
    'https://127.0.0.1:9/cb',
    'http://127.0.0.1.evil.example/cb',
    'http://127.1:9/cb',
  ])('of a loopback address nothing else is: %s', async (redirect_uri) => {
    isPage(await ask({ redirect_uri }, await service.aClient({ redirectUris: ['http://127.0.0.1:9/cb'] })));
  });

  it('a loopback name is no address: its port is as registered', async () => {
    const app = await service.aClient({ redirectUris: ['http://localhost:9/cb', 'com.example.app:/cb'] });
    isPage(await ask({ redirect_uri: 'http://localhost:10/cb' }, app));
    isAsked(await ask({ redirect_uri: 'http://localhost:9/cb' }, app));
    isAsked(await ask({ redirect_uri: 'com.example.app:/cb' }, app));
  });
});

describe('RFC 7636 §4.3, RFC 8707 §2, RFC 9207 §2', () => {
  it('RFC 8707 row 1: resource may repeat, and aud means the same (row 3)', async () => {
    const { issuer } = service;
    isAsked(
      await ann.open(`${request({ resource: issuer })}&resource=${encodeURIComponent(`${issuer}/fhir/R4`)}`),
    );
    isAsked(await ask({ aud: `${issuer}/fhir/R5` }));
    isAsked(await ask({ aud: issuer, resource: issuer }));
    expect(refusal(await ask({ aud: `${issuer}/fhir/R4`, resource: issuer }))).toEqual([
      303,
      'invalid_target',
    ]);
  });

  it('a code is bound to what was asked: client, patient, scope, challenge, where it goes', async () => {
    const shown = await ask({ scope: 'patient/Consent.rs uma_protection', resource: service.issuer });
    const { code = '' } = answerIn(await ann.submit(shown.forms[0], { decision: 'allow' }));
    const random = (count: number): Uint8Array => new Uint8Array(count);
    const codes = authorizationStore(service.database, { random });
    expect(await codes.useCode(sha256(code), client.createdAt)).toMatchObject({
      code: { clientId: client.id, redirectUri, isRedirectNamed: true, codeChallenge },
      authorization: {
        clientId: client.id,
        patient: 'Patient/ann',
        scopes: ['patient/Consent.rs', 'uma_protection'],
        resources: [service.issuer],
      },
    });
  });

  it('RFC 9207 row 1, RFC 7636 §5: discovery says what is served', async () => {
    const metadata = JSON.parse((await ann.open('/.well-known/oauth-authorization-server')).text);
    expect(metadata).toMatchObject({
      issuer: service.issuer,
      authorization_endpoint: `${service.issuer}/oauth/authorize`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
  });
});
