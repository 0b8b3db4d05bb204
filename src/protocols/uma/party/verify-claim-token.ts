/** Believes a claim token when an issuer we trust signed it, lately, for us or for this client (interfaces.md, Tokens). */
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Instant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { isCompactJws } from '../../authorization-server/compact-jws.ts';
import type { KeySetOf } from '../../authorization-server/key-set.ts';
import type { KeysOf } from '../../authorization-server/keys-of.ts';
import type { ClaimProblem } from '../failures.ts';
import { type ClaimTokenClaims, claimTokenClaims } from '../wire.ts';
import type { TrustedIssuer, TrustedIssuerStore } from './trusted-issuer-store.ts';

/** RS256 is what OpenID providers sign with unless told otherwise (OpenID Connect Core §3.1.3.7). */
const algorithms = ['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA'];
const acceptedTypes: ReadonlySet<string | undefined> = new Set([undefined, 'jwt']);
/** For issuers whose clock is ahead of ours. Claims that have ended are for `collectClaims` to refuse, to the second. */
const skewSeconds = 30;

export type ClaimTokenDeps = {
  readonly issuer: string;
  readonly trustedIssuers: Pick<TrustedIssuerStore, 'find'>;
  readonly keysOf: KeysOf;
  readonly keySetOf: KeySetOf;
};

/** What an issuer said, and what we know of that issuer. */
export type VerifiedClaims = { readonly claims: ClaimTokenClaims; readonly trusted: TrustedIssuer };

type Checked<T> = Result<T, ClaimProblem>;

export async function verifyClaimToken(
  deps: ClaimTokenDeps,
  token: string,
  clientId: string,
  at: Instant,
): Promise<Checked<VerifiedClaims>> {
  const named = issuerNamedIn(token);
  if (!named.ok) return named;
  const trusted = await deps.trustedIssuers.find(named.value);
  if (!trusted) return err('untrusted-issuer');
  const payload = await verifySignature(deps, token, trusted, at);
  if (!payload.ok) return payload;
  const claims = claimTokenClaims.safeParse(payload.value);
  if (!claims.success) return err('claims-missing');
  const accepted = { issuer: deps.issuer, clientId, clientIdThere: trusted.clientIds[clientId] };
  const problem = problemIn(claims.data, accepted, at);
  return problem ? err(problem) : ok({ claims: claims.data, trusted });
}

/** Read unverified, to know whose keys to verify with; an issuer is a URL, so anything else is looked up nowhere. */
function issuerNamedIn(token: string): Checked<string> {
  if (!isCompactJws(token)) return err('unreadable');
  try {
    const { typ } = decodeProtectedHeader(token);
    if (!acceptedTypes.has(typ === undefined ? typ : typ.toLowerCase())) return err('wrong-type');
    const { iss } = decodeJwt(token);
    return iss !== undefined && /^https?:[\x21-\x7e]{1,2000}$/.test(iss) ? ok(iss) : err('untrusted-issuer');
  } catch {
    return err('unreadable');
  }
}

async function verifySignature(
  { keysOf, keySetOf }: Pick<ClaimTokenDeps, 'keysOf' | 'keySetOf'>,
  token: string,
  trusted: TrustedIssuer,
  at: Instant,
): Promise<Checked<JWTPayload>> {
  try {
    const keys = await keysOf(trusted, at, decodeProtectedHeader(token).kid);
    const { payload } = await jwtVerify(token, keySetOf(keys), {
      algorithms,
      issuer: trusted.issuer,
      clockTolerance: skewSeconds,
      currentDate: new Date(at),
    });
    return ok(payload);
  } catch (error) {
    return err(error instanceof errors.JWTExpired ? 'expired' : 'bad-signature');
  }
}

function problemIn(
  { aud, azp, iat }: ClaimTokenClaims,
  {
    issuer,
    clientId,
    clientIdThere,
  }: { readonly issuer: string; readonly clientId: string; readonly clientIdThere: string | undefined },
  at: Instant,
): ClaimProblem | undefined {
  // INVARIANT: every audience is one we accept; a token for several could be replayed here by another of them (U17).
  const audiences = typeof aud === 'string' ? [aud] : aud;
  if (!audiences.every((audience) => audience === issuer || audience === clientIdThere))
    return 'wrong-audience';
  // OpenID Connect Core §3.1.3.7: whoever else was authorized to use it is not the client that brings it.
  if (azp !== undefined && azp !== (clientIdThere ?? clientId)) return 'wrong-party';
  return iat * 1000 > at + skewSeconds * 1000 ? 'wrong-time' : undefined;
}
