/** The checks of cascaded-authorization.md §6 that compare an approval with its transaction: pure, in this order. */
import { type Instant, plusSeconds } from '../base/instant.ts';
import type { Approval } from './approval.ts';
import { sameCodings } from './coding.ts';
import type { Expectation } from './expectation.ts';
import type { Refusal, RefusalReason } from './failure.ts';
import { firstUnknown } from './obligation.ts';
import { isReadable } from './residual.ts';

/** How far the authority's clock may be ahead of ours; §6 allows 60. */
const skewSeconds = 30;

type Check = {
  readonly reason: RefusalReason;
  readonly detail: string;
  readonly holds: (approval: Approval, expected: Expectation, at: Instant) => boolean;
};

const checks: readonly Check[] = [
  {
    reason: 'wrong-audience', // D2
    detail: 'it was issued for another server',
    holds: ({ audience }, expected) => audience.length === 1 && audience[0] === expected.audience,
  },
  {
    reason: 'outside-validity', // D3
    detail: 'it is not valid at this moment',
    holds: ({ issuedAt, notBefore, expiresAt }, _, at) => {
      const latestStart = plusSeconds(at, skewSeconds);
      return (
        issuedAt <= latestStart && (notBefore === undefined || notBefore <= latestStart) && at < expiresAt
      );
    },
  },
  {
    reason: 'wrong-requester', // D7
    detail: 'it was issued about another requester',
    holds: ({ requester }, expected) =>
      requester?.issuer === expected.requester.issuer && requester.subject === expected.requester.subject,
  },
  {
    reason: 'wrong-client', // D8
    detail: 'it belongs to another client',
    holds: ({ clientId }, expected) => clientId === expected.clientId,
  },
  {
    reason: 'wrong-client', // D8
    detail: 'it is bound to a key that was not proved',
    holds: ({ keyThumbprint }, expected) =>
      keyThumbprint === undefined || keyThumbprint === expected.keyThumbprint,
  },
  {
    reason: 'wrong-purpose', // D9
    detail: 'it is for another purpose',
    holds: ({ purposes }, expected) => purposes.length > 0 && sameCodings(purposes, expected.purposes),
  },
  {
    reason: 'unknown-obligation', // D11
    detail: 'it comes with an obligation that is not understood',
    holds: ({ obligations }, expected) =>
      firstUnknown(obligations, expected.understoodObligations) === undefined,
  },
  {
    reason: 'unknown-obligation', // D11: a restriction binds as an obligation does
    detail: 'it comes with a residual that is not understood',
    holds: ({ residual }) => isReadable(residual),
  },
];

/** The first row of §6 that the approval fails. */
export function firstRefusal(approval: Approval, expected: Expectation, at: Instant): Refusal | undefined {
  const failed = checks.find((check) => !check.holds(approval, expected, at));
  return failed && { reason: failed.reason, detail: failed.detail };
}
