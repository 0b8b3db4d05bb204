/** Authorization server metadata (oauth-baseline.md, RFC 8414, RFC 9207 row 1). */
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { oauthFace } from '../../src/http/oauth-face.ts';
import { discoveryDocument } from '../../src/protocols/authorization-server/metadata.ts';
import { authorizationServerEndpoints } from '../../src/protocols/authorization-server/routes.ts';
import { rotateSigningKey } from '../../src/protocols/authorization-server/signing-key.ts';
import { issuer } from '../support/authority.ts';
import { authorityThroughout } from '../support/throughout.ts';

const authority = authorityThroughout();
let metadata: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  metadata = (await authority.get('/.well-known/oauth-authorization-server')).body;
});

describe('RFC 8414', () => {
  it('§3.1 is found where the path of the issuer follows, and where a proxy took it off (row 1)', async () => {
    const below = `${issuer}/tenants/one`;
    const discovery = discoveryDocument(below, authority.deps.grants, []);
    const endpoints = authorizationServerEndpoints({ ...authority.deps, issuer: below, discovery });
    const app = createApp([{ endpoints, face: oauthFace }], {
      clock: () => authority.world.at,
      random: authority.deps.random,
      log: () => {},
    });
    for (const path of [
      '/.well-known/oauth-authorization-server/tenants/one',
      '/.well-known/oauth-authorization-server',
    ])
      expect(await (await app.request(path)).json()).toMatchObject({
        issuer: below,
        token_endpoint: `${below}/oauth/token`,
      });
    expect((await app.request('/.well-known/oauth-authorization-server/tenants/two')).status).toBe(404);
  });

  it('§2, §3.3 names the issuer as it is configured (row 2)', () => {
    expect(metadata['issuer']).toBe(issuer);
  });

  it('§2 has every member it must have, and no empty list (row 3)', () => {
    expect(metadata).toMatchObject({
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      jwks_uri: `${issuer}/oauth/jwks`,
      response_types_supported: ['code'],
      scopes_supported: expect.arrayContaining(['uma_protection', 'offline_access']),
      grant_types_supported: authority.deps.grants.map(({ type }) => type),
    });
    expect(Object.values(metadata)).not.toContainEqual([]);
  });

  it('§2 says how clients prove themselves, and by which algorithms, never none (row 4)', () => {
    for (const endpoint of ['token', 'revocation', 'introspection']) {
      const methods = metadata[`${endpoint}_endpoint_auth_methods_supported`];
      expect(methods).toEqual(expect.arrayContaining(['private_key_jwt', 'client_secret_basic']));
      const algorithms = metadata[`${endpoint}_endpoint_auth_signing_alg_values_supported`];
      expect(algorithms).toEqual(['ES256', 'PS256', 'EdDSA']);
    }
    expect(metadata['introspection_endpoint_auth_methods_supported']).not.toContain('none');
  });

  it('has no authorization endpoint when no grant needs one', () => {
    const document = discoveryDocument(issuer, [{ type: 'client_credentials' }], []);
    expect(document).toMatchObject({ response_types_supported: ['none'] });
    expect(document).not.toHaveProperty('authorization_endpoint');
  });
});

it('RFC 9700 §2.1.1 advertises PKCE by S256 alone (row 2)', () => {
  expect(metadata['code_challenge_methods_supported']).toEqual(['S256']);
});

it('RFC 9700 §2.1.2, §2.4 offers neither implicit nor password (row 3)', () => {
  expect(metadata['grant_types_supported']).not.toEqual(expect.arrayContaining(['implicit']));
  expect(metadata['grant_types_supported']).not.toEqual(expect.arrayContaining(['password']));
});

it('RFC 9207 §3 promises the issuer in every authorization response (row 1)', () => {
  expect(metadata['authorization_response_iss_parameter_supported']).toBe(true);
});

describe('RFC 9110 §13.1.2 whoever has the answer asks whether it still holds', () => {
  const ask = (path: string, headers: Record<string, string> = {}) => authority.send(path, { headers });

  it.each(['/oauth/jwks', '/.well-known/oauth-authorization-server'])('%s', async (path) => {
    const first = await ask(path);
    const etag = first.headers.get('etag') ?? '';
    expect([first.status, etag]).toEqual([200, expect.stringMatching(/^"[\da-f]{40,}"$/)]);
    expect((await ask(path)).headers.get('etag')).toBe(etag);
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask(path, { 'if-none-match': tags, origin: 'https://app.example' });
      expect([again.status, again.body]).toEqual([304, undefined]);
      for (const [name, value] of [
        ['etag', etag],
        ['cache-control', first.headers.get('cache-control')],
        ['access-control-allow-origin', '*'],
      ] as const)
        expect(again.headers.get(name)).toBe(value);
    }
    for (const tags of ['"other"', etag.slice(1, -1), ''])
      expect((await ask(path, { 'if-none-match': tags })).status).toBe(200);
  });

  it('a key set with another key is another', async () => {
    const { headers } = await ask('/oauth/jwks');
    const held = { 'if-none-match': headers.get('etag') ?? '' };
    expect((await ask('/oauth/jwks', held)).status).toBe(304);
    await rotateSigningKey(authority.keyDeps, authority.world.at, { atOnce: false });
    authority.wait(10);
    const changed = await ask('/oauth/jwks', held);
    expect([changed.status, (changed.body['keys'] as unknown[]).length]).toEqual([200, 2]);
    expect(changed.headers.get('etag')).not.toBe(headers.get('etag'));
  });

  it('nothing else has one, refusals least of all', async () => {
    for (const path of ['/oauth/nothing', '/uma/resources'])
      expect((await ask(path, { 'if-none-match': '*' })).headers.get('etag')).toBeNull();
    const refused = await authority.postForm('/oauth/jwks', {}, { 'if-none-match': '*' });
    expect([refused.status, refused.headers.get('etag')]).toEqual([405, null]);
  });
});
