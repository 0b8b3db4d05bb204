/** Why an authorization request is refused, and how its client learns of it (RFC 6749 §4.1.2.1, RFC 9207 §2). */
import type { Failure } from '../../../base/failure.ts';

/** Before it is known that the redirect URI belongs to a client: told to the person, and nobody is sent anywhere. */
export type SenderProblem =
  | 'too-long'
  | 'no-client'
  | 'unknown-client'
  | 'disabled-client'
  | 'no-redirect'
  | 'unknown-redirect';

const senderDetails: Readonly<Record<SenderProblem, string>> = {
  'too-long': 'the app that sent you here asked at too great length',
  'no-client': 'the app that sent you here did not say which it is',
  'unknown-client': 'the app that sent you here is not known',
  // As unknown: whether it once was known is nobody's business.
  'disabled-client': 'the app that sent you here is not known',
  'no-redirect': 'the app that sent you here did not say where to send you afterwards',
  'unknown-redirect': 'the app that sent you here wants you sent to an address that is not registered for it',
};

export const senderFailure = (problem: SenderProblem): Failure => ({
  kind: 'malformed',
  code: 'invalid_request',
  detail: senderDetails[problem],
  cause: problem,
});

export type AuthorizationProblem = keyof typeof told;

const invalid = (detail: string) => ({ error: 'invalid_request', detail }) as const;
const denied = { error: 'access_denied', detail: 'the patient did not grant access' } as const;

const told = {
  repeated: invalid('a parameter came more than once'),
  'request-object': { error: 'request_not_supported', detail: 'request objects are not read here' },
  'request-uri': { error: 'request_uri_not_supported', detail: 'requests are not fetched here' },
  'grant-not-registered': {
    error: 'unauthorized_client',
    detail: 'the client is not registered for authorization_code',
  },
  'no-response-type': invalid('response_type is missing'),
  'response-type': { error: 'unsupported_response_type', detail: 'response_type must be code' },
  'response-mode': invalid('response_mode must be query'),
  'no-challenge': invalid('code_challenge is missing (RFC 7636)'),
  'challenge-method': invalid('code_challenge_method must be S256'),
  'challenge-shape': invalid('code_challenge must be 43 characters of base64url'),
  prompt: invalid('prompt must be none, or some of login, consent, select_account'),
  'no-scope': { error: 'invalid_scope', detail: 'a scope is required' },
  'scope-not-registered': { error: 'invalid_scope', detail: 'the client is not registered for this scope' },
  'scope-not-for-patients': { error: 'invalid_scope', detail: 'a patient cannot grant this scope' },
  'resource-shape': { error: 'invalid_target', detail: 'resource must be an absolute URI without fragment' },
  'resource-unknown': { error: 'invalid_target', detail: 'no such resource is served here' },
  'audience-differs': { error: 'invalid_target', detail: 'aud and resource name different targets' },
  'login-required': { error: 'login_required', detail: 'nobody is signed in' },
  'interaction-required': { error: 'interaction_required', detail: 'the patient has to be asked' },
  // As a denial: whom its registration leaves out is not for the client to find out.
  'out-of-reach': denied,
  denied,
} as const satisfies Readonly<Record<string, { readonly error: string; readonly detail: string }>>;

export type Sender = { readonly redirectUri: string; readonly state: string | undefined };

export function authorizationFailure(problem: AuthorizationProblem, issuer: string, sender: Sender): Failure {
  const { error, detail } = told[problem];
  const location = redirectBack(issuer, sender, { error, error_description: detail });
  return { kind: 'malformed', code: error, detail, location, cause: problem };
}

/** Added to the query that the client registered, of which not a letter changes (RFC 6749 §3.1.2, §4.1.2). */
export function redirectBack(
  issuer: string,
  { redirectUri, state }: Sender,
  answer: Readonly<Record<string, string>>,
): string {
  const parameters = new URLSearchParams({
    ...answer,
    ...(state === undefined ? {} : { state }),
    iss: issuer,
  });
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters}`;
}
