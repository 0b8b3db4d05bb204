// What the SDK promises to those who compile against it; checked by tsc alone, never run. A line under
// `@ts-expect-error` must not compile, and tsc complains when it suddenly does.

import type { Instant } from '../../src/base/instant.ts';
import type { Result } from '../../src/base/result.ts';
import {
  type Answer,
  acceptApproval,
  allows,
  answerTo,
  type CascadeFailure,
  type CascadeReason,
  type Expectation,
  type NarrowedGrant,
  type SeenTokens,
  type Upstream,
} from '../../src/sdk/index.ts';

declare const upstream: Upstream;
declare const expectation: Expectation;
declare const seen: SeenTokens;

/** Both ways, so that neither `any` nor a wider type passes. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

export async function aGrantIsReachedThroughItsResult(): Promise<void> {
  const granted = await acceptApproval(upstream, 'rpt', expectation, seen);
  holds<Same<typeof granted, Result<NarrowedGrant, CascadeFailure>>>();
  // @ts-expect-error: not before looking whether there is one
  granted.value;
  if (granted.ok) holds<Same<typeof granted.value, NarrowedGrant>>();
}

export function everyReasonHasItsAnswer(failure: CascadeFailure): Answer {
  holds<Same<CascadeFailure['reason'], CascadeReason>>();
  return answerTo(failure);
}

export function factsComeWithTheirReason(failure: CascadeFailure): string {
  // @ts-expect-error: most failures have no ticket
  failure.ticket;
  if (failure.reason === 'approval-pending' || failure.reason === 'more-information-needed')
    return failure.ticket;
  return failure.reason === 'authority-refused' ? failure.error : failure.detail;
}

export function nothingGrantedCanBeWidened(grant: NarrowedGrant, later: Instant): void {
  // @ts-expect-error: read-only
  grant.scopes.push('everything');
  // @ts-expect-error: read-only
  grant.expiresAt = later;
}

export function checksCannotBeLeftOut(): void {
  const { requester: _, ...withoutRequester } = expectation;
  // @ts-expect-error: D7 needs somebody to compare with
  void acceptApproval(upstream, 'rpt', withoutRequester, seen);
  // @ts-expect-error: D10 needs a memory
  void acceptApproval(upstream, 'rpt', expectation);
}

export function aMissingResidualIsNotAnEmptyOne(told: { readonly residual?: readonly [] }): void {
  // @ts-expect-error: say `[]` where there really is none
  allows(told.residual, { resourceType: 'Observation' });
}
