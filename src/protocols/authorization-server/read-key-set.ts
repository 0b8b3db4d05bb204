/** Reads the public keys that a party hands in: a JWK Set, or a single JWK (RFC 7517). */
import { calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import type { Json } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { PublicJwk } from './client.ts';

export type KeySetProblem =
  | { readonly reason: 'not-a-key-set' }
  | { readonly reason: 'private-key' }
  | { readonly reason: 'unusable-key'; readonly kid: string | undefined };

const jwk = z.looseObject({
  kty: z.enum(['EC', 'RSA', 'OKP']),
  kid: z.string().optional(),
  crv: z.string().optional(),
});
const keySet = z.union([
  z.object({ keys: z.array(jwk).min(1).max(20) }),
  jwk.transform((key) => ({ keys: [key] })),
]);

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
/** The algorithm that a key of this kind is tried with. */
const algorithmOf: Readonly<Record<string, string>> = {
  RSA: 'PS256',
  'P-256': 'ES256',
  'P-384': 'ES384',
  Ed25519: 'EdDSA',
};

/** Whether a client could prove itself by this key: what is registered must be of use (private_key_jwt row 6). */
export function canAuthenticate(key: PublicJwk, algorithms: readonly string[]): boolean {
  const algorithm = algorithmOf[key.kty === 'RSA' ? 'RSA' : (key.crv ?? '')];
  if (!isForVerifying(key) || algorithm === undefined || !algorithms.includes(algorithm)) return false;
  return key.alg === undefined || key.alg === algorithm;
}

const isForVerifying = ({ use = 'sig', key_ops: operations }: JWK): boolean =>
  use === 'sig' && (operations === undefined || operations.includes('verify'));

/** Shorter RSA keys are refused by everything we verify with (RFC 7518 §3.5). */
const shortestModulus = 256;

/** A key without a kid gets its thumbprint for one (RFC 7638). */
const named = async (key: JWK): Promise<PublicJwk> => ({
  ...key,
  kid: key.kid ?? (await calculateJwkThumbprint(key)),
});

export async function readKeySet(json: Json): Promise<Result<readonly PublicJwk[], KeySetProblem>> {
  const parsed = keySet.safeParse(json);
  if (!parsed.success) return err({ reason: 'not-a-key-set' });
  const keys: PublicJwk[] = [];
  for (const key of parsed.data.keys as readonly JWK[]) {
    if (privateMembers.some((member) => member in key)) return err({ reason: 'private-key' });
    if (!(await isUsable(key))) return err({ reason: 'unusable-key', kid: key.kid });
    keys.push(await named(key));
  }
  return ok(keys);
}

/** More would be work that somebody else gives us. */
const mostPublished = 50;
const publishedKeySet = z.object({ keys: z.array(z.looseObject({})).max(mostPublished) });

/**
 * What a party publishes is for others as well: what we cannot use is passed over (RFC 7517 §5). A private key among
 * them is a party that lost its keys, and none of them is used.
 */
export async function readPublishedKeySet(json: Json): Promise<Result<readonly PublicJwk[], KeySetProblem>> {
  const parsed = publishedKeySet.safeParse(json);
  if (!parsed.success) return err({ reason: 'not-a-key-set' });
  const keys: PublicJwk[] = [];
  for (const published of parsed.data.keys) {
    if (privateMembers.some((member) => member in published)) return err({ reason: 'private-key' });
    const key = jwk.safeParse(published);
    if (key.success && isForVerifying(key.data as JWK) && (await isUsable(key.data as JWK)))
      keys.push(await named(key.data as JWK));
  }
  return ok(keys);
}

async function isUsable(key: JWK): Promise<boolean> {
  const algorithm = algorithmOf[key.kty === 'RSA' ? 'RSA' : (key.crv ?? '')];
  if (algorithm === undefined || (key.kty === 'RSA' && (key.n?.length ?? 0) * 0.75 < shortestModulus))
    return false;
  try {
    await importJWK(key, algorithm);
    return true;
  } catch {
    return false;
  }
}
