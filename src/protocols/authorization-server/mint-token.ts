/** Signs an access token (RFC 9068): `at+jwt`, by the key in service, only what the holder may read. */
import { SignJWT } from 'jose';
import { type Instant, toEpochSeconds } from '../../base/instant.ts';
import type { KeyRing } from './key-ring.ts';

export type MintDeps = { readonly issuer: string; readonly keys: Pick<KeyRing, 'signer'> };

/** RFC 9068 §2.2; `scope` only where one was asked for. */
export type TokenClaims = {
  readonly id: string;
  readonly subject: string;
  readonly clientId: string;
  readonly audience: string;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  readonly scope?: string;
};

export async function mintToken({ issuer, keys }: MintDeps, claims: TokenClaims): Promise<string> {
  const { kid, algorithm, key } = await keys.signer(claims.issuedAt);
  const payload = {
    client_id: claims.clientId,
    ...(claims.scope === undefined ? {} : { scope: claims.scope }),
  };
  return await new SignJWT(payload)
    .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid })
    .setIssuer(issuer)
    .setSubject(claims.subject)
    .setAudience(claims.audience)
    .setJti(claims.id)
    .setIssuedAt(toEpochSeconds(claims.issuedAt))
    .setExpirationTime(toEpochSeconds(claims.expiresAt))
    .sign(key);
}
