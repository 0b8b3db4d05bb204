/** What an enterprise authorization server answers its own client when there is no approval: one row per reason. */
import type { CascadeFailure, CascadeReason } from './failure.ts';

export type Answer = {
  readonly status: 400 | 403 | 503;
  /** For the token endpoint (UMA Grant §3.3.6, RFC 6749 §5.2). `need_info` needs a fresh ticket: build a referral. */
  readonly error:
    | 'need_info'
    | 'request_submitted'
    | 'request_denied'
    | 'invalid_grant'
    | 'temporarily_unavailable';
  /** Somebody may be trying something: leave a record for those who look (D7, D8). */
  readonly suspicious: boolean;
};

/**
 * The last column of cascaded-authorization.md §6. The client learns the code and nothing else; `detail` of the
 * failure belongs in the log.
 *
 * @example
 * const { status, error } = answerTo(failure);
 * if (error === 'need_info') return await referAgain(transaction); // with a fresh pair of tickets
 * return new Response(JSON.stringify({ error }), { status, headers: { 'Cache-Control': 'no-store' } });
 */
export function answerTo(failure: Pick<CascadeFailure, 'reason'>): Answer {
  return answers[failure.reason];
}

const askAgain: Answer = { status: 403, error: 'need_info', suspicious: false };
const denied: Answer = { status: 403, error: 'request_denied', suspicious: false };
const deniedAndReported: Answer = { ...denied, suspicious: true };
const unavailable: Answer = { status: 503, error: 'temporarily_unavailable', suspicious: false };

const answers = {
  'untrusted-issuer': deniedAndReported,
  'authority-unreachable': unavailable,
  'authority-timeout': unavailable,
  'authority-unreadable': unavailable,
  'authority-refused': unavailable,
  'more-information-needed': askAgain,
  'approval-pending': { status: 403, error: 'request_submitted', suspicious: false },
  'approval-denied': denied,
  'approval-inactive': askAgain,
  'wrong-audience': askAgain,
  'outside-validity': askAgain,
  'nothing-granted': denied,
  'wrong-resource': denied,
  'wrong-requester': deniedAndReported,
  'wrong-client': deniedAndReported,
  'wrong-purpose': denied,
  'already-used': { status: 400, error: 'invalid_grant', suspicious: true },
  'unknown-obligation': denied,
} as const satisfies Record<CascadeReason, Answer>;
