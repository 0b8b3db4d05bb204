/** private_key_jwt at an endpoint: where the client proves itself, whatever it asks for beside (RFC 7523 §3). */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { assertionType } from '../../../src/protocols/authorization-server/client-assertion.ts';
import { type Authority, type Form, issuer, type Reply, seconds, type TestClient } from '../authority.ts';
import { byAnybody, byOthers, type Misstatement, toAnybody, withClaims, withType } from './misstatements.ts';
import { counted, expectExactly, isTooLarge, type Place } from './place.ts';
import type { Statement } from './statement.ts';

export type Proving = { readonly authority: Authority; readonly client: TestClient };

export function assertionStatement({ authority, client }: Proving): Statement {
  const iat = seconds(authority.world.at);
  return {
    header: { alg: 'ES256', typ: 'JWT', kid: client.keys.kid },
    payload: { iss: client.id, sub: client.id, aud: issuer, iat, exp: iat + 60, jti: randomUUID() },
    key: client.keys,
  };
}

export const withAssertion = (assertion: string, rest: Form): Form => ({
  client_assertion_type: assertionType,
  client_assertion: assertion,
  ...rest,
});

export const assertionPlace = (proving: Proving, path: string, rest: Form): Place => ({
  statement: async () => assertionStatement(proving),
  present: (assertion) => proving.authority.postForm(path, withAssertion(assertion, rest)),
  expectRefused: (reply, assertion) => expectNotBelieved(reply, isTooLarge(withAssertion(assertion, rest))),
  expectAccepted: ({ status }) => expect(status).toBe(200),
  written: () => counted(proving.authority, ['used_assertion', 'token', 'ticket', 'audit_event']),
});

export function expectNotBelieved(reply: Reply, wasTooLarge = false): void {
  if (wasTooLarge) expect([reply.status, reply.body['error']]).toEqual([413, 'invalid_request']);
  else expectExactly(reply, 401, 'invalid_client', 'client authentication failed');
}

export const assertionMisstatements: readonly Misstatement[] = [
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
