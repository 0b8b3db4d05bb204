/** Recognizes a token that we signed (RFC 9068 §4): type, issuer, signature by a key of ours, and time when asked. */
import { type CryptoKey, errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose';
import { fromEpochSeconds, type Instant } from '../../base/instant.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { isCompactJws } from './compact-jws.ts';
import type { BearerProblem } from './failures.ts';
import type { KeyRing } from './key-ring.ts';
import { signingAlgorithms } from './signing-key.ts';

export type VerifyDeps = { readonly issuer: string; readonly keys: Pick<KeyRing, 'verifier'> };

export type VerifiedToken = {
  readonly id: string;
  readonly audience: string | undefined;
  readonly expiresAt: Instant;
  /** The key of ours that signed it. */
  readonly kid: string;
};

/** Undefined key, `none`, another `typ`: refused before the signature is looked at. */
export async function verifyToken(
  { issuer, keys }: VerifyDeps,
  token: string,
  at: Instant,
): Promise<Result<VerifiedToken, BearerProblem>> {
  if (!isCompactJws(token)) return err('unreadable');
  try {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      async (header) => await keyFor(keys, header, at),
      {
        algorithms: [...signingAlgorithms],
        typ: 'at+jwt',
        issuer,
        requiredClaims: ['jti', 'exp', 'aud'],
        currentDate: new Date(at),
      },
    );
    if (typeof payload.jti !== 'string') return err('wrong-claims');
    return ok({
      id: payload.jti,
      audience: soleAudience(payload),
      expiresAt: fromEpochSeconds(payload.exp ?? 0),
      kid: protectedHeader.kid ?? '',
    });
  } catch (error) {
    return err(problemOf(error));
  }
}

/** The key says the algorithm and the token has to agree, so that none is verified as what it is not (RFC 8725 §3.1). */
async function keyFor(
  keys: VerifyDeps['keys'],
  { kid, alg }: JWTHeaderParameters,
  at: Instant,
): Promise<CryptoKey> {
  const named = kid === undefined ? undefined : await keys.verifier(kid, at);
  if (!named || named.algorithm !== alg) throw new errors.JWKSNoMatchingKey();
  return named.key;
}

const soleAudience = ({ aud }: JWTPayload): string | undefined => (typeof aud === 'string' ? aud : undefined);

/** What jose refuses is the caller's doing; anything else is broken infrastructure and rises. */
function problemOf(error: unknown): BearerProblem {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return 'wrong-claims';
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad-signature';
  if (error instanceof errors.JOSEError) return 'unreadable';
  throw error;
}
