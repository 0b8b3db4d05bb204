/** Identifiers made from bytes that the caller drew: random ones for the outside, time-ordered ones for tables. */
import { encodeBase64Url } from './base64url.ts';
import type { RandomBytes } from './clock.ts';
import type { Instant } from './instant.ts';

/** An id that may leave the service: UUIDv4 (RFC 9562 §5.4), so that it tells nothing and cannot be guessed. */
export function randomId(random: RandomBytes): string {
  return uuid(random(16), 4);
}

/** A key that stays inside: UUIDv7 (RFC 9562 §5.7), so that rows arrive in the order of the index. */
export function timeOrderedKey(at: Instant, random: RandomBytes): string {
  const bytes = random(16);
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(at / 2 ** (8 * (5 - i))) & 0xff;
  return uuid(bytes, 7);
}

/** A bearer secret of 256 bits: a ticket, a code, a token. */
export function randomSecret(random: RandomBytes): string {
  return encodeBase64Url(random(32));
}

/** Of the shape of those secrets, which no signed token has. */
export const isRandomSecret = (text: string): boolean => /^[\w-]{43}$/.test(text);

function uuid(bytes: Uint8Array, version: 4 | 7): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toHex();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
