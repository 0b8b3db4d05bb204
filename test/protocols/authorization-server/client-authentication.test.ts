/** private_key_jwt (oauth-baseline.md, private_key_jwt): who is believed, and who is not. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assertionType } from '../../../src/protocols/authorization-server/client-assertion.ts';
import {
  type Authority,
  aClient,
  assertionOf,
  issuer,
  type Reply,
  seconds,
  startAuthority,
  type TestClient,
} from '../../support/authority.ts';
import { aKeyPair, payloadOf, signed, unsigned } from '../../support/keys.ts';

let authority: Authority;
let client: TestClient;

beforeAll(async () => {
  authority = await startAuthority();
});
afterAll(() => authority.stop());
beforeEach(async () => {
  client = await aClient(authority, { scopes: ['decision'] });
});

const present = (assertion: string, more: Readonly<Record<string, string>> = {}): Promise<Reply> =>
  authority.postForm('/oauth/token', {
    grant_type: 'client_credentials',
    scope: 'decision',
    client_assertion_type: assertionType,
    client_assertion: assertion,
    ...more,
  });

const presentClaims = async (claims: Readonly<Record<string, unknown>>, header = {}): Promise<Reply> =>
  await present(await assertionOf(authority, client, claims, header));

function expectRefused({ status, body, headers }: Reply): void {
  expect({ status, body }).toEqual({
    status: 401,
    body: { error: 'invalid_client', error_description: 'client authentication failed' },
  });
  expect(headers.get('cache-control')).toBe('no-store');
}

describe('a client is believed', () => {
  it.each(['ES256', 'PS256', 'EdDSA'])('with an assertion signed by %s (row 6)', async (alg) => {
    const keys = await aKeyPair(alg);
    const other = await aClient(authority, { scopes: ['decision'], jwks: [keys.publicJwk] });
    const reply = await present(await assertionOf(authority, { ...other, keys }));
    expect(reply.status).toBe(200);
  });

  it.each([undefined, 'JWT', 'client-authentication+jwt'])('with typ %s (row 4)', async (typ) => {
    expect((await presentClaims({}, { typ })).status).toBe(200);
  });

  it('with the issuer as an array of one (row 3)', async () => {
    expect((await presentClaims({ aud: [issuer] })).status).toBe(200);
  });

  it('without a kid when only one key fits', async () => {
    expect((await presentClaims({}, { kid: undefined })).status).toBe(200);
  });

  it('with a clock that is 30 s ahead', async () => {
    const ahead = seconds(authority.world.at) + 29;
    expect((await presentClaims({ iat: ahead, nbf: ahead, exp: ahead + 300 })).status).toBe(200);
  });

  it('with a client_id parameter that names the same client (row 1)', async () => {
    expect((await present(await assertionOf(authority, client), { client_id: client.id })).status).toBe(200);
  });
});

describe('a client is not believed', () => {
  const now = (): number => seconds(authority.world.at);

  it.each([
    ['the token endpoint as audience (row 3)', () => ({ aud: `${issuer}/oauth/token` })],
    ['several audiences (row 3)', () => ({ aud: [issuer, 'https://other.example'] })],
    ['no audience', () => ({ aud: undefined })],
    ['no expiry (row 2)', () => ({ exp: undefined })],
    ['an expiry that has passed', () => ({ exp: now() - 1 })],
    ['an expiry more than 5 minutes ahead (row 2)', () => ({ exp: now() + 302 })],
    ['an expiry more than 5 minutes ahead and no iat', () => ({ iat: undefined, exp: now() + 301 })],
    ['an iat that stretches its life', () => ({ iat: now() + 29, exp: now() + 330 })],
    ['an iat in the future', () => ({ iat: now() + 60 })],
    ['an nbf in the future', () => ({ nbf: now() + 60 })],
    ['no jti (row 2)', () => ({ jti: undefined })],
    ['an empty jti', () => ({ jti: '' })],
    ['a jti without end', () => ({ jti: 'j'.repeat(257) })],
    ['another issuer (row 1)', () => ({ iss: randomUUID() })],
    ['a subject that is no client', () => ({ iss: 'a\u0000b', sub: 'a\u0000b' })],
    [
      'an unknown client',
      () => ({ iss: 'd8a1c8a6-5d4b-4d5e-8a51-6a2c3d1f0b11', sub: 'd8a1c8a6-5d4b-4d5e-8a51-6a2c3d1f0b11' }),
    ],
  ])('with %s', async (_, claims) => {
    expectRefused(await presentClaims(claims()));
  });

  it.each(['at+jwt', 'oauth-id-jag+jwt'])('with typ %s (row 4)', async (typ) => {
    expectRefused(await presentClaims({}, { typ }));
  });

  it('with alg none', async () => {
    const good = payloadOf(await assertionOf(authority, client));
    expectRefused(await present(unsigned(good)));
  });

  it('with an algorithm outside the list (row 6)', async () => {
    const keys = await aKeyPair('RS256');
    const other = await aClient(authority, { scopes: ['decision'], jwks: [keys.publicJwk] });
    expectRefused(await present(await assertionOf(authority, { ...other, keys })));
  });

  it('with a key of somebody else under the kid of its own', async () => {
    const stranger = await aKeyPair();
    const claims = payloadOf(await assertionOf(authority, client));
    expectRefused(await present(await signed(stranger, claims, { kid: client.keys.kid })));
  });

  it('with its public key as an HMAC secret', async () => {
    const claims = payloadOf(await assertionOf(authority, client));
    const { SignJWT } = await import('jose');
    const secret = new TextEncoder().encode(JSON.stringify(client.keys.publicJwk));
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: client.keys.kid })
      .sign(secret);
    expectRefused(await present(forged));
  });

  it('with a client_id parameter that names another (row 1)', async () => {
    const other = await aClient(authority);
    expectRefused(await present(await assertionOf(authority, client), { client_id: other.id }));
  });

  it('when it is disabled', async () => {
    await authority.deps.clients.disable(client.id, authority.world.at);
    expectRefused(await presentClaims({}));
  });

  it.each(['', 'not a token', 'a.b.c', 'e30.e30.e30'])('with the assertion %j', async (assertion) => {
    expectRefused(await present(assertion));
  });

  it('with another assertion type', async () => {
    expectRefused(
      await present(await assertionOf(authority, client), { client_assertion_type: 'urn:example:other' }),
    );
  });

  it('with a second method in the Authorization header, and is told which was tried (RFC 6749 §5.2)', async () => {
    const form = { grant_type: 'client_credentials', scope: 'decision' };
    const basic = { authorization: `Basic ${btoa(`${client.id}:secret`)}` };
    const reply = await authority.postForm('/oauth/token', form, basic);
    expectRefused(reply);
    expect(reply.headers.get('www-authenticate')).toContain('Basic');
  });
});

describe('one method at a time (RFC 6749 §2.3, row 8)', () => {
  const twice = {
    status: 400,
    body: {
      error: 'invalid_request',
      error_description: 'one client authentication method per request',
    },
  };

  it('so a secret beside an assertion is refused, and costs no assertion', async () => {
    const assertion = await assertionOf(authority, client);
    const { status, body } = await present(assertion, { client_secret: 's' });
    expect({ status, body }).toEqual(twice);
    expect((await present(assertion)).status).toBe(200);
  });

  it('and so is an Authorization header beside one', async () => {
    const form = {
      grant_type: 'client_credentials',
      scope: 'decision',
      client_assertion_type: assertionType,
      client_assertion: await assertionOf(authority, client),
    };
    const basic = { authorization: `Basic ${btoa(`${client.id}:secret`)}` };
    const { status, body } = await authority.postForm('/oauth/token', form, basic);
    expect({ status, body }).toEqual(twice);
  });

  it('also where a token is revoked', async () => {
    const form = {
      token: 'x',
      client_secret: 's',
      client_assertion_type: assertionType,
      client_assertion: await assertionOf(authority, client),
    };
    expect((await authority.postForm('/oauth/revoke', form)).status).toBe(400);
  });

  it('and a secret alone proves nothing', async () => {
    const form = { grant_type: 'client_credentials', client_id: client.id, client_secret: 's' };
    expectRefused(await authority.postForm('/oauth/token', form));
  });
});

describe('an assertion works once', () => {
  it('and a replay is refused (row 2)', async () => {
    const assertion = await assertionOf(authority, client);
    expect((await present(assertion)).status).toBe(200);
    expectRefused(await present(assertion));
  });

  it('also for a new assertion with the same jti', async () => {
    const jti = randomUUID();
    expect((await presentClaims({ jti })).status).toBe(200);
    expectRefused(await presentClaims({ jti, exp: seconds(authority.world.at) + 200 }));
  });

  it('while another client may use the same jti', async () => {
    const jti = randomUUID();
    const other = await aClient(authority, { scopes: ['decision'] });
    expect((await presentClaims({ jti })).status).toBe(200);
    expect((await present(await assertionOf(authority, other, { jti }))).status).toBe(200);
  });

  it('of 20 presented at once exactly one succeeds', async () => {
    const assertion = await assertionOf(authority, client);
    const replies = await Promise.all(Array.from({ length: 20 }, () => present(assertion)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('and one that was refused for its scope is used up all the same', async () => {
    const assertion = await assertionOf(authority, client);
    expect((await present(assertion, { scope: 'b2b' })).status).toBe(400);
    expectRefused(await present(assertion));
  });
});
