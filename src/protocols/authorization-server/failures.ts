/** Why the authorization server refuses, and how OAuth says it (RFC 6749 §5.2, RFC 6750 §3.1). */
import type { Failure } from '../../base/failure.ts';

/** Why a client was not believed. The wire says `invalid_client` for each of them; the log has the reason. */
export type AuthenticationProblem =
  | 'no-credentials'
  | 'no-assertion'
  | 'other-method'
  | 'two-methods'
  | 'secret-in-body'
  | 'wrong-secret'
  | 'public-client'
  | 'unreadable'
  | 'unknown-client'
  | 'disabled-client'
  | 'wrong-type'
  | 'bad-signature'
  | 'wrong-issuer'
  | 'wrong-audience'
  | 'wrong-client-id'
  | 'no-expiry'
  | 'expired'
  | 'lives-too-long'
  | 'not-yet-valid'
  | 'no-jti'
  | 'replayed';

export type TokenProblem =
  | { readonly reason: 'unsupported-grant'; readonly grantType: string }
  | { readonly reason: 'grant-not-registered'; readonly grantType: string }
  | { readonly reason: 'malformed'; readonly detail: string }
  | { readonly reason: 'scope-missing' }
  | { readonly reason: 'scope-not-registered'; readonly scope: string }
  | { readonly reason: 'scope-without-patient'; readonly scope: string }
  | { readonly reason: 'scope-not-authorized'; readonly scope: string }
  | { readonly reason: 'target-not-known'; readonly resource: string }
  | { readonly reason: 'target-not-granted'; readonly resource: string }
  | { readonly reason: 'several-targets' };

/** Why a code or a refresh token brings nothing. The wire says `invalid_grant` for each of them; the log has the reason. */
export type RedemptionProblem =
  | 'unknown'
  | 'used'
  | 'expired'
  | 'of-another-client'
  | 'other-redirect-uri'
  | 'wrong-verifier'
  | 'authorization-ended'
  | 'patient-out-of-reach';

const malformed = (code: string, detail: string): Failure => ({ kind: 'malformed', code, detail });

type Face<Problem> = (problem: Problem) => Failure;
type Faces = { readonly [R in TokenProblem['reason']]: Face<Extract<TokenProblem, { readonly reason: R }>> };

const faces = {
  'unsupported-grant': ({ grantType }) =>
    malformed('unsupported_grant_type', `unknown grant \`${short(grantType)}\``),
  'grant-not-registered': ({ grantType }) =>
    malformed('unauthorized_client', `the client is not registered for \`${short(grantType)}\``),
  malformed: ({ detail }) => malformed('invalid_request', detail),
  'scope-missing': () => malformed('invalid_scope', 'a scope is required'),
  'scope-not-registered': ({ scope }) =>
    malformed('invalid_scope', `the client is not registered for \`${short(scope)}\``),
  'scope-without-patient': ({ scope }) =>
    malformed('invalid_scope', `\`${short(scope)}\` needs a client registered for one patient`),
  'scope-not-authorized': ({ scope }) => malformed('invalid_scope', `\`${short(scope)}\` was not authorized`),
  'target-not-known': ({ resource }) =>
    malformed('invalid_target', `\`${short(resource)}\` is not served by anybody known here`),
  'target-not-granted': ({ resource }) =>
    malformed('invalid_target', `\`${short(resource)}\` was not authorized`),
  'several-targets': () => malformed('invalid_target', 'an access token is for one resource; name one'),
} satisfies Faces;

export function tokenFailure(problem: TokenProblem): Failure {
  return (faces[problem.reason] as Face<TokenProblem>)(problem);
}

export const notRedeemable = (problem: RedemptionProblem): Failure => ({
  ...malformed('invalid_grant', 'the grant is not valid'),
  cause: problem,
});

/** RFC 6749 §2.3 and §5.2: this one is a request that makes no sense, whoever sent it. */
export const authenticationFailure = (problem: AuthenticationProblem, isInHeader: boolean): Failure =>
  problem === 'two-methods'
    ? { ...malformed('invalid_request', 'one client authentication method per request'), cause: problem }
    : invalidClient(problem, isInHeader);

/** 401 also when the client used no Authorization header, as RFC 6749 §5.2 allows. */
const invalidClient = (problem: AuthenticationProblem, isInHeader: boolean): Failure => ({
  kind: 'unauthenticated',
  code: 'invalid_client',
  detail: 'client authentication failed',
  // Whoever tried that header is told what it takes (RFC 6749 §5.2).
  ...(isInHeader ? { challenge: { scheme: 'Basic' as const } } : {}),
  cause: problem,
});

/** Why a bearer token was not accepted; `invalid_token` for each (RFC 6750 §3.1). */
export type BearerProblem =
  | 'unreadable'
  | 'unknown-key'
  | 'bad-signature'
  | 'wrong-claims'
  | 'expired'
  | 'unknown'
  | 'wrong-kind'
  | 'outside-registration'
  | 'revoked'
  | 'disabled-client';

/** RFC 6750 §3.1: no error code for a request that brought no credentials. */
export const noCredentials: Failure = {
  kind: 'unauthenticated',
  code: 'invalid_request',
  detail: 'an access token is required',
  challenge: { scheme: 'Bearer' },
};

/** RFC 6750 §3.1. */
export const twoTransports: Failure = {
  ...malformed('invalid_request', 'the access token came in more than one way'),
  challenge: { scheme: 'Bearer', error: 'invalid_request' },
};

export const invalidToken = (problem: BearerProblem): Failure => ({
  kind: 'unauthenticated',
  code: 'invalid_token',
  detail: 'the access token is not valid here',
  // FHIR has a word of its own for the reason that a client mends by itself (fhir-consent.md §8).
  ...(problem === 'expired' ? { parts: [{ code: 'expired', detail: 'the access token has expired' }] } : {}),
  challenge: { scheme: 'Bearer', error: 'invalid_token' },
  cause: problem,
});

export const insufficientScope = (scopes: readonly string[]): Failure => ({
  kind: 'forbidden',
  code: 'insufficient_scope',
  detail: 'the access token does not carry the scope this needs',
  challenge: { scheme: 'Bearer', error: 'insufficient_scope', scope: scopes.join(' ') },
});

/** What a stranger sent is quoted no longer than it helps. */
const short = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100);
