/** Persisted claims: what a client may lean on again, kept under the hash of a secret (UMA Grant §3.3.5, §5.2). */
import type { Instant } from '../../../base/instant.ts';
import type { RequestingParty } from './requesting-party.ts';

export type PersistedClaims = {
  /** The one client that may bring it. */
  readonly clientId: string;
  readonly party: RequestingParty;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
};

export type PctStore = {
  /** Undefined unless it is this client's, has not ended and was not revoked. */
  find(secretHash: string, clientId: string, at: Instant): Promise<RequestingParty | undefined>;
  /** With the RPTs whose claims came from it, as one; false when this client has no such PCT. */
  revoke(secretHash: string, clientId: string, at: Instant): Promise<boolean>;
};
