/** Hashes that a secret keys, and how hashes of secrets are compared. */
import { encodeBase64Url } from '../../base/base64url.ts';

/** HMAC-SHA-256 in base64url: a name that only the holder of the secret can connect with what it stands for. */
export async function keyedHash(secret: string, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, [
    'sign',
  ]);
  return encodeBase64Url(
    new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))),
  );
}

/** Takes as long for a near miss as for any other, so that nobody can feel their way. */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
