/** Whom a token is for (oauth-baseline.md, RFC 8707, RFC 9068, RFC 9700 row 5), signed or opaque. */
import { createLocalJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { beforeAll, describe, expect, it } from 'vitest';
import { knownTargets } from '../../src/protocols/authorization-server/resource-indicators.ts';
import {
  aClient,
  accessToken,
  askForToken,
  credentials,
  issuer,
  patOf,
  type Reply,
  type TestClient,
} from '../support/authority.ts';
import { headerOf, payloadOf } from '../support/keys.ts';
import { refusal } from '../support/oauth-refusals.ts';
import {
  aCode,
  anApp,
  appScopes,
  aRecordServer,
  authorizedTokens,
  back,
  isAdmitted,
  redeem,
  refresh,
  tokensIn,
  verifier,
} from '../support/oauth-story.ts';
import { authorityThroughout } from '../support/throughout.ts';

const authority = authorityThroughout();
let app: TestClient;
let records: TestClient;
let archive: TestClient;
let there: string;
let elsewhere: string;

beforeAll(async () => {
  app = await anApp(authority);
  records = await aRecordServer(authority);
  archive = await aRecordServer(authority);
  there = records.resource ?? '';
  elsewhere = archive.resource ?? '';
});

const invalidTarget = { status: 400, error: 'invalid_target' };

/** With `resource` as often as there are some. */
async function redeemFor(granted: readonly string[], asked: readonly string[]): Promise<Reply> {
  const code = await aCode(authority, app, { resources: granted });
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: app.id,
    code,
    code_verifier: verifier,
    redirect_uri: back,
  });
  for (const resource of asked) form.append('resource', resource);
  return await authority.postForm('/oauth/token', form.toString());
}

const audienceOf = (reply: Reply): unknown => payloadOf(tokensIn(reply).access).aud;

describe('RFC 8707 §2 a resource', () => {
  it.each([
    'records',
    '/api',
    'https://records.example/#part',
    'https://nobody.example',
    `${'https://x.example/'.padEnd(3000, 'x')}`,
  ])('that is no URI, has a fragment or is unknown: invalid_target (row 1): %#', async (resource) => {
    const form = { grant_type: 'client_credentials', scope: 'decision', resource };
    const client = await aClient(authority, { scopes: ['decision'] });
    expect(refusal(await askForToken(authority, client, form))).toEqual(invalidTarget);
    expect(await knownTargets(authority.deps, [there, resource])).toMatchObject({ ok: false });
  });

  it('may repeat, and is known when somebody serves there (row 1)', async () => {
    expect(await knownTargets(authority.deps, [there, issuer, elsewhere])).toEqual({
      ok: true,
      value: [
        { audience: there, resourceServer: records.id },
        { audience: issuer },
        { audience: elsewhere, resourceServer: archive.id },
      ],
    });
  });

  it('of a server that is disabled is unknown', async () => {
    const gone = await aRecordServer(authority);
    await authority.deps.clients.disable(gone.id, authority.world.at);
    expect(await knownTargets(authority.deps, [gone.resource ?? ''])).toMatchObject({ ok: false });
  });
});

describe('RFC 8707 §2.2 an access token', () => {
  it('is for the one resource that was asked for, of those granted (row 2)', async () => {
    expect(audienceOf(await redeemFor([there, elsewhere], [there]))).toBe(there);
    expect(audienceOf(await redeemFor([there, issuer], [issuer]))).toBe(issuer);
  });

  it('is for the only one granted when none is asked for, and for ourselves when none was granted', async () => {
    expect(audienceOf(await redeemFor([there], []))).toBe(there);
    expect(audienceOf(await redeemFor([], []))).toBe(issuer);
    expect(audienceOf(await redeemFor([], [issuer]))).toBe(issuer);
    expect(audienceOf(await redeemFor([], ['']))).toBe(issuer);
    const bases = [`${issuer}/fhir/R5`, issuer];
    expect(audienceOf(await redeemFor([issuer], bases))).toBe(issuer);
  });

  it.each([
    ['another than granted', () => [there], () => [elsewhere]],
    ['one, though none was granted', () => [], () => [there]],
    ['ourselves, though not granted', () => [there], () => [issuer]],
    ['several', () => [there, elsewhere], () => [there, elsewhere]],
    ['none of several', () => [there, elsewhere], () => []],
  ])('is refused for %s (row 2)', async (_, granted, asked) => {
    expect(refusal(await redeemFor(granted(), asked()))).toEqual(invalidTarget);
  });

  it('of each resource comes by the refresh token, and of no other', async () => {
    const first = tokensIn(await redeemFor([there, elsewhere], [there]));
    const second = await refresh(authority, app, first.refresh, { resource: elsewhere });
    expect(audienceOf(second)).toBe(elsewhere);
    const third = await refresh(authority, app, tokensIn(second).refresh, { resource: issuer });
    expect(refusal(third)).toEqual(invalidTarget);
  });

  it('of a client in its own name is for the resource it names', async () => {
    const client = await aClient(authority, { scopes: ['decision'] });
    const form = { grant_type: 'client_credentials', scope: 'decision', resource: there };
    expect(audienceOf(await askForToken(authority, client, form))).toBe(there);
  });

  it('for another audience never opens our own API (RFC 9068 §4)', async () => {
    for (const tokenFormat of ['jwt', 'opaque'] as const) {
      const client = await anApp(authority, { tokenFormat });
      const own = await authorizedTokens(authority, client);
      expect(await isAdmitted(authority, own.access)).toBe(true);
      const foreign = await authorizedTokens(authority, client, { resources: [there] });
      expect((await authority.get('/uma/resources', foreign.access)).status).toBe(401);
    }
  });
});

describe('RFC 7662 the resource server it is for', () => {
  const introspect = async (token: string, server: TestClient): Promise<Reply> =>
    await authority.postForm(
      '/oauth/introspect',
      { token },
      {
        authorization: `Bearer ${await patOf(authority, server)}`,
      },
    );

  it.each(['jwt', 'opaque'] as const)(
    'is told what a token of format %s permits, and about whom',
    async (tokenFormat) => {
      const client = await anApp(authority, { tokenFormat });
      const { access } = await authorizedTokens(authority, client, { resources: [there] });
      const { body } = await introspect(access, records);
      const now = Math.floor(authority.world.at / 1000);
      expect(body).toEqual({
        active: true,
        iss: issuer,
        sub: expect.stringMatching(/^[\w-]{43}$/),
        aud: there,
        client_id: client.id,
        token_type: 'Bearer',
        scope: appScopes.join(' '),
        jti: expect.any(String),
        iat: now,
        exp: now + 300,
        patient: 'ann',
      });
      if (tokenFormat === 'jwt') expect(body).toMatchObject(payloadOf(access));
      expect((await introspect(access, archive)).body).toEqual({ active: false });
    },
  );

  it('is told of the patients it is registered for, and by the PAT of a patient of that one alone', async () => {
    authority.world.patients.set('Patient/bob', { reference: 'Patient/bob' });
    const limited = await aRecordServer(authority, { patients: ['Patient/bob'] });
    const resources = [limited.resource ?? ''];
    const ofAnn = await authorizedTokens(authority, app, { resources });
    const ofBob = await authorizedTokens(authority, app, { resources, patient: 'Patient/bob' });
    expect((await introspect(ofAnn.access, limited)).body).toEqual({ active: false });
    expect((await introspect(ofBob.access, limited)).body).toMatchObject({ active: true, patient: 'bob' });

    const server = await anApp(authority, { resource: 'https://records-of-patients.example' });
    const of = async (patient: string, given: object = {}) =>
      (await authorizedTokens(authority, server, { patient, ...given })).access;
    const aimed = { resources: [server.resource ?? ''] };
    const [ann, bob] = [await of('Patient/ann', aimed), await of('Patient/bob', aimed)];
    const headers = { authorization: `Bearer ${await of('Patient/ann')}` };
    const ask = async (token: string) =>
      (await authority.postForm('/oauth/introspect', { token }, headers)).body['active'];
    expect([await ask(ann), await ask(bob)]).toEqual([true, false]);
  });

  it('is told of a client in its own name as such', async () => {
    const client = await aClient(authority, { scopes: ['decision'] });
    const form = { grant_type: 'client_credentials', scope: 'decision', resource: there };
    const token = tokensIn(await askForToken(authority, client, form)).access;
    const { body } = await introspect(token, records);
    expect(body).toMatchObject({ active: true, sub: client.id, client_id: client.id });
    expect(body).not.toHaveProperty('patient');
  });

  it('may ask as the client it is, without a PAT (RFC 7662 §2.1, row 1)', async () => {
    const { access } = await authorizedTokens(authority, app, { resources: [there] });
    const ask = async (client: TestClient) =>
      await authority.postForm('/oauth/introspect', {
        ...(await credentials(authority, client)),
        token: access,
      });
    expect((await ask(records)).body).toMatchObject({ active: true, aud: there });
    expect((await ask(archive)).body).toEqual({ active: false });
    const unproven = { token: access, client_id: records.id };
    expect((await authority.postForm('/oauth/introspect', unproven)).status).toBe(401);
    const nobody = await authority.postForm('/oauth/introspect', { token: access });
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer/),
    ]);
  });

  it('hears at once that a token ended: with its authorization, its client, itself', async () => {
    const other = await anApp(authority);
    const code = await aCode(authority, other, { resources: [there] });
    const { access } = tokensIn(await redeem(authority, other, code));
    const later = await authorizedTokens(authority, other, { resources: [there] });
    expect((await introspect(access, records)).body['active']).toBe(true);
    await redeem(authority, other, code);
    expect((await introspect(access, records)).body).toEqual({ active: false });
    expect((await introspect(later.access, records)).body['active']).toBe(true);
    await authority.deps.clients.disable(other.id, authority.world.at);
    expect((await introspect(later.access, records)).body).toEqual({ active: false });
  });

  it('hears nothing of refresh tokens, codes, tokens for us, and what has expired', async () => {
    const client = await anApp(authority, { tokenFormat: 'opaque' });
    const tokens = await authorizedTokens(authority, client, { resources: [there] });
    const own = await authorizedTokens(authority, client);
    const code = await aCode(authority, client, { resources: [there] });
    for (const token of [tokens.refresh, own.access, code, 'x', 'a.b.c'])
      expect((await introspect(token, records)).body).toEqual({ active: false });
    authority.wait(300);
    expect((await introspect(tokens.access, records)).body).toEqual({ active: false });
  });
});

describe('RFC 9068 an access token that is signed', () => {
  it('§2.1, §2.2 has the header and the claims, and no word of the patient (rows 1, 2, 4)', async () => {
    const { access } = await authorizedTokens(authority, app, { resources: [there] });
    expect(headerOf(access)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(Object.keys(payloadOf(access)).toSorted()).toEqual([
      'aud',
      'client_id',
      'exp',
      'iat',
      'iss',
      'jti',
      'scope',
      'sub',
    ]);
    expect(JSON.stringify(payloadOf(access))).not.toContain('ann');
  });

  it('§4 is believed by a resource server that follows the RFC, and for its own audience alone (row 3)', async () => {
    const { access } = await authorizedTokens(authority, app, { resources: [there] });
    const { body } = await authority.get('/oauth/jwks');
    const keys = createLocalJWKSet(body as never);
    const currentDate = new Date(authority.world.at);
    const options = { issuer, audience: there, typ: 'at+jwt', currentDate };
    expect((await jwtVerify(access, keys, options)).payload['client_id']).toBe(app.id);
    await expect(jwtVerify(access, keys, { ...options, audience: elsewhere })).rejects.toThrow('aud');
  });

  it('§4 by oauth4webapi as well', async () => {
    const { access } = await authorizedTokens(authority, app, { resources: [there] });
    const server = { issuer, jwks_uri: `${issuer}/oauth/jwks` };
    const request = new Request(there, { headers: { authorization: `Bearer ${access}` } });
    const claims = await oauth.validateJwtAccessToken(server, request, there, {
      [oauth.customFetch]: (url: string) => authority.fetch(url),
      [oauth.clockSkew]: Math.floor((authority.world.at - Date.now()) / 1000),
    });
    expect(claims).toMatchObject({ client_id: app.id, aud: there });
  });
});

describe('a client registered for opaque tokens (RFC 9068 §6, row 4)', () => {
  it('holds nothing that can be read, and it opens our API and ends like any other', async () => {
    const client = await aClient(authority, { scopes: ['uma_protection'], tokenFormat: 'opaque' });
    const token = await accessToken(authority, client, 'uma_protection');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await isAdmitted(authority, token)).toBe(true);
    const almost = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    expect(await isAdmitted(authority, almost)).toBe(false);
    authority.wait(3600);
    expect((await authority.get('/uma/resources', token)).status).toBe(401);
  });
});
