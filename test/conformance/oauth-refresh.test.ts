/** The refresh_token grant (oauth-baseline.md, RFC 6749 row 13, RFC 9700 row 6), and attacks on refresh tokens. */
import { beforeEach, describe, expect, it } from 'vitest';
import { seconds, type TestClient } from '../support/authority.ts';
import { payloadOf } from '../support/keys.ts';
import { invalidGrant, refusal } from '../support/oauth-refusals.ts';
import {
  aCode,
  anApp,
  appScopes,
  appSecret,
  aServer,
  authorizedTokens,
  back,
  basic,
  isAdmitted,
  refresh,
  type Tokens,
  tokensIn,
  verifier,
} from '../support/oauth-story.ts';
import { authorityThroughout } from '../support/throughout.ts';

const day = 86_400;

const authority = authorityThroughout();
let app: TestClient;
let tokens: Tokens;
beforeEach(async () => {
  app = await anApp(authority);
  tokens = await authorizedTokens(authority, app);
});

describe('RFC 6749 §6 a refresh token', () => {
  it('becomes another and an access token of the same patient and scope', async () => {
    const reply = await refresh(authority, app, tokens.refresh);
    const renewed = tokensIn(reply);
    expect(reply.body).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: appScopes.join(' ') });
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(renewed.refresh).not.toBe(tokens.refresh);
    const [before, after] = [payloadOf(tokens.access), payloadOf(renewed.access)];
    expect(after).toMatchObject({ sub: before.sub, aud: before.aud, scope: before['scope'] });
    expect(after.jti).not.toBe(before.jti);
    expect(await isAdmitted(authority, renewed.access)).toBe(true);
    expect(await isAdmitted(authority, tokens.access)).toBe(true);
  });

  it('is bound to its client (row 13), which keeps it when another shows it', async () => {
    const thief = await anApp(authority);
    expect(refusal(await refresh(authority, thief, tokens.refresh))).toEqual(invalidGrant);
    expect((await refresh(authority, app, tokens.refresh)).status).toBe(200);
  });

  it('of a confidential client needs its authentication', async () => {
    const server = await aServer(authority);
    const held = await tokensOfServer(server);
    expect((await refresh(authority, server, held.refresh)).status).toBe(401);
    const form = { grant_type: 'refresh_token', refresh_token: held.refresh };
    const reply = await authority.postForm('/oauth/token', form, basic(server.id, appSecret));
    expect(reply.status).toBe(200);
  });

  it.each(['', 'x', 'a'.repeat(43)])('that was never issued brings nothing: %j', async (text) => {
    const { status, error } = refusal(await refresh(authority, app, text));
    expect([status, error]).toEqual([400, text === '' ? 'invalid_request' : 'invalid_grant']);
  });

  it('is neither an access token nor a code', async () => {
    expect(await isAdmitted(authority, tokens.refresh)).toBe(false);
    const form = { grant_type: 'authorization_code', client_id: app.id, code: tokens.refresh };
    expect(refusal(await authority.postForm('/oauth/token', form))).toEqual(invalidGrant);
    expect(refusal(await refresh(authority, app, tokens.access))).toEqual(invalidGrant);
  });
});

describe('RFC 6749 §6 scopes', () => {
  it('may be narrowed for one access token (row 13)', async () => {
    const reply = await refresh(authority, app, tokens.refresh, { scope: 'patient/Consent.r' });
    expect(reply.body['scope']).toBe('patient/Consent.r');
    expect(payloadOf(tokensIn(reply).access)['scope']).toBe('patient/Consent.r');
    expect((await authority.get('/uma/resources', tokensIn(reply).access)).status).toBe(403);
  });

  it('come again as they were authorized, the refresh token having the same (§6)', async () => {
    const narrow = tokensIn(await refresh(authority, app, tokens.refresh, { scope: 'uma_protection' }));
    expect((await refresh(authority, app, narrow.refresh)).body['scope']).toBe(appScopes.join(' '));
  });

  it.each(['decision', 'uma_protection system/Consent.rs', 'patient/*.rs', 'patient/Consent.cruds?_id=1&x'])(
    'are never widened, and asking does not cost the token: %s',
    async (scope) => {
      const server = await anApp(authority, { scopes: [...appScopes, 'decision', 'system/Consent.rs'] });
      const { refresh: secret } = await authorizedTokens(authority, server, { scopes: appScopes });
      expect(refusal(await refresh(authority, server, secret, { scope }))).toMatchObject({ status: 400 });
      expect((await refresh(authority, server, secret)).status).toBe(200);
    },
  );
});

describe('RFC 9700 §4.14 a refresh token that leaked (row 6)', () => {
  it('is rotated, and the use of an old one ends everything that rests on the authorization', async () => {
    const renewed = tokensIn(await refresh(authority, app, tokens.refresh));
    expect(refusal(await refresh(authority, app, tokens.refresh))).toEqual(invalidGrant);
    expect(refusal(await refresh(authority, app, renewed.refresh))).toEqual(invalidGrant);
    for (const token of [tokens.access, renewed.access])
      expect(await isAdmitted(authority, token)).toBe(false);
  });

  it('of 50 uses at once exactly one succeeds, and the others end what it got', async () => {
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => refresh(authority, app, tokens.refresh)),
    );
    const won = replies.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const reply of replies.filter((each) => each !== won[0]))
      expect(refusal(reply)).toEqual(invalidGrant);
    const [{ access, refresh: successor }] = won.map(tokensIn) as [Tokens];
    expect(await isAdmitted(authority, access)).toBe(false);
    expect(refusal(await refresh(authority, app, successor))).toEqual(invalidGrant);
  });

  it('ends nothing of another authorization, of the same patient and client', async () => {
    const other = await authorizedTokens(authority, app);
    await refresh(authority, app, tokens.refresh);
    await refresh(authority, app, tokens.refresh);
    expect(await isAdmitted(authority, other.access)).toBe(true);
    expect((await refresh(authority, app, other.refresh)).status).toBe(200);
  });
});

describe('RFC 9700 §4.14.2 a refresh token ends', () => {
  it('unused, after 30 days', async () => {
    authority.wait(30 * day - 1);
    const renewed = tokensIn(await refresh(authority, app, tokens.refresh));
    authority.wait(30 * day);
    expect(refusal(await refresh(authority, app, renewed.refresh))).toEqual(invalidGrant);
  });

  it('a year after the patient agreed, however often it was used, and no access token outlives that', async () => {
    let current = tokens;
    for (let month = 0; month < 12; month++) {
      authority.wait(29 * day);
      current = tokensIn(await refresh(authority, app, current.refresh));
    }
    authority.wait(17 * day - 100);
    const last = await refresh(authority, app, current.refresh);
    expect(last.body['expires_in']).toBe(100);
    expect(payloadOf(tokensIn(last).access).exp).toBe(seconds(authority.world.at) + 100);
    authority.wait(100);
    expect(refusal(await refresh(authority, app, tokensIn(last).refresh))).toEqual(invalidGrant);
  });
});

it('interfaces.md, Tokens: with a PAT of offline_access a resource server goes on without the patient', async () => {
  const scopes = ['uma_protection', 'offline_access'];
  const pat = await authorizedTokens(authority, app, { scopes });
  authority.wait(7 * day);
  expect(await isAdmitted(authority, pat.access)).toBe(false);
  expect(await isAdmitted(authority, tokensIn(await refresh(authority, app, pat.refresh)).access)).toBe(true);
});

async function tokensOfServer(server: TestClient): Promise<Tokens> {
  const code = await aCode(authority, server);
  const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: back };
  return tokensIn(await authority.postForm('/oauth/token', form, basic(server.id, appSecret)));
}
