/** Why no extension object comes, as far as the exchange may know. */
import type { Failure } from '../../base/failure.ts';

export type B2bReason = 'not-permitted' | 'unknown-purpose' | 'requester-not-on-file';

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
  'requester-not-on-file': {
    kind: 'malformed',
    code: 'invalid_request',
    detail: 'the requester must be an organization on file, or a practitioner in a current role at one',
  },
} as const satisfies Record<B2bReason, Failure>;
