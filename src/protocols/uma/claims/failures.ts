/** Why claims are not gathered, and who learns of it (UMA Grant §3.3.3): the person, or the client by redirect. */
import type { Failure } from '../../../base/failure.ts';
import { redirectBack, type Sender } from '../../authorization-server/authorize/failures.ts';

/** Nobody is sent anywhere: it is not known that the address belongs to a client. */
export type ClaimantProblem = 'no-client' | 'unknown-client' | 'no-redirect' | 'unknown-redirect';

const told: Readonly<Record<ClaimantProblem, string>> = {
  'no-client': 'the app that sent you here did not say which it is',
  'unknown-client': 'the app that sent you here is not known',
  'no-redirect': 'the app that sent you here did not say where to send you afterwards',
  'unknown-redirect': 'the app that sent you here wants you sent to an address that is not registered for it',
};

export const claimantFailure = (problem: ClaimantProblem): Failure => ({
  kind: 'malformed',
  code: 'invalid_request',
  detail: told[problem],
  cause: problem,
});

const errors = {
  'ticket-not-live': { error: 'invalid_request', error_description: 'the ticket is not valid' },
  repeated: { error: 'invalid_request', error_description: 'a parameter came more than once' },
  declined: { error: 'access_denied', error_description: 'no claims were given' },
  // Claims of two parties never add up (uma2.md §7).
  'other-party': { error: 'access_denied', error_description: 'the process is about another party' },
  'nobody-signs-in': { error: 'temporarily_unavailable', error_description: 'nobody can sign in here yet' },
} as const;

export type ClaimsProblem = keyof typeof errors;

/** RFC 6749 §4.1.2.1. */
export function claimsFailure(problem: ClaimsProblem, issuer: string, sender: Sender): Failure {
  const { error, error_description } = errors[problem];
  const location = redirectBack(issuer, sender, { error, error_description });
  return { kind: 'malformed', code: error, detail: error_description, location, cause: problem };
}
