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
import { err, ok, type Result } from '../../base/result.ts';
import { seal, unseal } from './seal.ts';
import type { SealedKey, SigningKeyStore } from './signing-key-store.ts';

/** RFC 9068 §2.1: asymmetric, RS256 among them. The first is what a new service signs with. */
export const signingAlgorithms = ['ES256', 'EdDSA', 'RS256'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

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

export type Rotation = {
  /** The old keys are not trusted any more, so neither they nor what they signed outlive this moment. */
  readonly atOnce: boolean;
  /** Absent: that of the key it succeeds. */
  readonly algorithm?: SigningAlgorithm;
};

export async function rotateSigningKey(
  deps: SigningKeyDeps,
  at: Instant,
  { atOnce, algorithm }: Rotation,
): Promise<SealedKey> {
  const current = currentKey(await deps.signingKeys.list(), at);
  // A service must not be left without a key while a new one waits to be known.
  const activeFrom = atOnce || current === undefined ? at : plusSeconds(at, keySetMaxAgeSeconds);
  const key = await generateSigningKey(deps, at, activeFrom, algorithm ?? (current && algorithmOf(current)));
  await deps.signingKeys.succeed(key, atOnce ? at : plusSeconds(at, overlapSeconds));
  return key;
}

/** `last-key`: without it nothing could be signed, now or as soon as the others have ended. */
export type RetirementProblem = 'unknown-key' | 'retired-already' | 'last-key';

/** Ends one key at this moment, with all it signed. */
export async function retireSigningKey(
  { signingKeys, keySecret }: SigningKeyDeps,
  kid: string,
  at: Instant,
): Promise<Result<SealedKey, RetirementProblem>> {
  const keys = await signingKeys.list();
  const key = keys.find((candidate) => candidate.kid === kid);
  if (!key) return err('unknown-key');
  if (!isPublished(key, at)) return err('retired-already');
  const others = keys.filter((other) => other.kid !== kid);
  const successor = currentKey(others, at);
  if (!successor || others.every(({ retiredAt }) => retiredAt !== undefined)) return err('last-key');
  // One that does not open could not take over.
  await openPrivateKey(successor, keySecret);
  await signingKeys.retire(kid, at);
  return ok({ ...key, retiredAt: at });
}

async function generateSigningKey(
  deps: SigningKeyDeps,
  at: Instant,
  activeFrom: Instant,
  algorithm: SigningAlgorithm = signingAlgorithms[0],
): Promise<SealedKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const bare = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(bare);
  const privateJwk = JSON.stringify(await exportJWK(pair.privateKey));
  return {
    kid,
    publicJwk: { ...bare, kid, alg: algorithm, use: 'sig' },
    sealed: await seal(privateJwk, kid, deps.keySecret, deps.random),
    createdAt: at,
    activeFrom,
  };
}

/** INVARIANT: a key signs, and verifies, by the one algorithm that it was made for. */
export function algorithmOf({ kid, publicJwk }: Pick<SealedKey, 'kid' | 'publicJwk'>): SigningAlgorithm {
  const algorithm = signingAlgorithms.find((known) => known === publicJwk.alg);
  if (!algorithm) throw new Error(`signing key ${kid} is for no algorithm that we sign with`);
  return algorithm;
}

export const isPublished = (key: SealedKey, at: Instant): boolean =>
  key.retiredAt === undefined || key.retiredAt > at;

/** Signs nothing with a key that is not in service: not yet, or no longer. */
export const currentKey = (keys: readonly SealedKey[], at: Instant): SealedKey | undefined =>
  keys
    .filter((key) => key.activeFrom <= at && isPublished(key, at))
    .sort((a, b) => b.activeFrom - a.activeFrom)[0];

/** A key as it is used. */
export type OpenKey = {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly key: CryptoKey;
};

export async function openPrivateKey(sealed: SealedKey, keySecret: string): Promise<OpenKey> {
  const text = await unseal(sealed.sealed, sealed.kid, keySecret);
  if (text === undefined)
    throw new Error(`signing key ${sealed.kid} cannot be decrypted with HEADWATER_KEY_SECRET`);
  return await openKey(sealed, JSON.parse(text));
}

export const openPublicKey = (sealed: SealedKey): Promise<OpenKey> => openKey(sealed, sealed.publicJwk);

async function openKey(sealed: SealedKey, jwk: JWK): Promise<OpenKey> {
  const algorithm = algorithmOf(sealed);
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new Error('a signing key is not symmetric');
  return { kid: sealed.kid, algorithm, key };
}
