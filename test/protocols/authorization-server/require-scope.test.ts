/** Who is admitted with an access token (oauth-baseline.md, RFC 6750, RFC 9068 row 3), tried at the protection API. */
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asInstant } from '../../../src/base/instant.ts';
import { mintToken } from '../../../src/protocols/authorization-server/mint-token.ts';
import {
  type Authority,
  aClient,
  accessToken,
  aResourceServer,
  issuer,
  patOf,
  type Reply,
  seconds,
  startAuthority,
  type TestClient,
} from '../../support/authority.ts';
import { aKeyPair, headerOf, payloadOf, signed, unsigned } from '../../support/keys.ts';

let authority: Authority;
let client: TestClient;
let pat: string;

beforeAll(async () => {
  authority = await startAuthority();
  client = await aResourceServer(authority, { scopes: ['uma_protection', 'decision'] });
  pat = await patOf(authority, client);
});
afterAll(() => authority.stop());

const list = (token?: string): Promise<Reply> => authority.get('/uma/resources', token);
const challengeOf = ({ headers }: Reply): string => headers.get('www-authenticate') ?? '';

function expectInvalid(reply: Reply): void {
  expect(reply.status).toBe(401);
  expect(reply.body).toEqual({
    error: 'invalid_token',
    error_description: 'the access token is not valid here',
  });
  expect(challengeOf(reply)).toMatch(/^Bearer .*error="invalid_token"/);
}

/** As we would sign it, whatever it says. */
async function minted(claims: Partial<Parameters<typeof mintToken>[1]>): Promise<string> {
  const { jti } = payloadOf(pat);
  const at = authority.world.at;
  const usual = { id: String(jti), subject: client.id, clientId: client.id, audience: issuer, issuedAt: at };
  return await mintToken(authority.deps, {
    ...usual,
    expiresAt: asInstant(at + 60_000),
    scope: 'uma_protection',
    ...claims,
  });
}

describe('a caller is admitted', () => {
  it('with a token that carries the scope', async () => {
    expect((await list(pat)).status).toBe(200);
  });

  it('whatever the case of `bearer` (RFC 7235 §2.1)', async () => {
    const reply = await authority.send('/uma/resources', { headers: { authorization: `bEARER ${pat}` } });
    expect(reply.status).toBe(200);
  });
});

describe('a caller is not admitted', () => {
  it('without credentials, and is told no error code (row 3)', async () => {
    const reply = await list();
    expect(reply.status).toBe(401);
    expect(challengeOf(reply)).toMatch(/^Bearer/);
    expect(challengeOf(reply)).not.toContain('error=');
  });

  it('with a token in the query (RFC 9700 §4.3.2)', async () => {
    expect((await authority.get(`/uma/resources?access_token=${pat}`)).status).toBe(401);
  });

  it('with a token in the query beside the one in the header (row 2)', async () => {
    const reply = await authority.get(`/uma/resources?a=b&access_token=${pat}`, pat);
    expect([reply.status, reply.body['error']]).toEqual([400, 'invalid_request']);
    expect(challengeOf(reply)).toMatch(/^Bearer .*error="invalid_request"/);
  });

  it('with a token that lacks the scope, and is told which it takes (row 4)', async () => {
    const reply = await list(await accessToken(authority, client, 'decision'));
    expect(reply.status).toBe(403);
    expect(reply.body['error']).toBe('insufficient_scope');
    expect(challengeOf(reply)).toMatch(/error="insufficient_scope".*scope="uma_protection"/);
  });

  it.each(['x', 'a.b.c', '..'])('with %j for a token', async (token) => {
    expectInvalid(await list(token));
  });

  it('with a token whose signature was made by another key', async () => {
    const stranger = await aKeyPair();
    const forged = await signed(stranger, payloadOf(pat), {
      typ: 'at+jwt',
      kid: String(headerOf(pat)['kid']),
    });
    expectInvalid(await list(forged));
    expectInvalid(await list(await signed(stranger, payloadOf(pat), { typ: 'at+jwt' })));
  });

  it('with an unsigned token (RFC 9068 row 1)', async () => {
    expectInvalid(await list(unsigned(payloadOf(pat), { typ: 'at+jwt', kid: String(headerOf(pat)['kid']) })));
  });

  it('with a changed token', async () => {
    const [header, , signature] = pat.split('.');
    const payload = { ...payloadOf(pat), sub: 'somebody-else' };
    expectInvalid(
      await list(`${header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.${signature}`),
    );
  });

  it('with a token of ours of another type', async () => {
    const { kid, key } = await authority.deps.keys.signer(authority.world.at);
    const idToken = await new SignJWT(payloadOf(pat))
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' })
      .sign(key);
    expectInvalid(await list(idToken));
  });

  it('with a token for another audience', async () => {
    expectInvalid(await list(await minted({ audience: 'https://elsewhere.example' })));
  });

  it('with a token of another issuer', async () => {
    const deps = { ...authority.deps, issuer: 'https://elsewhere.example' };
    const { jti } = payloadOf(pat);
    const at = authority.world.at;
    const claims = { subject: client.id, clientId: client.id, audience: issuer, issuedAt: at };
    expectInvalid(
      await list(await mintToken(deps, { ...claims, id: String(jti), expiresAt: asInstant(at + 60_000) })),
    );
  });

  it('with an RPT, even if it named us', async () => {
    const at = authority.world.at;
    const id = randomUUID();
    const resourceServer = client.id;
    const scopes = ['uma_protection'];
    const end = asInstant(at + 60_000);
    await authority.deps.tokens.keep({
      id,
      kind: 'rpt',
      clientId: client.id,
      resourceServer,
      scopes,
      issuedAt: at,
      expiresAt: end,
    });
    expectInvalid(await list(await minted({ id })));
  });

  it('with a token we signed and do not know', async () => {
    expectInvalid(await list(await minted({ id: '5a2f6d1e-6f0e-4c7b-8f5e-0f4a1b2c3d4e' })));
  });

  it('with an assertion in place of a token', async () => {
    const now = seconds(authority.world.at);
    const claims = { iss: client.id, sub: client.id, aud: issuer, iat: now, exp: now + 60, jti: 'a' };
    expectInvalid(await list(await signed(client.keys, claims)));
  });

  it('when the client was disabled since', async () => {
    const gone = await aResourceServer(authority);
    const token = await patOf(authority, gone);
    expect((await list(token)).status).toBe(200);
    await authority.deps.clients.disable(gone.id, authority.world.at);
    expectInvalid(await list(token));
  });

  it('once the token has expired', async () => {
    const token = await patOf(authority, await aClient(authority, { scopes: ['uma_protection'] }));
    authority.wait(3599);
    expect((await list(token)).status).toBe(200);
    authority.wait(1);
    expectInvalid(await list(token));
  });
});
