/** The claim token of the UMA grant, which an identity provider signs about the requesting party (UMA Grant §3.3.1). */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { issuer, type Reply, seconds } from '../authority.ts';
import { iua } from '../claim-tokens.ts';
import { aTicket, redeem, type Story } from '../uma-story.ts';
import { byAnybody, byOthers, type Misstatement, toAnybody, withClaims, withType } from './misstatements.ts';
import { counted, isTooLarge, type Place } from './place.ts';
import type { Statement } from './statement.ts';

function claimStatement({ idp, authority }: Story): Statement {
  const iat = seconds(authority.world.at);
  const usual = { iss: idp.issuer, sub: 'dr-t', aud: issuer, iat, exp: iat + 120, jti: randomUUID() };
  return {
    header: { alg: 'ES256', typ: 'JWT', kid: idp.keys.kid },
    payload: { ...usual, extensions: { ihe_iua: iua() } },
    key: idp.keys,
  };
}

export const presentClaims = async (story: Story, token: string): Promise<Reply> =>
  await redeem(story, await aTicket(story), { claim_token: token });

/** UMA Grant §3.3.6: what would suffice, and not a word about what was wrong. */
export function expectNeedInfo({ status, headers, body }: Reply): void {
  expect(status).toBe(403);
  expect(headers.get('cache-control')).toBe('no-store');
  const { ticket, required_claims, ...rest } = body;
  expect(rest).toEqual({
    error: 'need_info',
    error_description: 'claims about the requesting party are needed',
  });
  expect([typeof ticket, Array.isArray(required_claims)]).toEqual(['string', true]);
}

export const claimPlace = (story: Story): Place => ({
  statement: async () => claimStatement(story),
  present: (token) => presentClaims(story, token),
  expectRefused(reply, token) {
    if (isTooLarge({ claim_token: token }))
      expect([reply.status, reply.body['error']]).toEqual([413, 'invalid_request']);
    else expectNeedInfo(reply);
  },
  expectAccepted: ({ status }) => expect(status).toBe(200),
  written: () => counted(story.authority, ['token', 'approval', 'audit_event', 'trusted_issuer']),
});

export const claimMisstatements: readonly Misstatement[] = [
  ...byAnybody,
  ...toAnybody,
  ...byOthers,
  ...['at+jwt', 'id+jwt', 'logout+jwt', 'secevent+jwt', 'client-authentication+jwt', '', null, ['JWT']].map(
    withType,
  ),
  withClaims('the client itself for an audience, whom the issuer does not know', { aud: 'CLIENT' }),
  withClaims('another party that was authorized', { azp: 'another' }),
  withClaims('a list of parties that were authorized', { azp: ['another'] }),
  withClaims('no subject', { sub: undefined }),
  withClaims('a subject with NUL', { sub: 'a\u0000b' }),
  withClaims('our own issuer', { iss: issuer }),
  withClaims('SQL for an issuer', { iss: "https://x.example' or '1'='1" }),
  withClaims('an issuer of every object', { iss: '__proto__' }),
  withClaims('claims in their prototype alone', { extensions: undefined, __proto__: { extensions: {} } }),
];
