/**
 * Page links that tell nothing and cannot be made up: question and place are sealed (AES-256-GCM) and open for the caller
 * and the address they were made for alone (fhir-consent.md §8).
 */
import { decodeBase64Url, encodeBase64Url } from '../../../base/base64url.ts';
import type { RandomBytes } from '../../../base/clock.ts';
import type { Json } from '../../../base/json.ts';

/** `boundTo` is authenticated with it: who may follow the link, and where it leads. */
export type Continuation = {
  seal(content: Json, boundTo: string): Promise<string>;
  /** Undefined when it was not sealed here, or not for this. */
  open(token: string, boundTo: string): Promise<Json | undefined>;
};

const nonceLength = 12;
/** No request line holds more. */
const longestToken = 16_384;

export function createContinuation(secret: string, random: RandomBytes): Continuation {
  const key = once(() => keyFrom(secret));
  const under = (iv: Uint8Array<ArrayBuffer>, boundTo: string) => ({
    name: 'AES-GCM',
    iv,
    additionalData: bytes(boundTo),
  });
  return {
    async seal(content, boundTo) {
      const iv = owned(random(nonceLength));
      const sealed = await crypto.subtle.encrypt(
        under(iv, boundTo),
        await key(),
        bytes(JSON.stringify(content)),
      );
      return encodeBase64Url(joined(iv, new Uint8Array(sealed)));
    },
    async open(token, boundTo) {
      const all = token.length > longestToken ? undefined : decodeBase64Url(token);
      if (!all || all.length <= nonceLength) return undefined;
      try {
        const algorithm = under(owned(all.slice(0, nonceLength)), boundTo);
        const opened = await crypto.subtle.decrypt(algorithm, await key(), owned(all.slice(nonceLength)));
        return JSON.parse(new TextDecoder().decode(opened)) as Json;
      } catch {
        return undefined;
      }
    },
  };
}

async function keyFrom(secret: string) {
  const material = await crypto.subtle.importKey('raw', bytes(secret), 'HKDF', false, ['deriveKey']);
  const info = bytes('headwater page links v1');
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  const use = { name: 'AES-GCM', length: 256 };
  return await crypto.subtle.deriveKey(derivation, material, use, false, ['encrypt', 'decrypt']);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => owned(new TextEncoder().encode(text));
const owned = (view: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(view);
