/** Keys that their holder publishes (OpenID Connect Discovery row 1 of oauth-baseline.md): kept, looked at again, bounded. */
import { beforeEach, describe, expect, it } from 'vitest';
import { asInstant, type Instant, plusSeconds } from '../../../src/base/instant.ts';
import type { Json } from '../../../src/base/json.ts';
import { err, ok, type Result } from '../../../src/base/result.ts';
import type { FetchedJson, FetchProblem } from '../../../src/protocols/authorization-server/fetch-json.ts';
import { createKeySetCache, createKeysOf } from '../../../src/protocols/authorization-server/keys-of.ts';
import { aKeyPair, type KeyPair } from '../../support/keys.ts';

const uri = 'https://client.example/jwks';
const start = asInstant(Date.parse('2026-10-01T10:00:00Z'));

let old: KeyPair;
let fresh: KeyPair;
let at: Instant;
let asked: string[];
let logged: unknown[];
let answer: () => Promise<Result<FetchedJson, FetchProblem>>;

const publishing =
  (keys: readonly unknown[], maxAgeSeconds?: number): typeof answer =>
  async () =>
    ok({ json: { keys } as Json, maxAgeSeconds });

const createKeys = () =>
  createKeysOf({
    fetchJson: (url) => {
      asked.push(url);
      return answer();
    },
    cache: createKeySetCache(),
    log: (event, facts) => logged.push([event, facts]),
  });
const holder = { jwks: [], jwksUri: uri };
const wait = (seconds: number): void => {
  at = plusSeconds(at, seconds);
};

beforeEach(async () => {
  [old, fresh] = [await aKeyPair(), await aKeyPair('EdDSA')];
  [at, asked, logged] = [start, [], []];
  answer = publishing([old.publicJwk]);
});

it('keys on file are nobody’s to fetch', async () => {
  expect(await createKeys()({ jwks: [old.publicJwk] }, at, 'unknown')).toEqual([old.publicJwk]);
  expect(asked).toEqual([]);
});

describe('a published key set', () => {
  it('is fetched once and kept for ten minutes, unless its publisher says otherwise', async () => {
    const keysOf = createKeys();
    for (const seconds of [0, 1, 598]) {
      wait(seconds);
      expect(await keysOf(holder, at, old.kid)).toEqual([old.publicJwk]);
    }
    expect(asked).toEqual([uri]);
    wait(1);
    await keysOf(holder, at);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['never shorter than a minute', 0, 60],
    ['as long as was said', 3600, 3600],
    ['never longer than a day', 999_999_999, 86_400],
  ])('is kept %s', async (_, maxAgeSeconds, kept) => {
    answer = publishing([old.publicJwk], maxAgeSeconds);
    const keysOf = createKeys();
    await keysOf(holder, at);
    wait(kept - 1);
    await keysOf(holder, at);
    expect(asked).toHaveLength(1);
    wait(1);
    await keysOf(holder, at);
    expect(asked).toHaveLength(2);
  });

  it('is looked at again for a key that is not in it, once a minute', async () => {
    const keysOf = createKeys();
    await keysOf(holder, at, old.kid);
    answer = publishing([old.publicJwk, fresh.publicJwk]);
    expect(await keysOf(holder, at, fresh.kid)).toEqual([old.publicJwk]);
    wait(60);
    expect(await keysOf(holder, at, fresh.kid)).toEqual([old.publicJwk, fresh.publicJwk]);
    for (const kid of ['a', 'b', 'c']) await keysOf(holder, at, kid);
    expect(asked).toHaveLength(2);
  });

  it('is fetched once for all who come meanwhile', async () => {
    const keysOf = createKeys();
    const all = await Promise.all(Array.from({ length: 20 }, () => keysOf(holder, at, 'unknown')));
    expect(asked).toHaveLength(1);
    expect(new Set(all.map((keys) => keys[0]?.kid))).toEqual(new Set([old.kid]));
  });

  it('that cannot be fetched means no keys, and is not asked for again for half a minute', async () => {
    answer = async () => err('refused-address');
    const keysOf = createKeys();
    expect(await keysOf(holder, at)).toEqual([]);
    wait(29);
    expect(await keysOf(holder, at)).toEqual([]);
    expect(asked).toHaveLength(1);
    expect(logged).toEqual([['keys.unavailable', { uri, reason: 'refused-address' }]]);
    answer = publishing([old.publicJwk]);
    wait(1);
    expect(await keysOf(holder, at)).toEqual([old.publicJwk]);
  });

  it('outlives a failure as long as it is fresh, and not a moment longer', async () => {
    const keysOf = createKeys();
    await keysOf(holder, at);
    answer = async () => err('timed-out');
    wait(300);
    expect(await keysOf(holder, at, 'unknown')).toEqual([old.publicJwk]);
    expect(asked).toHaveLength(2);
    wait(299);
    expect(await keysOf(holder, at, old.kid)).toEqual([old.publicJwk]);
    wait(1);
    expect(await keysOf(holder, at, old.kid)).toEqual([]);
  });

  it('is kept for so many publishers at most', async () => {
    const keysOf = createKeys();
    for (let i = 0; i <= 500; i++) await keysOf({ jwks: [], jwksUri: `${uri}/${i}` }, at);
    await keysOf({ jwks: [], jwksUri: `${uri}/500` }, at);
    expect(asked).toHaveLength(501);
    await keysOf({ jwks: [], jwksUri: `${uri}/0` }, at);
    expect(asked).toHaveLength(502);
  });

  it('may hold what we cannot use, which is passed over (RFC 7517 §5)', async () => {
    const others = [
      { kty: 'unheard-of' },
      { kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' },
      { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
      { ...fresh.publicJwk, use: 'enc' },
      { ...fresh.publicJwk, key_ops: ['encrypt'] },
      {},
    ];
    answer = publishing([...others, old.publicJwk]);
    expect(await createKeys()(holder, at)).toEqual([old.publicJwk]);
  });

  it.each([
    ['a private key', () => [{ ...old.publicJwk, d: 'secret' }, fresh.publicJwk], 'private-key'],
    ['a shared secret', () => [{ kty: 'oct', k: 'secret' }, fresh.publicJwk], 'private-key'],
    ['more keys than anybody needs', () => Array.from({ length: 51 }, () => old.publicJwk), 'not-a-key-set'],
    ['keys that are none', () => ['key'], 'not-a-key-set'],
  ])('with %s is not used at all', async (_, keys, reason) => {
    answer = publishing(keys());
    expect(await createKeys()(holder, at)).toEqual([]);
    expect(logged).toEqual([['keys.unavailable', { uri, reason }]]);
  });

  it.each([[[]], [null], ['keys'], [{ keys: {} }], [{}]])('is not %j', async (json) => {
    answer = async () => ok({ json, maxAgeSeconds: undefined });
    expect(await createKeys()(holder, at)).toEqual([]);
    expect(logged).toHaveLength(1);
  });
});
