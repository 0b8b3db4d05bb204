/** Attacks on private_key_jwt, wherever a client proves itself (RFC 7523 §3, RFC 8725; oauth-baseline.md, private_key_jwt). */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { aClient, accessToken, assertionOf, seconds, type TestClient } from '../../../support/authority.ts';
import {
  assertionMisstatements,
  assertionPlace,
  assertionStatement,
  expectNotBelieved,
  withAssertion,
} from '../../../support/jwt-attacks/client-assertion-place.ts';
import { forgeries } from '../../../support/jwt-attacks/forgeries.ts';
import { isMovedByNone } from '../../../support/jwt-attacks/place.ts';
import { genuine, type Statement } from '../../../support/jwt-attacks/statement.ts';
import { authorityThroughout } from '../../../support/throughout.ts';

const authority = authorityThroughout();
let client: TestClient;

beforeAll(async () => {
  client = await aClient(authority, { scopes: ['decision'] });
});

const statement = (): Statement => assertionStatement({ authority, client });

for (const [name, path, rest] of [
  ['at the token endpoint', '/oauth/token', { grant_type: 'client_credentials', scope: 'decision' }],
  ['at the revocation endpoint', '/oauth/revoke', { token: 'x' }],
] as const) {
  const placed = async () => assertionPlace({ authority, client }, path, rest);
  isMovedByNone(`forged: a client assertion ${name}`, placed, forgeries);
  isMovedByNone(`misstated: a client assertion ${name}`, placed, assertionMisstatements);
}

describe('what was said elsewhere is no client assertion', () => {
  const refused = async (token: string): Promise<void> => {
    const form = withAssertion(token, { grant_type: 'client_credentials', scope: 'decision' });
    expectNotBelieved(await authority.postForm('/oauth/token', form));
  };

  it('an access token of the client itself', async () => {
    await refused(await accessToken(authority, client, 'decision'));
  });

  it('the assertion of another client under a changed name', async () => {
    const other = await aClient(authority);
    await refused(await assertionOf(authority, { ...other, id: client.id }));
  });

  it('an assertion of the client for another server', async () => {
    await refused(await assertionOf(authority, client, { aud: 'https://other.example' }));
  });
});

describe('one assertion, one use', () => {
  it('of 50 at once exactly one succeeds, at whichever endpoint (RFC 7523 §3)', async () => {
    const assertion = await genuine(statement());
    const asking = { grant_type: 'client_credentials', scope: 'decision' };
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        at % 2 === 0
          ? authority.postForm('/oauth/token', withAssertion(assertion, asking))
          : authority.postForm('/oauth/revoke', withAssertion(assertion, { token: 'x' })),
      ),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(49);
  });

  it('also when its signature is written in another way', async () => {
    const asking = { grant_type: 'client_credentials', scope: 'decision' };
    const assertion = await genuine(statement());
    const [header, payload, signature = ''] = assertion.split('.');
    expect((await authority.postForm('/oauth/token', withAssertion(assertion, asking))).status).toBe(200);
    const other = `${header}.${payload}.${negated(signature)}`;
    expectNotBelieved(await authority.postForm('/oauth/token', withAssertion(other, asking)));
  });
});

/** (r, n − s) is as good a signature as (r, s): whoever saw one can make the other. */
function negated(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url');
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const other = (order - s).toString(16).padStart(64, '0');
  return Buffer.concat([bytes.subarray(0, 32), Buffer.from(other, 'hex')]).toString('base64url');
}

describe('what is odd and does no harm', () => {
  const answer = async (assertion: string): Promise<number> => {
    const form = withAssertion(assertion, { grant_type: 'client_credentials', scope: 'decision' });
    return (await authority.postForm('/oauth/token', form)).status;
  };
  const stated = ({ header = {}, payload = {} }: Partial<Statement>): Promise<string> => {
    const usual = statement();
    return genuine({
      ...usual,
      header: { ...usual.header, ...header },
      payload: { ...usual.payload, ...payload },
    });
  };

  it('a second and a bit is a time (RFC 7519 §2)', async () => {
    const iat = seconds(authority.world.at);
    expect(await answer(await stated({ payload: { iat: iat - 0.123456789, exp: iat + 59.123456789 } }))).toBe(
      200,
    );
    expect(await answer(await stated({ payload: { nbf: iat + 1e-7 } }))).toBe(200);
  });

  it.each([
    { jku: 'https://attacker.example' },
    { jwk: { kty: 'oct', k: 'AA' } },
    { x5c: [] },
    { zip: 'DEF' },
  ])('nobody asks for the key where %j points', async (header) => {
    expect(await answer(await stated({ header }))).toBe(200);
  });

  it('half a character in a jti is as good as a whole one', async () => {
    expect(await answer(await stated({ payload: { jti: `\ud800${randomUUID()}` } }))).toBe(200);
  });

  it("claims that nobody asked for are nobody's, however many", async () => {
    const crowd = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`claim${at}`, at]));
    expect(await answer(await stated({ payload: crowd }))).toBe(200);
  });
});
