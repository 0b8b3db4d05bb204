/** Why no extension object comes, as far as the exchange may know. */
import type { Failure } from '../../base/failure.ts';

export type B2bReason = 'not-permitted' | 'unknown-purpose' | 'unnamed-organization';

/** One answer for a patient nobody knows, no consent and a refusal (access-denied-and-enforcement.md AD-7). */
export const b2bFailures = {
  'not-permitted': {
    kind: 'forbidden',
    code: 'access_denied',
    detail: 'no authorization can be asserted for this request',
  },
  'unknown-purpose': {
    kind: 'malformed',
    code: 'invalid_request',
    detail: 'every entry of `purpose_of_use` must be a purpose of use of HL7 v3',
  },
  'unnamed-organization': {
    kind: 'malformed',
    code: 'invalid_request',
    detail: 'the requester must name an organization that is on file',
  },
} as const satisfies Record<B2bReason, Failure>;
