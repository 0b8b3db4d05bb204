/** Our own signing keys: made, put into service with an overlap, and held ready for signing and checking. */
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import type { RandomBytes } from '../../base/clock.ts';
import { type Instant, plusSeconds } from '../../base/instant.ts';
import type { PublicJwk } from './client.ts';
import { seal, unseal } from './seal.ts';
import type { SealedKey, SigningKeyStore } from './signing-key-store.ts';

export const signingAlgorithm = 'ES256';

/** How long others may cache our key set; a new key waits that long before it signs. */
export const keySetMaxAgeSeconds = 300;
/** The longest life of a token, and some room for clocks: how long a predecessor stays published. */
const overlapSeconds = 3600 + keySetMaxAgeSeconds + 60;

export type SigningKeyDeps = {
  readonly signingKeys: SigningKeyStore;
  /** `HEADWATER_KEY_SECRET`. */
  readonly keySecret: string;
  readonly random: RandomBytes;
};

/** A service that never had a key gets one; several that start at once agree on what is in the store. */
export async function ensureSigningKey(deps: SigningKeyDeps, at: Instant): Promise<void> {
  const keys = await deps.signingKeys.list();
  if (keys.length === 0) await deps.signingKeys.addFirst(await generateSigningKey(deps, at, at));
}

/** `atOnce`: the old key is not trusted any more, so neither it nor what it signed outlives this moment. */
export async function rotateSigningKey(
  deps: SigningKeyDeps,
  at: Instant,
  atOnce: boolean,
): Promise<SealedKey> {
  // A service must not be left without a key while a new one waits to be known.
  const isUrgent = atOnce || currentKey(await deps.signingKeys.list(), at) === undefined;
  const key = await generateSigningKey(deps, at, isUrgent ? at : plusSeconds(at, keySetMaxAgeSeconds));
  await deps.signingKeys.succeed(key, atOnce ? at : plusSeconds(at, overlapSeconds));
  return key;
}

async function generateSigningKey(
  deps: SigningKeyDeps,
  at: Instant,
  activeFrom: Instant,
): Promise<SealedKey> {
  const pair = await generateKeyPair(signingAlgorithm, { extractable: true });
  const bare = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(bare);
  const privateJwk = JSON.stringify(await exportJWK(pair.privateKey));
  return {
    kid,
    publicJwk: { ...bare, kid, alg: signingAlgorithm, use: 'sig' },
    sealed: await seal(privateJwk, kid, deps.keySecret, deps.random),
    createdAt: at,
    activeFrom,
  };
}

export const isPublished = (key: SealedKey, at: Instant): boolean =>
  key.retiredAt === undefined || key.retiredAt > at;

/** Signs nothing with a key that is not in service: not yet, or no longer. */
export const currentKey = (keys: readonly SealedKey[], at: Instant): SealedKey | undefined =>
  keys
    .filter((key) => key.activeFrom <= at && isPublished(key, at))
    .sort((a, b) => b.activeFrom - a.activeFrom)[0];

export async function openPrivateKey(key: SealedKey, keySecret: string): Promise<CryptoKey> {
  const text = await unseal(key.sealed, key.kid, keySecret);
  if (text === undefined)
    throw new Error(`signing key ${key.kid} cannot be decrypted with HEADWATER_KEY_SECRET`);
  return await importKey(JSON.parse(text));
}

export const openPublicKey = (jwk: PublicJwk): Promise<CryptoKey> => importKey(jwk);

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, signingAlgorithm);
  if (key instanceof Uint8Array) throw new Error('a signing key is not symmetric');
  return key;
}
