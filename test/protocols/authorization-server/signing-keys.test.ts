/** Our signing keys (oauth-baseline.md, Clock, keys, randomness): encrypted at rest, rotated with an overlap. */
import { randomBytes } from 'node:crypto';
import {
  type CryptoKey,
  compactVerify,
  createLocalJWKSet,
  importJWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyRing } from '../../../src/protocols/authorization-server/key-ring.ts';
import { seal, unseal } from '../../../src/protocols/authorization-server/seal.ts';
import {
  ensureSigningKey,
  openPrivateKey,
  retireSigningKey,
  rotateSigningKey,
  type SigningAlgorithm,
} from '../../../src/protocols/authorization-server/signing-key.ts';
import {
  type Authority,
  aClient,
  accessToken,
  startAuthority,
  type TestClient,
} from '../../support/authority.ts';
import { headerOf, payloadOf } from '../../support/keys.ts';

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
const rotate = (atOnce: boolean, algorithm?: SigningAlgorithm) =>
  rotateSigningKey(authority.keyDeps, authority.world.at, { atOnce, ...(algorithm && { algorithm }) });
const retire = (kid: string) => retireSigningKey(authority.keyDeps, kid, authority.world.at);

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

  it('at once ends also what an earlier rotation had left published', async () => {
    await rotate(false);
    const { kid } = await rotate(true);
    authority.wait(11);
    expect(await publishedKids()).toEqual([kid]);
  });

  it('of a service that has no key yet leaves it with one that signs', async () => {
    await authority.db.execute('delete from signing_key');
    authority.wait(11);
    const { kid } = await rotate(false);
    expect(headerOf(await newToken())['kid']).toBe(kid);
  });
});

describe('a key of another algorithm', () => {
  const keyPairOf = async (kid: string) => {
    const sealed = (await authority.signingKeys.list()).find((key) => key.kid === kid);
    if (!sealed) throw new Error('no such key');
    return { sealed, ...(await openPrivateKey(sealed, authority.keyDeps.keySecret)) };
  };
  const forged = (token: string, header: JWTHeaderParameters, key: CryptoKey | Uint8Array) =>
    new SignJWT(payloadOf(token)).setProtectedHeader({ typ: 'at+jwt', ...header }).sign(key);

  it.each(['EdDSA', 'RS256', 'ES256'] as const)('%s signs, and is admitted', async (algorithm) => {
    const { kid } = await rotate(true, algorithm);
    authority.wait(11);
    const token = await newToken();
    expect(headerOf(token)).toEqual({ alg: algorithm, typ: 'at+jwt', kid });
    expect(await admits(token)).toBe(true);
    const { body } = await authority.get('/oauth/jwks');
    expect(body['keys']).toEqual([expect.objectContaining({ kid, alg: algorithm, use: 'sig' })]);
    expect(JSON.stringify(body)).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
    await compactVerify(token, createLocalJWKSet(body as never), { algorithms: [algorithm] });
  });

  it('is succeeded by one of its own, unless told otherwise', async () => {
    await rotate(true, 'EdDSA');
    expect((await rotate(true)).publicJwk.alg).toBe('EdDSA');
  });

  it('is published beside the one before, and both are believed', async () => {
    await rotate(true, 'ES256');
    authority.wait(11);
    const before = await newToken();
    const { kid } = await rotate(false, 'EdDSA');
    authority.wait(301);
    const after = await newToken();
    expect([headerOf(before)['alg'], headerOf(after)['alg']]).toEqual(['ES256', 'EdDSA']);
    expect([await admits(before), await admits(after)]).toEqual([true, true]);
    expect(await publishedKids()).toEqual([kid, headerOf(before)['kid']]);
  });

  it('verifies nothing under the name of another key, nor by another algorithm (RFC 8725 §3.1)', async () => {
    await rotate(true, 'ES256');
    authority.wait(11);
    const token = await newToken();
    const { kid } = await rotate(false, 'RS256');
    authority.wait(301);
    expect(await admits(await newToken())).toBe(true);
    const [elliptic, rsa] = [await keyPairOf(String(headerOf(token)['kid'])), await keyPairOf(kid)];
    // Genuine keys of ours, wrongly named.
    expect(await admits(await forged(token, { alg: 'ES256', kid: rsa.kid }, elliptic.key))).toBe(false);
    expect(await admits(await forged(token, { alg: 'RS256', kid: elliptic.kid }, rsa.key))).toBe(false);
    // The RSA key under an algorithm that is not its own.
    const privateJwk = JSON.parse((await unseal(rsa.sealed.sealed, kid, authority.keyDeps.keySecret)) ?? '');
    const pss = (await importJWK({ ...privateJwk, alg: 'PS256' }, 'PS256')) as CryptoKey;
    expect(await admits(await forged(token, { alg: 'PS256', kid }, pss))).toBe(false);
    // A public key as if it were a shared secret.
    const shared = new TextEncoder().encode(JSON.stringify(rsa.sealed.publicJwk));
    expect(await admits(await forged(token, { alg: 'HS256', kid }, shared))).toBe(false);
  });
});

describe('retiring a key', () => {
  it('ends it at once with all it signed, while another signs on', async () => {
    await rotate(true);
    authority.wait(11);
    const before = await newToken();
    const { kid } = await rotate(false);
    authority.wait(301);
    expect(await retire(String(headerOf(before)['kid']))).toMatchObject({ ok: true });
    authority.wait(11);
    expect(await publishedKids()).toEqual([kid]);
    expect(await admits(before)).toBe(false);
    expect(await admits(await newToken())).toBe(true);
  });

  it('is refused where no key would be left to sign, now or later', async () => {
    const { kid: signing } = await rotate(true);
    expect(await retire(signing)).toEqual({ ok: false, failure: 'last-key' });
    const { kid: waiting } = await rotate(false);
    // The one that signs now is the only one until the other begins; and it has an end by now.
    expect(await retire(signing)).toEqual({ ok: false, failure: 'last-key' });
    expect(await retire(waiting)).toEqual({ ok: false, failure: 'last-key' });
    expect(await retire('unknown')).toEqual({ ok: false, failure: 'unknown-key' });
    authority.wait(301);
    expect(await retire(signing)).toMatchObject({ ok: true });
    expect(await retire(signing)).toEqual({ ok: false, failure: 'retired-already' });
  });

  it('is refused when the one that remains does not open with our secret', async () => {
    const { kid } = await rotate(true);
    authority.wait(1);
    await rotateSigningKey({ ...authority.keyDeps, keySecret: 'another secret' }, authority.world.at, {
      atOnce: false,
    });
    authority.wait(301);
    await expect(retire(kid)).rejects.toThrow('HEADWATER_KEY_SECRET');
    expect(await publishedKids()).toContain(kid);
  });
});
