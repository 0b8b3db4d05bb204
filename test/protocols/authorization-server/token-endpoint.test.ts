/** The token endpoint and the client_credentials grant (oauth-baseline.md, RFC 6749, RFC 9068; interfaces.md, Scopes). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Authority,
  aClient,
  askForToken,
  credentials,
  issuer,
  type Reply,
  seconds,
  startAuthority,
  type TestClient,
} from '../../support/authority.ts';
import { headerOf, payloadOf } from '../../support/keys.ts';

let authority: Authority;
let client: TestClient;

beforeAll(async () => {
  authority = await startAuthority();
  client = await aClient(authority, {
    scopes: ['decision', 'b2b', 'uma_protection', 'patient/Consent.cruds', 'system/Consent.rs'],
    patients: ['Patient/ann'],
  });
});
afterAll(() => authority.stop());

const ask = (scope: string | undefined, who: TestClient = client): Promise<Reply> =>
  askForToken(authority, who, {
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
  });

const answer = ({ status, body }: Reply) => ({ status, error: body['error'] });
const tokenIn = ({ body }: Reply): string => body['access_token'] as string;

describe('an access token', () => {
  it('is an ES256 at+jwt for ourselves, of 300 s (RFC 9068 rows 1, 2)', async () => {
    const reply = await ask('decision b2b');
    const now = seconds(authority.world.at);
    expect(headerOf(tokenIn(reply))).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payloadOf(tokenIn(reply))).toEqual({
      iss: issuer,
      sub: client.id,
      aud: issuer,
      client_id: client.id,
      scope: 'decision b2b',
      jti: expect.stringMatching(/^[\da-f-]{36}$/),
      iat: now,
      exp: now + 300,
    });
  });

  it('comes as RFC 6749 §5.1 wants it: no refresh token, not to be stored (rows 11, 12)', async () => {
    const reply = await ask('decision');
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'decision',
    });
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('pragma')).toBe('no-cache');
  });

  it('of a resource server lives 3,600 s (interfaces.md, Tokens)', async () => {
    const reply = await ask('uma_protection');
    expect(reply.body['expires_in']).toBe(3600);
  });

  it('that mixes the PAT scope with another lives no longer than the other', async () => {
    expect((await ask('uma_protection decision')).body['expires_in']).toBe(300);
  });

  it('never has the id of another', async () => {
    const ids = await Promise.all(
      Array.from({ length: 5 }, async () => payloadOf(tokenIn(await ask('b2b'))).jti),
    );
    expect(new Set(ids).size).toBe(5);
  });
});

describe('a scope', () => {
  it.each([undefined, '', ' '])('must be asked for: %j is none', async (scope) => {
    expect(answer(await ask(scope))).toEqual({ status: 400, error: 'invalid_scope' });
  });

  it.each([
    'decision.explain',
    'decision unknown',
    'system/Consent.cruds',
    'system/Patient.rs',
    'patient/*.rs',
  ])('beyond the registration is refused: %s', async (scope) => {
    expect(answer(await ask(scope))).toEqual({ status: 400, error: 'invalid_scope' });
  });

  it.each(['patient/Consent.r', 'patient/Consent.rs', 'system/Consent.s'])(
    'narrower than the registration is granted: %s',
    async (scope) => {
      expect((await ask(scope)).body['scope']).toBe(scope);
    },
  );

  it('of a patient is refused to a client of no patient, and to one of several', async () => {
    const scopes = ['patient/Consent.rs'];
    const several = { scopes, patients: ['Patient/ann', 'Patient/bob'] };
    const [none, many] = [await aClient(authority, { scopes }), await aClient(authority, several)];
    expect(answer(await ask('patient/Consent.rs', none))).toEqual({ status: 400, error: 'invalid_scope' });
    expect(answer(await ask('patient/Consent.rs', many))).toEqual({ status: 400, error: 'invalid_scope' });
  });

  it('that was asked for twice counts once', async () => {
    expect((await ask('b2b b2b')).body['scope']).toBe('b2b');
  });
});

describe('a request is refused', () => {
  it('for a grant nobody serves (row 10)', async () => {
    const reply = await askForToken(authority, client, { grant_type: 'password' });
    expect(answer(reply)).toEqual({ status: 400, error: 'unsupported_grant_type' });
  });

  it('for a grant the client is not registered for', async () => {
    const app = await aClient(authority, {
      grants: ['urn:ietf:params:oauth:grant-type:uma-ticket'],
      scopes: ['b2b'],
    });
    expect(answer(await ask('b2b', app))).toEqual({ status: 400, error: 'unauthorized_client' });
  });

  it('without a grant (row 2)', async () => {
    expect(answer(await askForToken(authority, client, {}))).toEqual({
      status: 400,
      error: 'invalid_request',
    });
    const empty = await askForToken(authority, client, { grant_type: '' });
    expect(answer(empty)).toEqual({ status: 400, error: 'invalid_request' });
  });

  it('with a parameter twice (row 2)', async () => {
    const form = new URLSearchParams({
      ...(await credentials(authority, client)),
      grant_type: 'client_credentials',
    });
    form.append('scope', 'b2b');
    form.append('scope', 'decision');
    expect(answer(await authority.postForm('/oauth/token', form.toString()))).toEqual({
      status: 400,
      error: 'invalid_request',
    });
  });

  it('as JSON', async () => {
    const reply = await authority.sendJson('POST', '/oauth/token', { grant_type: 'client_credentials' });
    expect(answer(reply)).toEqual({ status: 400, error: 'invalid_request' });
  });

  it('by GET (row 1)', async () => {
    expect((await authority.get('/oauth/token?grant_type=client_credentials')).status).toBe(405);
  });

  it('and an unknown parameter is no reason (row 2)', async () => {
    const reply = await askForToken(authority, client, {
      grant_type: 'client_credentials',
      scope: 'b2b',
      audience: 'https://example.org',
      surprise: '1',
    });
    expect(reply.status).toBe(200);
  });

  it('and nothing is kept of it', async () => {
    const count = async () => (await authority.db.execute('select count(*)::int as n from token'))[0]?.['n'];
    const before = await count();
    await ask('decision.explain');
    expect(await count()).toBe(before);
  });
});
