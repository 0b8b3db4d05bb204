/** Clients that others wrote (openid-client, oauth4webapi), doing with us what they do with any authorization server. */
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { aClient, issuer, type TestClient } from '../support/authority.ts';
import {
  aCode,
  anApp,
  appSecret,
  aRecordServer,
  aServer,
  back,
  isAdmitted,
  verifier,
} from '../support/oauth-story.ts';
import { authorityThroughout } from '../support/throughout.ts';

const authority = authorityThroughout();
let records: TestClient;

beforeAll(async () => {
  records = await aRecordServer(authority);
});

/** How far the clock of the test is from the one these libraries read. */
const skew = (): number => Math.floor((authority.world.at - Date.now()) / 1000);

/** As the browser comes back from the authorization endpoint (RFC 9207). */
const comeBack = (code: string): URL =>
  new URL(`${back}?${new URLSearchParams({ code, state: 'state', iss: issuer })}`);

describe('openid-client', () => {
  async function configured(client: Client, method: openid.ClientAuth): Promise<openid.Configuration> {
    const known = { client_id: client.id, [openid.clockSkew]: skew() };
    return await openid.discovery(new URL(issuer), client.id, known, method, {
      algorithm: 'oauth2',
      [openid.customFetch]: (url, options) => authority.fetch(url, options as RequestInit),
    });
  }
  const byKey = ({ keys: { privateKey, kid } }: TestClient): openid.ClientAuth =>
    openid.PrivateKeyJwt(
      { key: privateKey, kid },
      { [openid.modifyAssertion]: (_, claims) => Object.assign(claims, { aud: issuer }) },
    );

  it('RFC 6749 §4.4 client_credentials by private_key_jwt, and RFC 7009', async () => {
    const client = await aClient(authority, { scopes: ['uma_protection'] });
    const config = await configured(client, byKey(client));
    const { access_token } = await openid.clientCredentialsGrant(config, { scope: 'uma_protection' });
    expect(await isAdmitted(authority, access_token)).toBe(true);
    await openid.tokenRevocation(config, access_token);
    expect(await isAdmitted(authority, access_token)).toBe(false);
  });

  it('RFC 6749 §4.4 client_credentials by client_secret_basic', async () => {
    const client = await aServer(authority, { scopes: ['uma_protection'] });
    const config = await configured(client, openid.ClientSecretBasic(appSecret));
    const { access_token } = await openid.clientCredentialsGrant(config, { scope: 'uma_protection' });
    expect(await isAdmitted(authority, access_token)).toBe(true);
  });

  it('RFC 6749 §4.1, §6 and RFC 7636 code and refresh of an app that keeps no secret', async () => {
    const app = await anApp(authority);
    const config = await configured(app, openid.None());
    const codeVerifier = openid.randomPKCECodeVerifier();
    const codeChallenge = await openid.calculatePKCECodeChallenge(codeVerifier);
    const code = await aCode(authority, app, { codeChallenge });
    const checks = { pkceCodeVerifier: codeVerifier, expectedState: 'state' };
    const tokens = await openid.authorizationCodeGrant(config, comeBack(code), checks);
    expect(await isAdmitted(authority, tokens.access_token)).toBe(true);
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(await isAdmitted(authority, renewed.access_token)).toBe(true);
    await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await isAdmitted(authority, renewed.access_token)).toBe(false);
  });

  it('RFC 7662 introspection by a resource server, RFC 8707', async () => {
    const resource = records.resource ?? '';
    const app = await anApp(authority, { tokenFormat: 'opaque' });
    const code = await aCode(authority, app, { resources: [resource] });
    const checks = { pkceCodeVerifier: verifier, expectedState: 'state' };
    const config = await configured(app, openid.None());
    const { access_token } = await openid.authorizationCodeGrant(config, comeBack(code), checks, {
      resource,
    });
    const server = await configured(records, byKey(records));
    expect(await openid.tokenIntrospection(server, access_token)).toMatchObject({
      active: true,
      aud: resource,
      client_id: app.id,
    });
    await openid.tokenRevocation(config, access_token);
    expect(await openid.tokenIntrospection(server, access_token)).toEqual({ active: false });
  });
});

describe('oauth4webapi', () => {
  const http = () => ({
    [oauth.customFetch]: (url: string, options: object) => authority.fetch(url, options as RequestInit),
  });
  async function discovered(): Promise<oauth.AuthorizationServer> {
    const url = new URL(issuer);
    const response = await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...http() });
    return await oauth.processDiscoveryResponse(url, response);
  }
  const known = ({ id }: Client): oauth.Client => ({ client_id: id, [oauth.clockSkew]: skew() });
  const byKey = ({ keys: { privateKey, kid } }: TestClient): oauth.ClientAuth =>
    oauth.PrivateKeyJwt({ key: privateKey, kid });

  it.each([
    ['private_key_jwt', async () => aClient(authority, { scopes: ['uma_protection'] }), byKey],
    [
      'client_secret_basic',
      async () => aServer(authority, { scopes: ['uma_protection'] }),
      () => oauth.ClientSecretBasic(appSecret),
    ],
  ] as const)('RFC 6749 §4.4 client_credentials by %s, and RFC 7009', async (_, make, methodOf) => {
    const [as, testClient] = [await discovered(), await make()];
    const [client, method] = [known(testClient), methodOf(testClient)];
    const parameters = { scope: 'uma_protection' };
    const response = await oauth.clientCredentialsGrantRequest(as, client, method, parameters, http());
    const { access_token } = await oauth.processClientCredentialsResponse(as, client, response);
    expect(await isAdmitted(authority, access_token)).toBe(true);
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, method, access_token, http()),
    );
    expect(await isAdmitted(authority, access_token)).toBe(false);
  });

  it('RFC 6749 §4.1, §6 code and refresh of a server with a secret', async () => {
    const [as, server] = [await discovered(), await aServer(authority)];
    const [client, method] = [known(server), oauth.ClientSecretBasic(appSecret)];
    const code = await aCode(authority, server);
    const parameters = oauth.validateAuthResponse(as, client, comeBack(code), 'state');
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      method,
      parameters,
      back,
      verifier,
      http(),
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer);
    expect(await isAdmitted(authority, tokens.access_token)).toBe(true);
    const again = await oauth.refreshTokenGrantRequest(
      as,
      client,
      method,
      tokens.refresh_token ?? '',
      http(),
    );
    const renewed = await oauth.processRefreshTokenResponse(as, client, again);
    expect(await isAdmitted(authority, renewed.access_token)).toBe(true);
  });

  it('RFC 7662 introspection by a resource server', async () => {
    const [as, app] = [await discovered(), await anApp(authority)];
    const code = await aCode(authority, app, { resources: [records.resource ?? ''] });
    const parameters = oauth.validateAuthResponse(as, known(app), comeBack(code), 'state');
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      known(app),
      oauth.None(),
      parameters,
      back,
      verifier,
      http(),
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, known(app), answer);
    const asked = await oauth.introspectionRequest(
      as,
      known(records),
      byKey(records),
      tokens.access_token,
      http(),
    );
    const told = await oauth.processIntrospectionResponse(as, known(records), asked);
    expect(told).toMatchObject({ active: true, aud: records.resource, client_id: app.id });
  });
});
