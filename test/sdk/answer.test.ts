import { describe, expect, it } from 'vitest';
import { answerTo } from '../../src/sdk/index.ts';

describe('what our client hears (cascaded-authorization.md §6, last column)', () => {
  it.each([
    ['untrusted-issuer', 403, 'request_denied', true],
    ['wrong-audience', 403, 'need_info', false],
    ['outside-validity', 403, 'need_info', false],
    ['approval-inactive', 403, 'need_info', false],
    ['nothing-granted', 403, 'request_denied', false],
    ['wrong-resource', 403, 'request_denied', false],
    ['wrong-requester', 403, 'request_denied', true],
    ['wrong-client', 403, 'request_denied', true],
    ['wrong-purpose', 403, 'request_denied', false],
    ['already-used', 400, 'invalid_grant', true],
    ['unknown-obligation', 403, 'request_denied', false],
    ['approval-denied', 403, 'request_denied', false],
    ['authority-timeout', 503, 'temporarily_unavailable', false],
    ['authority-unreachable', 503, 'temporarily_unavailable', false],
    ['authority-unreadable', 503, 'temporarily_unavailable', false],
    ['authority-refused', 503, 'temporarily_unavailable', false],
    ['more-information-needed', 403, 'need_info', false],
    ['approval-pending', 403, 'request_submitted', false],
  ] as const)('%s: %i %s', (reason, status, error, suspicious) => {
    expect(answerTo({ reason })).toEqual({ status, error, suspicious });
  });
});
