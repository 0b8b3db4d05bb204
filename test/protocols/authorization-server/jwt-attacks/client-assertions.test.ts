/** Attacks on private_key_jwt, wherever a client proves itself (RFC 7523 §3, RFC 8725; oauth-baseline.md, private_key_jwt). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertionType } from '../../../../src/protocols/authorization-server/client-assertion.ts';
import {
  type Authority,
  aClient,
  accessToken,
  assertionOf,
  type Form,
  issuer,
  type Reply,
  seconds,
  startAuthority,
  type TestClient,
} from '../../../support/authority.ts';
import { forgeries } from '../../../support/jwt-attacks/forgeries.ts';
import {
  byAnybody,
  byOthers,
  type Misstatement,
  toAnybody,
  withClaims,
  withType,
} from '../../../support/jwt-attacks/misstatements.ts';
import {
  counted,
  expectExactly,
  isMovedByNone,
  isTooLarge,
  type Place,
} from '../../../support/jwt-attacks/place.ts';
import { genuine, type Statement } from '../../../support/jwt-attacks/statement.ts';

let authority: Authority;
let client: TestClient;

beforeAll(async () => {
  authority = await startAuthority();
  client = await aClient(authority, { scopes: ['decision'] });
});
afterAll(() => authority.stop());

function statement(): Statement {
  const iat = seconds(authority.world.at);
  return {
    header: { alg: 'ES256', typ: 'JWT', kid: client.keys.kid },
    payload: { iss: client.id, sub: client.id, aud: issuer, iat, exp: iat + 60, jti: randomUUID() },
    key: client.keys,
  };
}

const formWith = (assertion: string, rest: Form): Form => ({
  client_assertion_type: assertionType,
  client_assertion: assertion,
  ...rest,
});

const presentedAt = (path: string, rest: Form) => async (): Promise<Place> => ({
  statement: async () => statement(),
  present: (assertion) => authority.postForm(path, formWith(assertion, rest)),
  expectRefused: (reply, assertion) => expectNotBelieved(reply, isTooLarge(formWith(assertion, rest))),
  expectAccepted: ({ status }) => expect(status).toBe(200),
  written: () => counted(authority, ['used_assertion', 'token', 'ticket', 'audit_event']),
});

function expectNotBelieved(reply: Reply, wasTooLarge: boolean): void {
  if (wasTooLarge) expect([reply.status, reply.body['error']]).toEqual([413, 'invalid_request']);
  else expectExactly(reply, 401, 'invalid_client', 'client authentication failed');
}

const misstatements: readonly Misstatement[] = [
  ...byAnybody,
  ...toAnybody,
  ...byOthers,
  ...['at+jwt', 'logout+jwt', 'secevent+jwt', 'dpop+jwt', 'JWT\u0000', '', null, 1, ['JWT']].map(withType),
  withClaims('the token endpoint for an audience', { aud: `${issuer}/oauth/token` }),
  withClaims('another subject', { sub: randomUUID() }),
  withClaims('no subject', { sub: undefined }),
  withClaims('a list for a subject', { sub: [randomUUID()] }),
  withClaims('SQL for a subject', { sub: "' or '1'='1", iss: "' or '1'='1" }),
  withClaims('a subject of every object', { sub: '__proto__', iss: '__proto__' }),
];

for (const [name, path, rest] of [
  ['at the token endpoint', '/oauth/token', { grant_type: 'client_credentials', scope: 'decision' }],
  ['at the revocation endpoint', '/oauth/revoke', { token: 'x' }],
] as const) {
  isMovedByNone(`forged: a client assertion ${name}`, presentedAt(path, rest), forgeries);
  isMovedByNone(`misstated: a client assertion ${name}`, presentedAt(path, rest), misstatements);
}

describe('what was said elsewhere is no client assertion', () => {
  const refused = async (token: string): Promise<void> => {
    const form = formWith(token, { grant_type: 'client_credentials', scope: 'decision' });
    expectNotBelieved(await authority.postForm('/oauth/token', form), false);
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
          ? authority.postForm('/oauth/token', formWith(assertion, asking))
          : authority.postForm('/oauth/revoke', formWith(assertion, { token: 'x' })),
      ),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(49);
  });

  it('also when its signature is written in another way', async () => {
    const asking = { grant_type: 'client_credentials', scope: 'decision' };
    const assertion = await genuine(statement());
    const [header, payload, signature = ''] = assertion.split('.');
    expect((await authority.postForm('/oauth/token', formWith(assertion, asking))).status).toBe(200);
    const other = `${header}.${payload}.${negated(signature)}`;
    expectNotBelieved(await authority.postForm('/oauth/token', formWith(other, asking)), false);
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
    const form = formWith(assertion, { grant_type: 'client_credentials', scope: 'decision' });
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
