/** Headwater's SDK: what an enterprise authorization server installs to join the cascade. */
export { asInstant, type Instant, toEpochSeconds } from '../base/instant.ts';
export type { Json, JsonObject } from '../base/json.ts';
export type { Result } from '../base/result.ts';
export { acceptApproval, reviewApproval, type SeenTokens } from './accept-approval.ts';
export { allows } from './allows.ts';
export { type Answer, answerTo } from './answer.ts';
export type { Approval, Permission, RequesterId } from './approval.ts';
export { type Challenge, challenge } from './challenge.ts';
export { idTokenFormat, type RequesterClaims, type Signer, signClaimToken } from './claim-token.ts';
export type { ClientCredentials, SigningKey } from './client-assertion.ts';
export { actReason, type Coding } from './coding.ts';
export { type Authority, discover } from './discover.ts';
export type { Expectation } from './expectation.ts';
export type {
  ApprovalPending,
  CascadeFailure,
  CascadeReason,
  MoreInformationNeeded,
  Refusal,
  RefusalReason,
} from './failure.ts';
export { introspectApproval } from './introspect-approval.ts';
export type { ReferencesOf } from './match-data.ts';
export { narrowScopes, type ScopeMap, upstreamScopesFor } from './narrow.ts';
export type { Obligation } from './obligation.ts';
export {
  approvalTokenFormat,
  buildReferral,
  type Referral,
  type UpstreamTicket,
  type WireResponse,
} from './referral.ts';
export { type RegisteredResource, type ResourceDescription, registerResource } from './register-resource.ts';
export { type ApprovalRequest, requestApproval } from './request-approval.ts';
export { type PermissionRequest, requestTicket } from './request-ticket.ts';
export { seenTokensInMemory } from './seen-tokens.ts';
export { type ShowsOptions, shows } from './shows.ts';
export { type TokenSource, tokenSource } from './token-source.ts';
export { connect, type Upstream } from './upstream.ts';
export type { NarrowedGrant } from './weigh-approval.ts';
export { standardWiring, type Wiring } from './wiring.ts';
