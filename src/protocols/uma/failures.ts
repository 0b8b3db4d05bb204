/** Why UMA refuses, and how it says so (UMA Grant §3.3.6, Federated Authorization §3.2, §4.3, §6). */
import type { Failure } from '../../base/failure.ts';
import type { Json } from '../../base/json.ts';

export type UmaProblem =
  /** Unknown, used or expired: the caller need not know which. */
  | { readonly reason: 'ticket-not-live' }
  | { readonly reason: 'ticket-of-another-client' }
  /** Nothing the ticket asked for is registered any more, or its resource server is gone. */
  | { readonly reason: 'ticket-outlived-its-resources' }
  | { readonly reason: 'scope-fits-no-resource'; readonly scope: string }
  | { readonly reason: 'too-many-scopes' }
  | {
      readonly reason: 'claims-needed';
      readonly ticket: string;
      readonly required: Json;
      /** Where the person can be asked, for a client to which they can return. */
      readonly redirectUser?: string;
      readonly why: ClaimProblem;
    }
  | { readonly reason: 'submitted'; readonly ticket: string; readonly intervalSeconds: number }
  | { readonly reason: 'denied' }
  | { readonly reason: 'unknown-resource-id' }
  | { readonly reason: 'scope-not-registered' }
  | { readonly reason: 'owner-out-of-reach'; readonly why: 'unknown' | 'not-allowed' | 'changed' }
  | { readonly reason: 'owner-missing' }
  | { readonly reason: 'not-a-resource-server' }
  | { readonly reason: 'no-such-resource' };

/** Why the claims at hand do not suffice; for the log, since the client is told only what would. */
export type ClaimProblem =
  | 'none-pushed'
  | 'expired'
  | 'taken-back'
  | 'other-format'
  | 'unreadable'
  | 'untrusted-issuer'
  | 'bad-signature'
  | 'wrong-type'
  | 'wrong-audience'
  | 'wrong-party'
  | 'wrong-time'
  | 'claims-missing'
  | 'purpose-missing'
  | 'unknown-purpose';

type Faces = {
  readonly [R in UmaProblem['reason']]: (problem: Extract<UmaProblem, { readonly reason: R }>) => Failure;
};

const faces = {
  'ticket-not-live': () => malformed('invalid_grant', 'the ticket is not valid'),
  'ticket-of-another-client': (problem) =>
    malformed('invalid_grant', 'the ticket is not valid', problem.reason),
  'ticket-outlived-its-resources': (problem) =>
    malformed('invalid_grant', 'the ticket is not valid', problem.reason),
  'scope-fits-no-resource': () =>
    malformed('invalid_scope', 'a requested scope fits no resource of the ticket'),
  'too-many-scopes': () =>
    malformed(
      'invalid_scope',
      'more scopes are asked for on the resources of the ticket than one token can carry',
    ),
  'claims-needed': ({ ticket, required, redirectUser, why }) => ({
    kind: 'forbidden',
    code: 'need_info',
    detail: 'claims about the requesting party are needed',
    members: {
      ticket,
      required_claims: required,
      ...(redirectUser === undefined ? {} : { redirect_user: redirectUser }),
    },
    cause: why,
  }),
  submitted: ({ ticket, intervalSeconds }) => ({
    kind: 'forbidden',
    code: 'request_submitted',
    detail: 'the resource owner has to answer first',
    members: { ticket, interval: intervalSeconds },
  }),
  denied: () => ({ kind: 'forbidden', code: 'request_denied', detail: 'the request is denied' }),
  'unknown-resource-id': () => malformed('invalid_resource_id', 'a resource is not registered here'),
  'scope-not-registered': () => malformed('invalid_scope', 'a scope is not registered for its resource'),
  // The same for an unknown patient and one out of reach, so that nobody learns who is known here (T6).
  'owner-out-of-reach': ({ why }) => ({
    kind: 'forbidden',
    code: 'access_denied',
    detail: 'the resource owner is not one this client may register for',
    cause: why,
  }),
  'owner-missing': () =>
    malformed('invalid_request', '`resource_owner`: required unless its owner granted the PAT'),
  'not-a-resource-server': () => ({
    kind: 'forbidden',
    code: 'access_denied',
    detail: 'the client is not registered as a resource server',
  }),
  'no-such-resource': () => ({ kind: 'not-found', code: 'not_found', detail: 'no such resource' }),
} satisfies Faces;

export function umaFailure(problem: UmaProblem): Failure {
  return (faces[problem.reason] as (problem: UmaProblem) => Failure)(problem);
}

const malformed = (code: string, detail: string, cause?: string): Failure => ({
  kind: 'malformed',
  code,
  detail,
  ...(cause === undefined ? {} : { cause }),
});
