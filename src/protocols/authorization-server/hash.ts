/** Hashes that a secret keys, and how hashes of secrets are compared. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBase64Url } from '../../base/base64url.ts';

/** HMAC-SHA-256 in base64url: a name that only the holder of the secret can connect with what it stands for. */
export const keyedHash = (secret: string, text: string): string =>
  encodeBase64Url(hmac(sha256, new TextEncoder().encode(secret), new TextEncoder().encode(text)));

/** Takes as long for a near miss as for any other, so that nobody can feel their way. */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
