/** Attacks on the claim token of the UMA grant (UMA Grant §3.3.1, §5.7; uma2.md U17; OpenID Connect Core §3.1.3.7). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aClient,
  accessToken,
  assertionOf,
  issuer,
  type Reply,
  seconds,
} from '../../../support/authority.ts';
import { anIdentityProvider, claimTokenOf, iua } from '../../../support/claim-tokens.ts';
import { forgeries } from '../../../support/jwt-attacks/forgeries.ts';
import {
  byAnybody,
  byOthers,
  type Misstatement,
  toAnybody,
  withClaims,
  withType,
} from '../../../support/jwt-attacks/misstatements.ts';
import { counted, isMovedByNone, isTooLarge, type Place } from '../../../support/jwt-attacks/place.ts';
import type { Statement } from '../../../support/jwt-attacks/statement.ts';
import { anRpt, anUmaStory, aTicket, redeem, type Story } from '../../../support/uma-story.ts';

let story: Story;

beforeAll(async () => {
  story = await anUmaStory();
});
afterAll(() => story.authority.stop());

function statement(): Statement {
  const { idp, authority } = story;
  const iat = seconds(authority.world.at);
  const usual = { iss: idp.issuer, sub: 'dr-t', aud: issuer, iat, exp: iat + 120, jti: randomUUID() };
  return {
    header: { alg: 'ES256', typ: 'JWT', kid: idp.keys.kid },
    payload: { ...usual, extensions: { ihe_iua: iua() } },
    key: idp.keys,
  };
}

const presentWith = async (token: string): Promise<Reply> =>
  await redeem(story, await aTicket(story), { claim_token: token });

/** UMA Grant §3.3.6: what would suffice, and not a word about what was wrong. */
function expectNeedInfo({ status, headers, body }: Reply): void {
  expect(status).toBe(403);
  expect(headers.get('cache-control')).toBe('no-store');
  const { ticket, required_claims, ...rest } = body;
  expect(rest).toEqual({
    error: 'need_info',
    error_description: 'claims about the requesting party are needed',
  });
  expect([typeof ticket, Array.isArray(required_claims)]).toEqual(['string', true]);
}

const placed = async (): Promise<Place> => ({
  statement: async () => statement(),
  present: presentWith,
  expectRefused(reply, token) {
    if (isTooLarge({ claim_token: token }))
      expect([reply.status, reply.body['error']]).toEqual([413, 'invalid_request']);
    else expectNeedInfo(reply);
  },
  expectAccepted: ({ status }) => expect(status).toBe(200),
  written: () => counted(story.authority, ['token', 'approval', 'audit_event', 'trusted_issuer']),
});

const misstatements: readonly Misstatement[] = [
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

isMovedByNone('forged: a claim token', placed, forgeries);
isMovedByNone('misstated: a claim token', placed, misstatements);

describe('what was said for something else is no claim token', () => {
  it('an RPT', async () => {
    expectNeedInfo(await presentWith(await anRpt(story)));
  });

  it('an access token', async () => {
    const client = await aClient(story.authority, { scopes: ['decision'] });
    expectNeedInfo(await presentWith(await accessToken(story.authority, client, 'decision')));
  });

  it('a client assertion, of a client that is called like an issuer', async () => {
    const claims = { iss: story.idp.issuer, sub: story.idp.issuer };
    expectNeedInfo(await presentWith(await assertionOf(story.authority, story.client, claims)));
  });

  it('a claim token of another issuer under the name of the one we trust', async () => {
    const other = await anIdentityProvider(story.authority);
    const forged = { ...other, issuer: story.idp.issuer };
    expectNeedInfo(await presentWith(await claimTokenOf(story.authority, forged)));
  });
});
