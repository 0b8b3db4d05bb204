/** Key pairs and the statements that parties of a test sign with them. */
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
} from 'jose';
import type { PublicJwk } from '../../src/protocols/authorization-server/client.ts';

export type KeyPair = {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: PublicJwk;
};

export async function aKeyPair(alg = 'ES256'): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const bare = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(bare);
  return { alg, kid, privateKey, publicJwk: { ...bare, kid, alg, use: 'sig' } };
}

/** Header members given replace the usual ones; an undefined one is left out. */
export async function signed(
  { alg, kid, privateKey }: KeyPair,
  payload: JWTPayload,
  header: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const members = Object.entries({ alg, kid, ...header }).filter(([, value]) => value !== undefined);
  return await new SignJWT(payload)
    .setProtectedHeader({ alg, ...Object.fromEntries(members) })
    .sign(privateKey);
}

/** A token with `alg: none` and no signature, as an attacker would send it. */
export function unsigned(payload: JWTPayload, header: Readonly<Record<string, string>> = {}): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'none', ...header })}.${encode(payload)}.`;
}

export const payloadOf = (token: string): JWTPayload =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

export const headerOf = (token: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
