/** A JWT in its parts, and the signing of texts that no library would sign. */
import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';

export type Members = Readonly<Record<string, unknown>>;
export type Key = { readonly privateKey: CryptoKey; readonly publicJwk: JWK };

/** What a party says, and the key that everybody expects it to be signed with (ES256). */
export type Statement = { readonly header: Members; readonly payload: Members; readonly key: Key };

export const encoded = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url');
export const asJson = (value: unknown): string => encoded(JSON.stringify(value));

export const signedBy = async (
  { privateKey }: Pick<Key, 'privateKey'>,
  input: string | Uint8Array,
): Promise<Uint8Array> => {
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  return new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, new Uint8Array(Buffer.from(input))));
};

/** Header and payload as they are to stand there, of whatever text. */
export async function signedText(
  key: Pick<Key, 'privateKey'>,
  header: string,
  payload: string | Uint8Array,
): Promise<string> {
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${encoded(await signedBy(key, input))}`;
}

export const genuine = ({ header, payload, key }: Statement): Promise<string> =>
  signedText(key, JSON.stringify(header), JSON.stringify(payload));

export async function aKey(): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, publicJwk: await exportJWK(publicKey) };
}
