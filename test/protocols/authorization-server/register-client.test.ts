/** What an administrator can register, and which keys a client may bring. */
import { exportJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKeySet } from '../../../src/protocols/authorization-server/read-key-set.ts';
import {
  type ClientDescription,
  registerClient,
} from '../../../src/protocols/authorization-server/register-client.ts';
import { type Authority, issuer, startAuthority } from '../../support/authority.ts';
import { aKeyPair } from '../../support/keys.ts';

let authority: Authority;

beforeAll(async () => {
  authority = await startAuthority();
});
afterAll(() => authority.stop());

const back = 'https://app.example/back';

async function register(given: Partial<ClientDescription>) {
  const described = {
    name: 'a client',
    jwks: [(await aKeyPair()).publicJwk],
    grants: ['client_credentials'],
    scopes: ['decision'],
    patients: [],
    organizations: [],
    resource: undefined,
    may: [],
    ...given,
  };
  return await registerClient(authority.deps, described, authority.world.at);
}

describe('a client is registered', () => {
  it('under a random id, and found as it was described', async () => {
    const created = await register({
      patients: ['Patient/ann'],
      organizations: ['Organization/a'],
      may: ['file'],
    });
    if (!created.ok) throw new Error('not registered');
    expect(created.value.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(await authority.deps.clients.find(created.value.id)).toEqual(created.value);
    expect(created.value).toMatchObject({
      patients: ['Patient/ann'],
      organizations: ['Organization/a'],
      may: ['file'],
    });
  });

  it('without limits where none is given', async () => {
    const created = await register({});
    expect(created.ok && Object.keys(created.value)).not.toEqual(expect.arrayContaining(['patients']));
  });

  it('as an app that cannot keep a secret, wherever an app may listen (RFC 8252 §7)', async () => {
    const redirectUris = [back, 'http://127.0.0.1:4711/back', 'http://[::1]/', 'com.example.app:/back'];
    const grants = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:uma-ticket'];
    const created = await register({ jwks: [], isPublic: true, grants, redirectUris });
    expect(created).toMatchObject({ ok: true, value: { jwks: [], redirectUris, grants } });
    expect(created.ok && (await authority.deps.clients.find(created.value.id))).toEqual(
      created.ok && created.value,
    );
  });

  it.each([
    ['a secret', { jwks: [], secretHash: 'hash' }],
    ['keys elsewhere', { jwks: [], jwksUri: 'https://app.example/jwks' }],
    ['opaque tokens', { tokenFormat: 'opaque' }],
    ['a patient who is asked', { asynchronousApproval: true }],
    ['a way back for claims', { claimsRedirectUris: [back] }],
  ] as const)('with %s', async (_, given) => {
    const created = await register(given);
    expect(created).toMatchObject({ ok: true, value: given });
  });

  it('and stays disabled from the first time on', async () => {
    const created = await register({});
    const id = created.ok ? created.value.id : '';
    const first = authority.world.at;
    expect(await authority.deps.clients.disable(id, first)).toBe(true);
    authority.wait(10);
    expect(await authority.deps.clients.disable(id, authority.world.at)).toBe(true);
    expect((await authority.deps.clients.find(id))?.disabledAt).toBe(first);
  });
});

describe('a client is not registered', () => {
  const wrong: readonly (readonly [string, Partial<ClientDescription>])[] = [
    ['name', { name: '' }],
    ['jwks', { jwks: [] }],
    ['grants', { grants: [] }],
    ['grants', { grants: ['password'] }],
    ['scopes', { scopes: ['with"quote'] }],
    ['patients', { patients: ['ann'] }],
    ['organizations', { organizations: ['Patient/ann'] }],
    ['resource', { resource: 'not a URI' }],
    ['resource', { resource: 'https://as.example/#fragment' }],
    ['resource', { resource: issuer }],
    ['resource', { resource: `${issuer}/fhir/R4` }],
    ['may', { may: ['delete'] }],
    ['jwks', { secretHash: 'hash' }],
    ['jwks', { isPublic: true, grants: ['authorization_code'], redirectUris: [back] }],
    ['jwks', { jwks: [], jwksUri: 'https://app.example/jwks', secretHash: 'hash' }],
    ['jwksUri', { jwks: [], jwksUri: 'http://app.example/jwks' }],
    ['jwksUri', { jwks: [], jwksUri: 'com.example.app:/jwks' }],
    ['grants', { jwks: [], isPublic: true, grants: ['client_credentials'] }],
    ['grants', { grants: ['refresh_token'] }],
    ['redirectUris', { grants: ['authorization_code'] }],
    ['tokenFormat', { tokenFormat: 'paseto' }],
    ...[
      'https://app.example/#f',
      'http://app.example/',
      'app.example/back',
      'javascript:alert(1)',
      'myapp:/back',
    ]
      .concat([
        'https://user@app.example/',
        'http://localhost.evil.example/',
        'https://app.example/\u0000',
        '',
      ])
      .flatMap((uri): [string, Partial<ClientDescription>][] => [
        ['redirectUris', { redirectUris: [uri] }],
        ['claimsRedirectUris', { claimsRedirectUris: [uri] }],
      ]),
  ];

  it.each(wrong)('for its %s: %o', async (member, given) => {
    const created = await register(given);
    expect(created).toMatchObject({ ok: false, failure: [{ member }] });
  });

  it('when another serves under the same URI', async () => {
    expect((await register({ resource: 'https://as.example' })).ok).toBe(true);
    expect(await register({ resource: 'https://as.example' })).toMatchObject({
      ok: false,
      failure: [{ member: 'resource' }],
    });
  });

  it('and hears of every problem at once', async () => {
    const created = await register({ name: '', may: ['delete'], patients: ['x'] });
    expect(created.ok ? [] : created.failure.map(({ member }) => member)).toEqual([
      'name',
      'patients',
      'may',
    ]);
  });
});

describe('a key that could never authenticate its client is refused (oauth-baseline.md, private_key_jwt row 6)', () => {
  const problem = { ok: false, failure: [{ member: 'jwks', expected: expect.stringContaining('ES256') }] };

  it.each(['ES384', 'RS256'])('for %s', async (alg) => {
    expect(await register({ jwks: [(await aKeyPair(alg)).publicJwk] })).toEqual(problem);
  });

  it('for encryption', async () => {
    const { publicJwk } = await aKeyPair();
    expect(await register({ jwks: [{ ...publicJwk, use: 'enc' }] })).toEqual(problem);
    expect(await register({ jwks: [{ ...publicJwk, key_ops: ['encrypt'] }] })).toEqual(problem);
  });

  it.each(['ES256', 'PS256', 'EdDSA'])('while one for %s is welcome', async (alg) => {
    const { alg: _, use: __, ...bare } = (await aKeyPair(alg)).publicJwk;
    expect((await register({ jwks: [bare] })).ok).toBe(true);
  });
});

describe('keys are read', () => {
  it('from a set or alone, and get a kid when they have none', async () => {
    const { publicJwk } = await aKeyPair();
    const { kid, ...anonymous } = publicJwk;
    expect(await readKeySet({ keys: [publicJwk] } as never)).toEqual({ ok: true, value: [publicJwk] });
    expect(await readKeySet(anonymous as never)).toEqual({ ok: true, value: [{ ...anonymous, kid }] });
  });

  it('but not with their private part', async () => {
    const { privateKey } = await aKeyPair();
    expect(await readKeySet((await exportJWK(privateKey)) as never)).toEqual({
      ok: false,
      failure: { reason: 'private-key' },
    });
  });

  it.each([
    ['not-a-key-set', {}],
    ['not-a-key-set', { keys: [] }],
    ['not-a-key-set', { kty: 'oct', k: 'AAAA' }],
    ['unusable-key', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
    ['unusable-key', { kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' }],
    ['unusable-key', { kty: 'RSA', n: 'A'.repeat(170), e: 'AQAB' }],
  ])('and %s is said of %o', async (reason, json) => {
    expect(await readKeySet(json as never)).toMatchObject({ ok: false, failure: { reason } });
  });
});
