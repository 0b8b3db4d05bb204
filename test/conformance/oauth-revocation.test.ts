/** Revocation (oauth-baseline.md, RFC 7009) of what a patient authorized; of other tokens: `../protocols/authorization-server/revocation.test.ts`. */
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/access/digest.ts';
import {
  aClient,
  accessToken,
  credentials,
  type Form,
  type Reply,
  type TestClient,
} from '../support/authority.ts';
import { invalidGrant, refusal } from '../support/oauth-refusals.ts';
import {
  aCode,
  anApp,
  appSecret,
  aServer,
  authorizedTokens,
  basic,
  isAdmitted,
  redeem,
  refresh,
  type Tokens,
  tokensIn,
} from '../support/oauth-story.ts';
import { authorityThroughout } from '../support/throughout.ts';

const authority = authorityThroughout();
let app: TestClient;
let tokens: Tokens;
beforeEach(async () => {
  app = await anApp(authority);
  tokens = await authorizedTokens(authority, app);
});

const revoke = (token: string, form: Form = { client_id: app.id }, headers: Form = {}): Promise<Reply> =>
  authority.postForm('/oauth/revoke', { token, ...form }, headers);

const isRefreshable = async (secret: string): Promise<boolean> =>
  (await refresh(authority, app, secret)).status === 200;

describe('RFC 7009 §2.1 a client revokes', () => {
  it('by its name when it is public, by its secret when it has one, by its key (row 1)', async () => {
    expect((await revoke(tokens.access)).status).toBe(200);
    expect(await isAdmitted(authority, tokens.access)).toBe(false);
    const server = await aServer(authority, { scopes: ['uma_protection'] });
    const form = { grant_type: 'client_credentials', scope: 'uma_protection' };
    const headers = basic(server.id, appSecret);
    const pat = tokensIn(await authority.postForm('/oauth/token', form, headers)).access;
    expect((await revoke(pat, { client_id: server.id })).status).toBe(401);
    expect(await isAdmitted(authority, pat)).toBe(true);
    expect((await revoke(pat, {}, headers)).status).toBe(200);
    expect(await isAdmitted(authority, pat)).toBe(false);
    const keyed = await aClient(authority, { scopes: ['uma_protection'], tokenFormat: 'opaque' });
    const opaque = await accessToken(authority, keyed, 'uma_protection');
    expect((await revoke(opaque, await credentials(authority, keyed))).status).toBe(200);
    expect(await isAdmitted(authority, opaque)).toBe(false);
  });

  it('nothing of another, and cannot tell (row 2; answered 200 on purpose: README)', async () => {
    const other = await anApp(authority, { tokenFormat: 'opaque' });
    const foreign = await authorizedTokens(authority, other);
    for (const token of [foreign.access, foreign.refresh, 'x']) {
      const { status, body } = await revoke(token);
      expect([status, body]).toEqual([200, undefined]);
    }
    expect(await isAdmitted(authority, foreign.access)).toBe(true);
    expect((await refresh(authority, other, foreign.refresh)).status).toBe(200);
  });

  it('a refresh token, and its access tokens end with it (row 4)', async () => {
    const renewed = tokensIn(await refresh(authority, app, tokens.refresh));
    expect((await revoke(renewed.refresh)).status).toBe(200);
    expect(await isAdmitted(authority, tokens.access)).toBe(false);
    expect(await isAdmitted(authority, renewed.access)).toBe(false);
    expect(refusal(await refresh(authority, app, renewed.refresh))).toEqual(invalidGrant);
  });

  it('a refresh token that was used already, and what took its place ends as well', async () => {
    const renewed = tokensIn(await refresh(authority, app, tokens.refresh));
    await revoke(tokens.refresh);
    expect(await isAdmitted(authority, renewed.access)).toBe(false);
    expect(await isRefreshable(renewed.refresh)).toBe(false);
  });

  it('an access token alone, and its refresh token goes on (row 4)', async () => {
    await revoke(tokens.access);
    expect(await isAdmitted(authority, tokens.access)).toBe(false);
    expect(await isRefreshable(tokens.refresh)).toBe(true);
  });

  it.each(['access_token', 'refresh_token', 'pct', 'unheard_of'])(
    'whatever the hint: %s (§2.1, §2.2, row 3)',
    async (token_type_hint) => {
      for (const token of [tokens.access, tokens.refresh])
        expect((await revoke(token, { client_id: app.id, token_type_hint })).status).toBe(200);
      expect(await isAdmitted(authority, tokens.access)).toBe(false);
      expect(await isRefreshable(tokens.refresh)).toBe(false);
    },
  );

  it('an unknown token, as any other (§2.2, row 3)', async () => {
    for (const token of ['x', 'a'.repeat(43), 'a.b.c', 'a\u0000b'])
      expect((await revoke(token)).status).toBe(200);
    expect(await isAdmitted(authority, tokens.access)).toBe(true);
  });
});

it('a code whose authorization ended meanwhile brings nothing', async () => {
  const code = await aCode(authority, app);
  const { at } = authority.world;
  await authority.deps.authorizations.endByCode(
    sha256(code),
    { clientId: app.id, others: { since: at } },
    at,
  );
  expect(refusal(await redeem(authority, app, code))).toEqual(invalidGrant);
});

it('RFC 7009 §2 by POST alone, a form with a token', async () => {
  expect((await authority.get('/oauth/revoke?token=x')).status).toBe(405);
  expect((await authority.sendJson('POST', '/oauth/revoke', { token: 'x' })).status).toBe(400);
  const reply = await authority.postForm('/oauth/revoke', { client_id: app.id });
  expect(refusal(reply)).toEqual({ status: 400, error: 'invalid_request' });
});
