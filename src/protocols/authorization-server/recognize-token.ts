/** Recognizes a token again without verifying its signature again, for as long as the signature means anything. */

import type { Instant } from '../../base/instant.ts';
import { recentlyUsed } from '../../base/recently-used.ts';
import { ok, type Result } from '../../base/result.ts';
import type { BearerProblem } from './failures.ts';
import { type VerifiedToken, type VerifyDeps, verifyToken } from './verify-token.ts';

export type RecognizeToken = (token: string, at: Instant) => Promise<Result<VerifiedToken, BearerProblem>>;

/** Some 10 MB of tokens. */
const mostRemembered = 10_000;

/**
 * INVARIANT: remembers only that a key of ours signed this very text. Whether the key is still published, the token has
 * not expired, was not revoked and its client not disabled is asked anew each time.
 */
export function createRecognizeToken(deps: VerifyDeps): RecognizeToken {
  const known = recentlyUsed<VerifiedToken>(mostRemembered);
  return async (token, at) => {
    const remembered = known.get(token);
    if (remembered && at < remembered.expiresAt && (await deps.keys.verifier(remembered.kid, at)))
      return ok(remembered);
    known.delete(token);
    const verified = await verifyToken(deps, token, at);
    if (verified.ok) known.set(token, verified.value);
    return verified;
  };
}
