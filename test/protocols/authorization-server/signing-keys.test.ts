/** Our signing keys (oauth-baseline.md, Clock, keys, randomness): encrypted at rest, rotated with an overlap. */
import { randomBytes } from 'node:crypto';
import { compactVerify, createLocalJWKSet } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyRing } from '../../../src/protocols/authorization-server/key-ring.ts';
import { seal, unseal } from '../../../src/protocols/authorization-server/seal.ts';
import {
  ensureSigningKey,
  rotateSigningKey,
} from '../../../src/protocols/authorization-server/signing-key.ts';
import {
  type Authority,
  aClient,
  accessToken,
  startAuthority,
  type TestClient,
} from '../../support/authority.ts';
import { headerOf } from '../../support/keys.ts';

let authority: Authority;
let client: TestClient;

beforeAll(async () => {
  authority = await startAuthority();
  client = await aClient(authority, { scopes: ['uma_protection'] });
});
afterAll(() => authority.stop());

const publishedKids = async (): Promise<readonly string[]> => {
  const { body } = await authority.get('/oauth/jwks');
  return (body['keys'] as readonly { readonly kid: string }[]).map(({ kid }) => kid);
};
const newToken = (): Promise<string> => accessToken(authority, client, 'uma_protection');
const admits = async (token: string): Promise<boolean> =>
  (await authority.get('/uma/resources', token)).status === 200;
const rotate = (atOnce: boolean) => rotateSigningKey(authority.keyDeps, authority.world.at, atOnce);

describe('the key set', () => {
  it('holds public keys alone, may be cached, and verifies our tokens', async () => {
    const { body, headers } = await authority.get('/oauth/jwks');
    expect(headers.get('cache-control')).toMatch(/max-age=300/);
    expect(headers.get('content-type')).toBe('application/jwk-set+json');
    const keys = body['keys'] as readonly Record<string, string>[];
    expect(keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        kid: expect.any(String),
        alg: 'ES256',
        use: 'sig',
      },
    ]);
    await compactVerify(await newToken(), createLocalJWKSet({ keys: keys as never }));
  });
});

describe('a signing key at rest', () => {
  it('is not readable in the database', async () => {
    const rows = await authority.db.execute('select row_to_json(signing_key)::text as row from signing_key');
    expect(rows).not.toHaveLength(0);
    for (const { row } of rows) expect(String(row)).not.toMatch(/"d"/);
  });

  it('is of no use under another secret', async () => {
    const ring = createKeyRing({ ...authority.keyDeps, keySecret: 'a wrong secret' });
    await expect(ring.signer(authority.world.at)).rejects.toThrow('HEADWATER_KEY_SECRET');
  });

  it('is made once, however many servers start at the same time', async () => {
    const fresh = await startAuthority();
    await fresh.db.execute('delete from signing_key');
    await Promise.all(Array.from({ length: 5 }, () => ensureSigningKey(fresh.keyDeps, fresh.world.at)));
    expect(await fresh.signingKeys.list()).toHaveLength(1);
    await fresh.stop();
  });
});

describe('what is sealed', () => {
  const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));

  it('opens with the same secret under the same label', async () => {
    expect(await unseal(await seal('text', 'label', 'secret', random), 'label', 'secret')).toBe('text');
  });

  it('opens neither with another secret, nor under another label, nor when it was changed', async () => {
    const sealed = await seal('text', 'label', 'secret', random);
    expect(await unseal(sealed, 'label', 'other')).toBeUndefined();
    expect(await unseal(sealed, 'other', 'secret')).toBeUndefined();
    expect(await unseal(`${sealed.slice(0, -2)}AA`, 'label', 'secret')).toBeUndefined();
    expect(await unseal('not sealed at all', 'label', 'secret')).toBeUndefined();
  });

  it('looks different each time', async () => {
    expect(await seal('text', 'label', 'secret', random)).not.toBe(
      await seal('text', 'label', 'secret', random),
    );
  });
});

describe('a rotation', () => {
  it('publishes the new key before it signs, and keeps the old one until what it signed has expired', async () => {
    const [old] = await publishedKids();
    const before = await newToken();
    const { kid } = await rotate(false);
    authority.wait(20);
    expect(await publishedKids()).toEqual(expect.arrayContaining([old, kid]));
    expect(headerOf(await newToken())['kid']).toBe(old);
    authority.wait(300);
    const after = await newToken();
    expect(headerOf(after)['kid']).toBe(kid);
    expect([await admits(before), await admits(after)]).toEqual([true, true]);
    authority.wait(3700);
    expect(await publishedKids()).toEqual([kid]);
  });

  it('at once ends the old key and all it signed', async () => {
    const before = await newToken();
    const { kid } = await rotate(true);
    authority.wait(11);
    expect(await publishedKids()).toEqual([kid]);
    expect(await admits(before)).toBe(false);
    expect(await admits(await newToken())).toBe(true);
  });

  it('of a service that has no key yet leaves it with one that signs', async () => {
    await authority.db.execute('delete from signing_key');
    authority.wait(11);
    const { kid } = await rotate(false);
    expect(headerOf(await newToken())['kid']).toBe(kid);
  });
});
