/** Encrypts what must not lie readable in the database: AES-256-GCM under a key derived from `HEADWATER_KEY_SECRET`. */
import type { CryptoKey } from 'jose';
import { decodeBase64Url, encodeBase64Url } from '../../base/base64url.ts';
import type { RandomBytes } from '../../base/clock.ts';

const saltLength = 16;
const nonceLength = 12;

/** `salt.nonce.ciphertext`; `label` is authenticated with it, so that one record cannot stand in for another. */
export async function seal(
  text: string,
  label: string,
  secret: string,
  random: RandomBytes,
): Promise<string> {
  const salt = owned(random(saltLength));
  const iv = owned(random(nonceLength));
  const key = await keyFrom(secret, salt);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: bytes(label) },
    key,
    bytes(text),
  );
  return [salt, iv, new Uint8Array(sealed)].map(encodeBase64Url).join('.');
}

/** Undefined when the secret is another, or the record was changed. */
export async function unseal(sealed: string, label: string, secret: string): Promise<string | undefined> {
  const [salt, iv, ciphertext] = sealed.split('.').map(decodeBase64Url);
  if (!salt || !iv || !ciphertext) return undefined;
  const key = await keyFrom(secret, owned(salt));
  try {
    const algorithm = { name: 'AES-GCM', iv: owned(iv), additionalData: bytes(label) };
    return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, owned(ciphertext)));
  } catch {
    return undefined;
  }
}

// The salt makes a fresh key per record, so that random nonces never meet under one key.
async function keyFrom(secret: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', bytes(secret), 'HKDF', false, ['deriveKey']);
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt, info: bytes('headwater seal v1') };
  return await crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => owned(new TextEncoder().encode(text));
const owned = (view: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(view);
