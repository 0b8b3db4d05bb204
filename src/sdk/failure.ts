/** Everything that can go wrong while joining the cascade, as one closed union: no verb of the SDK throws these. */
import type { JsonObject } from '../base/json.ts';

/**
 * Why there is no approval. `reason` is stable and meant for code, `detail` is meant for a log: it never holds a
 * token, a ticket or a word about the patient. `answerTo` turns a failure into what the enterprise server answers.
 *
 * @example
 * const accepted = await acceptApproval(upstream, presented, expectation, seen);
 * if (!accepted.ok && accepted.failure.reason === 'wrong-client') audit('rpt of another client', accepted.failure);
 */
export type CascadeFailure =
  | Refusal
  | {
      readonly reason: 'authority-refused';
      readonly detail: string;
      readonly status: number;
      readonly error: string;
    }
  | MoreInformationNeeded
  | ApprovalPending;

/** A failure that needs no more than its reason. The rows are those of cascaded-authorization.md §6. */
export type Refusal = { readonly reason: RefusalReason; readonly detail: string };

export type RefusalReason =
  /** D1: the issuer is not the configured one, or its metadata does not say so exactly. */
  | 'untrusted-issuer'
  /** D15: no answer at all, or none in time. */
  | 'authority-unreachable'
  | 'authority-timeout'
  /** D15: an answer that cannot be trusted to mean anything: not JSON, too large, a redirect, members missing. */
  | 'authority-unreadable'
  /** The owner of the resource, or the policy, does not agree; the authority does not say why. */
  | 'approval-denied'
  /** D4 and D2: unknown here, expired, revoked, or issued for another server; the authority does not say which. */
  | 'approval-inactive'
  | 'wrong-audience'
  | 'outside-validity'
  | 'nothing-granted'
  | 'wrong-resource'
  | 'wrong-requester'
  | 'wrong-client'
  | 'wrong-purpose'
  | 'already-used'
  | 'unknown-obligation';

/** The authority wants claims first (UMA Grant §3.3.6); the ticket is the next one of the same process. */
export type MoreInformationNeeded = {
  readonly reason: 'more-information-needed';
  readonly detail: string;
  readonly ticket: string;
  readonly requiredClaims: readonly JsonObject[];
  /** Where to send the browser of the requesting party, absolute. */
  readonly redirectUser?: string;
};

/** The patient has been asked (UMA Grant §3.3.6, `request_submitted`); poll with the new ticket. */
export type ApprovalPending = {
  readonly reason: 'approval-pending';
  readonly detail: string;
  readonly ticket: string;
  /** Seconds to wait before the next poll. */
  readonly intervalSeconds?: number;
};

export type CascadeReason = CascadeFailure['reason'];
