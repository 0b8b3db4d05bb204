/** Believes a client that signs a fresh statement about itself: private_key_jwt (RFC 7521 §4.2, RFC 7523 §3). */
import { decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { sha256 } from '../../access/digest.ts';
import { fromEpochSeconds, type Instant, plusSeconds } from '../../base/instant.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type Client, isClientId } from './client.ts';
import type { ClientStore, UsedAssertions } from './client-store.ts';
import { isCompactJws } from './compact-jws.ts';
import type { AuthenticationProblem } from './failures.ts';
import type { KeySetOf } from './key-set.ts';
import type { KeysOf } from './keys-of.ts';
import type { ClientCredentials } from './wire.ts';

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** oauth-baseline.md, private_key_jwt row 6: clients registered as plain OAuth clients. */
export const assertionAlgorithms = ['ES256', 'PS256', 'EdDSA'] as const;

const acceptedTypes: ReadonlySet<string | undefined> = new Set([
  undefined,
  'jwt',
  'client-authentication+jwt',
]);
const longestLifeSeconds = 300;
const skewSeconds = 30;
const longestJti = 256;

export type AssertionDeps = {
  readonly issuer: string;
  readonly clients: Pick<ClientStore, 'find'>;
  readonly usedAssertions: UsedAssertions;
  readonly keysOf: KeysOf;
  readonly keySetOf: KeySetOf;
};

type Checked<T> = Result<T, AuthenticationProblem>;

export async function checkAssertion(
  deps: AssertionDeps,
  assertion: string,
  { client_assertion_type: type, client_id: clientId }: ClientCredentials,
  at: Instant,
): Promise<Checked<Client>> {
  if (type !== assertionType) return err('no-assertion');
  const claimed = unverifiedClaims(assertion);
  if (!claimed.ok) return claimed;
  if (clientId !== undefined && clientId !== claimed.value.sub) return err('wrong-client-id');
  const client = await deps.clients.find(claimed.value.sub);
  if (!client) return err('unknown-client');
  if (client.disabledAt !== undefined) return err('disabled-client');
  const keys = await deps.keysOf(client, at, claimed.value.kid);
  const claims = await verifySignature(assertion, deps.keySetOf(keys));
  if (!claims.ok) return claims;
  const problem = problemIn(claims.value, client.id, deps.issuer, at);
  if (problem) return err(problem);
  return (await isFirstUse(deps, client.id, claims.value)) ? ok(client) : err('replayed');
}

/** Read before the signature can be checked, since `sub` says whose keys to check it with, and `kid` which. */
function unverifiedClaims(
  assertion: string,
): Checked<{ readonly sub: string; readonly kid: string | undefined }> {
  if (!isCompactJws(assertion)) return err('unreadable');
  try {
    const { typ, kid } = decodeProtectedHeader(assertion);
    if (!acceptedTypes.has(typ === undefined ? typ : typ.toLowerCase())) return err('wrong-type');
    const { sub } = decodeJwt(assertion);
    return isClientId(sub) ? ok({ sub, kid }) : err('unreadable');
  } catch {
    return err('unreadable');
  }
}

/** Time is checked by hand below: jose would forgive an expiry by the same tolerance as an early start. */
async function verifySignature(assertion: string, keys: ReturnType<KeySetOf>): Promise<Checked<JWTPayload>> {
  try {
    const options = { algorithms: [...assertionAlgorithms], clockTolerance: Number.MAX_SAFE_INTEGER };
    const { payload } = await jwtVerify(assertion, keys, options);
    return ok(payload);
  } catch {
    return err('bad-signature');
  }
}

function problemIn(
  claims: JWTPayload,
  clientId: string,
  issuer: string,
  at: Instant,
): AuthenticationProblem | undefined {
  if (claims.iss !== clientId || claims.sub !== clientId) return 'wrong-issuer';
  if (!isOnly(claims.aud, issuer)) return 'wrong-audience';
  if (typeof claims.jti !== 'string' || claims.jti === '' || claims.jti.length > longestJti) return 'no-jti';
  return timeProblem(claims, at);
}

/** The issuer as the sole audience; a token endpoint URL could have been harvested by another server (row 3). */
const isOnly = (audience: JWTPayload['aud'], issuer: string): boolean =>
  audience === issuer || (Array.isArray(audience) && audience.length === 1 && audience[0] === issuer);

function timeProblem({ exp, iat, nbf }: JWTPayload, at: Instant): AuthenticationProblem | undefined {
  if (exp === undefined || !Number.isFinite(exp)) return 'no-expiry';
  if (fromEpochSeconds(exp) <= at) return 'expired';
  const latestStart = plusSeconds(at, skewSeconds);
  if ([iat, nbf].some((time) => time !== undefined && fromEpochSeconds(time) > latestStart))
    return 'not-yet-valid';
  // A client that says when it signed is measured by its own clock, so that a fast one is not refused.
  const latestEnd = iat === undefined ? at : fromEpochSeconds(Math.min(iat, latestStart / 1000));
  return fromEpochSeconds(exp) > plusSeconds(latestEnd, longestLifeSeconds) ? 'lives-too-long' : undefined;
}

/** INVARIANT: last of all checks, so that only a genuine assertion is remembered, and the first of two alike wins. */
async function isFirstUse(
  { usedAssertions }: AssertionDeps,
  clientId: string,
  claims: JWTPayload,
): Promise<boolean> {
  return await usedAssertions.remember(clientId, sha256(claims.jti ?? ''), fromEpochSeconds(claims.exp ?? 0));
}
