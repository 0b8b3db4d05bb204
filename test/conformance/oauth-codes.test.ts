/** The authorization_code grant (oauth-baseline.md, RFC 6749 rows 6 and 7, RFC 7636, RFC 9700 row 2), and attacks on codes. */
import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/access/digest.ts';
import { answersChallenge, isChallenge } from '../../src/protocols/authorization-server/pkce.ts';
import { housekeepingSteps } from '../../src/storage/housekeeping.ts';
import { aClient, askForToken, issuer, seconds, type TestClient } from '../support/authority.ts';
import { payloadOf } from '../support/keys.ts';
import { invalidClient, invalidGrant, refusal } from '../support/oauth-refusals.ts';
import {
  aCode,
  anApp,
  appScopes,
  aRecordServer,
  authorizedTokens,
  back,
  basic,
  challenge,
  isAdmitted,
  redeem,
  refresh,
  tokensIn,
  verifier,
} from '../support/oauth-story.ts';
import { authorityThroughout } from '../support/throughout.ts';

const authority = authorityThroughout();
let app: TestClient;

beforeAll(() => {
  authority.world.patients.set('Patient/bob', { reference: 'Patient/bob' });
});
beforeEach(async () => {
  app = await anApp(authority);
});

describe('RFC 6749 §4.1.4 what a code brings', () => {
  it('an access token for what the patient authorized, in the name of the patient, and a refresh token', async () => {
    const reply = await redeem(authority, app, await aCode(authority, app));
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: appScopes.join(' '),
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('pragma')).toBe('no-cache');
    const now = seconds(authority.world.at);
    expect(payloadOf(tokensIn(reply).access)).toEqual({
      iss: issuer,
      sub: expect.stringMatching(/^[\w-]{43}$/),
      aud: issuer,
      client_id: app.id,
      scope: appScopes.join(' '),
      jti: expect.any(String),
      iat: now,
      exp: now + 300,
    });
  });

  it('a PAT of 3,600 s, where that was authorized alone (interfaces.md, Tokens)', async () => {
    const scopes = ['uma_protection', 'offline_access'];
    const { body } = await redeem(authority, app, await aCode(authority, app, { scopes }));
    expect(body['expires_in']).toBe(3600);
    expect(await isAdmitted(authority, body['access_token'] as string)).toBe(true);
  });

  it('no refresh token without offline_access, nor to a client not registered for it', async () => {
    const scopes = ['uma_protection'];
    const { body } = await redeem(authority, app, await aCode(authority, app, { scopes }));
    expect(body).not.toHaveProperty('refresh_token');
    const other = await anApp(authority, { grants: ['authorization_code'] });
    const answer = await redeem(authority, other, await aCode(authority, other));
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('refresh_token');
  });

  it('one name of the patient for each client, which nobody can connect (RFC 9068 §6, RFC 9700 §4.15)', async () => {
    const subjectAt = async (client: TestClient, patient: string) =>
      payloadOf((await authorizedTokens(authority, client, { patient })).access).sub;
    const other = await anApp(authority);
    const ann = await subjectAt(app, 'Patient/ann');
    expect(await subjectAt(app, 'Patient/ann')).toBe(ann);
    expect(await subjectAt(app, 'Patient/bob')).not.toBe(ann);
    expect(await subjectAt(other, 'Patient/ann')).not.toBe(ann);
  });
});

describe('RFC 6749 §4.1.2 a code is short-lived, single-use and bound (row 6)', () => {
  it('lives 60 s', async () => {
    const [late, inTime] = [await aCode(authority, app), await aCode(authority, app)];
    authority.wait(59);
    expect((await redeem(authority, app, inTime)).status).toBe(200);
    authority.wait(1);
    expect(refusal(await redeem(authority, app, late))).toEqual(invalidGrant);
  });

  it('is refused the second time, and all tokens that came of it end', async () => {
    const code = await aCode(authority, app);
    const tokens = tokensIn(await redeem(authority, app, code));
    const renewed = tokensIn(await refresh(authority, app, tokens.refresh));
    expect(await isAdmitted(authority, renewed.access)).toBe(true);
    expect(refusal(await redeem(authority, app, code))).toEqual(invalidGrant);
    expect(await isAdmitted(authority, tokens.access)).toBe(false);
    expect(await isAdmitted(authority, renewed.access)).toBe(false);
    expect(refusal(await refresh(authority, app, renewed.refresh))).toEqual(invalidGrant);
  });

  it('is refused the second time and ends all just as well when housekeeping has been there in between', async () => {
    const code = await aCode(authority, app);
    const tokens = tokensIn(await redeem(authority, app, code));
    authority.wait(2 * 3600);
    for (const { run } of housekeepingSteps(authority.db)) await run(authority.world.at);
    const renewed = tokensIn(await refresh(authority, app, tokens.refresh));
    expect(await isAdmitted(authority, renewed.access)).toBe(true);
    expect(refusal(await redeem(authority, app, code))).toEqual(invalidGrant);
    expect(await isAdmitted(authority, renewed.access)).toBe(false);
    expect(refusal(await refresh(authority, app, renewed.refresh))).toEqual(invalidGrant);
  });

  it('ends nothing when another client brings it after its own life, whoever that got it from', async () => {
    const code = await aCode(authority, app);
    const tokens = tokensIn(await redeem(authority, app, code));
    const other = await anApp(authority);
    authority.wait(60);
    expect(refusal(await redeem(authority, other, code))).toEqual(invalidGrant);
    expect(await isAdmitted(authority, tokens.access)).toBe(true);
    expect((await refresh(authority, app, tokens.refresh)).status).toBe(200);
  });

  it('ends all when another client brings it within its life: one of the two stole it', async () => {
    const code = await aCode(authority, app);
    const tokens = tokensIn(await redeem(authority, app, code));
    authority.wait(59);
    expect(refusal(await redeem(authority, await anApp(authority), code))).toEqual(invalidGrant);
    expect(await isAdmitted(authority, tokens.access)).toBe(false);
    expect(refusal(await refresh(authority, app, tokens.refresh))).toEqual(invalidGrant);
  });

  it('of 50 redemptions at once exactly one succeeds, and the others end what it got', async () => {
    const code = await aCode(authority, app);
    const replies = await Promise.all(Array.from({ length: 50 }, () => redeem(authority, app, code)));
    const won = replies.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const reply of replies.filter((each) => each !== won[0]))
      expect(refusal(reply)).toEqual(invalidGrant);
    expect(await isAdmitted(authority, won[0]?.body['access_token'] as string)).toBe(false);
  });

  it('brings nothing to another client that injects it, and is used up by the attempt', async () => {
    const code = await aCode(authority, app);
    const thief = await anApp(authority);
    expect(refusal(await redeem(authority, thief, code))).toEqual(invalidGrant);
    expect(refusal(await redeem(authority, app, code))).toEqual(invalidGrant);
  });

  it('brings nothing to a confidential client of the same patient either', async () => {
    const other = await aClient(authority, { scopes: appScopes, redirectUris: [back] });
    await authorizedTokens(authority, app);
    const code = await aCode(authority, app);
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: back };
    expect(refusal(await askForToken(authority, other, form))).toEqual(invalidGrant);
  });

  it.each(['', 'x', 'a'.repeat(43), `${'a'.repeat(100_000)}`, 'a\u0000b'])(
    'that was never issued brings nothing: %#',
    async (code) => {
      const { status, error } = refusal(await redeem(authority, app, code));
      expect([status, ['invalid_grant', 'invalid_request']]).toEqual([400, expect.arrayContaining([error])]);
    },
  );

  it('is answered alike whatever is wrong with it', async () => {
    const used = await aCode(authority, app);
    await redeem(authority, app, used);
    const wrong = [
      await redeem(authority, app, 'a'.repeat(43)),
      await redeem(authority, app, used),
      await redeem(authority, await anApp(authority), await aCode(authority, app)),
      await redeem(authority, app, await aCode(authority, app), { redirect_uri: `${back}/` }),
      await redeem(authority, app, await aCode(authority, app), { code_verifier: challenge }),
    ];
    expect(new Set(wrong.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
  });

  it('is kept as a hash (RFC 6749 §10.5)', async () => {
    const code = await aCode(authority, app);
    const { access: _, refresh: secret } = await authorizedTokens(authority, app);
    const tables = ['authorization_code', 'refresh_token', 'token', '"authorization"'];
    const rows = await Promise.all(tables.map((table) => authority.db.execute(`select * from ${table}`)));
    expect(JSON.stringify(rows)).not.toContain(code);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

describe('RFC 6749 §4.1.3 the redirect URI (row 7)', () => {
  const withoutRedirect = async (code: string) =>
    await authority.postForm('/oauth/token', {
      grant_type: 'authorization_code',
      client_id: app.id,
      code,
      code_verifier: verifier,
    });

  it('that was named must be named again, letter by letter', async () => {
    expect(refusal(await withoutRedirect(await aCode(authority, app)))).toEqual(invalidGrant);
    for (const redirect_uri of [
      `${back}?`,
      `${back}/`,
      'https://APP.example/back',
      'https://evil.example/',
    ]) {
      const reply = await redeem(authority, app, await aCode(authority, app), { redirect_uri });
      expect(refusal(reply)).toEqual(invalidGrant);
    }
  });

  it('that was not named need not be', async () => {
    const given = { isRedirectNamed: false };
    expect((await withoutRedirect(await aCode(authority, app, given))).status).toBe(200);
    expect((await redeem(authority, app, await aCode(authority, app, given))).status).toBe(200);
    const other = { redirect_uri: 'https://evil.example/' };
    const reply = await redeem(authority, app, await aCode(authority, app, given), other);
    expect(refusal(reply)).toEqual(invalidGrant);
  });
});

describe('RFC 7636 PKCE', () => {
  it('§4.1, §4.2 takes verifiers of 43 to 128 characters of the set (row 1)', async () => {
    for (const good of ['-._~'.padEnd(43, 'a'), 'Z9'.repeat(64)])
      expect(answersChallenge(good, sha256(good))).toBe(true);
    for (const bad of ['a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(42)}+`, `${'a'.repeat(43)}\n`, ''])
      expect(answersChallenge(bad, sha256(bad))).toBe(false);
  });

  it('§4.2 a challenge is the 43 characters of an S256 digest (row 2)', () => {
    expect(isChallenge(challenge)).toBe(true);
    for (const bad of ['', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}=`])
      expect(isChallenge(bad)).toBe(false);
  });

  it('§4.6 without a verifier, or with a wrong one, a code brings nothing (row 3)', async () => {
    const other = 'a'.repeat(43);
    for (const code_verifier of ['', other, challenge, 'short', verifier.toLowerCase()]) {
      const code = await aCode(authority, app);
      expect(refusal(await redeem(authority, app, code, { code_verifier }))).toEqual(invalidGrant);
      expect(refusal(await redeem(authority, app, code))).toEqual(invalidGrant);
    }
  });

  it('Appendix B (row 4)', async () => {
    expect(answersChallenge(verifier, challenge)).toBe(true);
    expect((await redeem(authority, app, await aCode(authority, app))).status).toBe(200);
  });

  it('RFC 9700 §4.8.2 a code without a challenge cannot be redeemed, verifier or not', async () => {
    for (const code_verifier of ['', verifier]) {
      const code = await aCode(authority, app, { codeChallenge: '' });
      expect(refusal(await redeem(authority, app, code, { code_verifier }))).toEqual(invalidGrant);
    }
  });
});

describe('interfaces.md, Scopes: a client is limited by its registration, whatever was authorized', () => {
  it('to patients, also where a code or a token is there already', async () => {
    const limited = await anApp(authority, { patients: ['Patient/bob'] });
    expect(refusal(await redeem(authority, limited, await aCode(authority, limited)))).toEqual(invalidGrant);
    const { access } = await authorizedTokens(authority, app);
    const { id } = app;
    await authority.db.execute(sql`update client set patients = array['Patient/bob'] where id = ${id}`);
    expect((await authority.get('/uma/resources', access)).status).toBe(401);
  });

  it('to organizations, until the patient moves to another', async () => {
    const limited = await anApp(authority, { organizations: ['Organization/a'] });
    const ann = { reference: 'Patient/ann', organization: 'Organization/a' };
    authority.world.patients.set('Patient/ann', ann);
    const tokens = await authorizedTokens(authority, limited);
    authority.world.patients.set('Patient/ann', { ...ann, organization: 'Organization/b' });
    expect(refusal(await refresh(authority, limited, tokens.refresh))).toEqual(invalidGrant);
    authority.world.patients.set('Patient/ann', ann);
    expect((await refresh(authority, limited, tokens.refresh)).status).toBe(200);
  });

  it('to patients on file, where it has no limits at all', async () => {
    const { patients } = authority.world;
    patients.set('Patient/cid', { reference: 'Patient/cid' });
    const cids = { patient: 'Patient/cid' };
    const tokens = await authorizedTokens(authority, app, cids);
    const code = await aCode(authority, app, cids);
    patients.delete('Patient/cid');
    expect(refusal(await refresh(authority, app, tokens.refresh))).toEqual(invalidGrant);
    expect(refusal(await redeem(authority, app, code))).toEqual(invalidGrant);
    // A mistake that an import put right costs the patient nothing.
    patients.set('Patient/cid', { reference: 'Patient/cid' });
    expect((await refresh(authority, app, tokens.refresh)).status).toBe(200);
  });

  it.each([
    ['no limits at all', {}],
    ['a limit to this patient', { patients: ['Patient/cid'] }],
  ])('to patients on file at every door and at once, where it has %s', async (_, limits) => {
    const { patients } = authority.world;
    patients.set('Patient/cid', { reference: 'Patient/cid' });
    const server = await aRecordServer(authority, {
      jwks: [],
      grants: ['authorization_code'],
      redirectUris: [back],
      ...limits,
    });
    const given = { scopes: ['uma_protection'], patient: 'Patient/cid' };
    const { access } = await authorizedTokens(authority, server, given);
    const tries = async () => [
      (await authority.sendJson('POST', '/uma/resources', { resource_scopes: ['read'] }, access)).status,
      (await authority.get('/uma/resources', access)).status,
      (await authority.postForm('/oauth/introspect', { token: 'x' }, { authorization: `Bearer ${access}` }))
        .status,
    ];
    expect(await tries()).toEqual([201, 200, 200]);
    patients.delete('Patient/cid');
    expect(await tries()).toEqual([401, 401, 401]);
  });

  it('to patients on file, as a resource server with no limits is told as well', async () => {
    const { patients } = authority.world;
    patients.set('Patient/cid', { reference: 'Patient/cid' });
    const server = await aRecordServer(authority);
    const pat = await askForToken(authority, server, {
      grant_type: 'client_credentials',
      scope: 'uma_protection',
    });
    const resource = server.resource ?? '';
    const given = { patient: 'Patient/cid', resources: [resource] };
    const { access } = await authorizedTokens(authority, app, given);
    const isActive = async () => {
      const bearer = { authorization: `Bearer ${pat.body['access_token']}` };
      return (await authority.postForm('/oauth/introspect', { token: access }, bearer)).body['active'];
    };
    expect(await isActive()).toBe(true);
    patients.delete('Patient/cid');
    expect(await isActive()).toBe(false);
  });

  it('to organizations at every door and at once, by a token that is good for an hour', async () => {
    const limited = await aRecordServer(authority, {
      jwks: [],
      grants: ['authorization_code'],
      redirectUris: [back],
      organizations: ['Organization/a'],
    });
    const scopes = ['uma_protection'];
    const ann = { reference: 'Patient/ann', organization: 'Organization/a' };
    authority.world.patients.set('Patient/ann', ann);
    const { access } = await authorizedTokens(authority, limited, { scopes });
    const asked = { resource_scopes: ['read'] };
    const registered = await authority.sendJson('POST', '/uma/resources', asked, access);
    expect(registered.status).toBe(201);
    const wanted = { resource_id: registered.body['_id'], resource_scopes: ['read'] };
    const tries = async () => [
      (await authority.sendJson('POST', '/uma/resources', asked, access)).status,
      (await authority.sendJson('POST', '/uma/permission', wanted, access)).status,
      (await authority.get(`/uma/resources/${registered.body['_id']}`, access)).status,
      (await authority.get('/uma/resources', access)).status,
      (await authority.postForm('/oauth/introspect', { token: 'x' }, { authorization: `Bearer ${access}` }))
        .status,
    ];
    expect(await tries()).toEqual([201, 201, 200, 200, 200]);
    authority.world.patients.set('Patient/ann', { ...ann, organization: 'Organization/b' });
    expect(await tries()).toEqual([401, 401, 401, 401, 401]);
    authority.world.patients.delete('Patient/ann');
    expect(await tries()).toEqual([401, 401, 401, 401, 401]);
    authority.world.patients.set('Patient/ann', ann);
    expect(await tries()).toEqual([201, 201, 200, 200, 200]);
  });

  it('to a patient whom it names, whoever has the care of the record', async () => {
    const named = { patients: ['Patient/ann'], organizations: ['Organization/a'] };
    const limited = await anApp(authority, named);
    const ann = { reference: 'Patient/ann', organization: 'Organization/b' };
    authority.world.patients.set('Patient/ann', ann);
    const { access } = await authorizedTokens(authority, limited, { scopes: ['uma_protection'] });
    expect((await authority.get('/uma/resources', access)).status).toBe(200);
    authority.world.patients.set('Patient/ann', { reference: 'Patient/ann' });
  });
});

describe('a client that is disabled', () => {
  it('redeems no code, and what it had is over', async () => {
    const tokens = await authorizedTokens(authority, app);
    const code = await aCode(authority, app);
    await authority.deps.clients.disable(app.id, authority.world.at);
    expect(refusal(await redeem(authority, app, code))).toEqual(invalidClient);
    expect((await refresh(authority, app, tokens.refresh)).status).toBe(401);
    expect(await isAdmitted(authority, tokens.access)).toBe(false);
  });
});

it('RFC 6749 §2.3.1 credentials in the URI are not looked at (row 8)', async () => {
  const code = await aCode(authority, app);
  const { client_id, ...rest } = { client_id: app.id, grant_type: 'authorization_code', code };
  const reply = await authority.postForm(`/oauth/token?client_id=${client_id}`, rest);
  expect(refusal(reply)).toEqual(invalidClient);
  const withSecret = `/oauth/token?${new URLSearchParams({ client_id, client_secret: 's' })}`;
  expect(refusal(await authority.postForm(withSecret, rest))).toEqual(invalidClient);
  expect((await authority.postForm('/oauth/token', rest, basic(client_id, 's'))).status).toBe(401);
});
