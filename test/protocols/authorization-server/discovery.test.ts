/** What we say of ourselves (uma2.md U1; oauth-baseline.md, RFC 8414), and that it is what we do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discoveryDocument } from '../../../src/protocols/authorization-server/metadata.ts';
import { type Authority, aClient, askForToken, issuer, startAuthority } from '../../support/authority.ts';

let authority: Authority;

beforeAll(async () => {
  authority = await startAuthority();
});
afterAll(() => authority.stop());

describe.each(['/.well-known/oauth-authorization-server', '/.well-known/uma2-configuration'])(
  '%s',
  (path) => {
    it('names the issuer and every endpoint below it (U1)', async () => {
      const { status, body, headers } = await authority.get(path);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toContain('application/json');
      expect(body).toMatchObject({
        issuer,
        token_endpoint: `${issuer}/oauth/token`,
        jwks_uri: `${issuer}/oauth/jwks`,
        introspection_endpoint: `${issuer}/oauth/introspect`,
        revocation_endpoint: `${issuer}/oauth/revoke`,
        resource_registration_endpoint: `${issuer}/uma/resources`,
        permission_endpoint: `${issuer}/uma/permission`,
        token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'none'],
        token_endpoint_auth_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA'],
        uma_profiles_supported: [`${issuer}/uma/profiles/rs-pat`, `${issuer}/uma/profiles/cascade`],
      });
    });

    it('has no empty list (RFC 8414 §3.2)', async () => {
      const { body } = await authority.get(path);
      expect(Object.values(body).filter((value) => Array.isArray(value) && value.length === 0)).toEqual([]);
      expect(body['response_types_supported']).toBeDefined();
    });

    it('is served to everybody and may be cached', async () => {
      expect((await authority.get(path)).headers.get('cache-control')).toMatch(/max-age=\d+/);
    });

    it('is not sent again to whoever has it (RFC 9110 §13.1.2)', async () => {
      const etag = (await authority.get(path)).headers.get('etag') ?? '';
      const again = await authority.send(path, { headers: { 'if-none-match': etag } });
      expect([again.status, again.body]).toEqual([304, undefined]);
      const other = await authority.send(path, { headers: { 'if-none-match': '"other"' } });
      expect(other.status).toBe(200);
    });
  },
);

it('a grant is advertised exactly when the token endpoint serves it', async () => {
  const { body } = await authority.get('/.well-known/uma2-configuration');
  expect(body['grant_types_supported']).toEqual([
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:uma-ticket',
  ]);
  const client = await aClient(authority);
  for (const grant_type of body['grant_types_supported'] as readonly string[]) {
    const { body: answer } = await askForToken(authority, client, { grant_type });
    expect(answer['error']).not.toBe('unsupported_grant_type');
  }
});

it('contributions add their members and join their lists', () => {
  const document = discoveryDocument(issuer, [{ type: 'g' }], [{ a: ['1'], b: 'x' }, { a: ['2', '1'] }]);
  expect(document).toMatchObject({ issuer, grant_types_supported: ['g'], a: ['1', '2'], b: 'x' });
});

it('a contribution does not change who we are', () => {
  expect(discoveryDocument(issuer, [], [{ issuer: 'https://elsewhere.example' }]).issuer).toBe(issuer);
});
