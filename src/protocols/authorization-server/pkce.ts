/** Proof Key for Code Exchange (RFC 7636), by S256 alone. */
import { sha256 } from '../../access/digest.ts';
import { equalInConstantTime } from './hash.ts';

export const challengeMethod = 'S256';

/** SHA-256 in base64url (RFC 7636 §4.2). */
export const isChallenge = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** A verifier outside the grammar proves nothing, even if it hashes to the challenge (RFC 7636 §4.1). */
export function answersChallenge(verifier: string | undefined, challenge: string): boolean {
  if (verifier === undefined || !/^[\w.~-]{43,128}$/.test(verifier)) return false;
  return equalInConstantTime(sha256(verifier), challenge);
}
