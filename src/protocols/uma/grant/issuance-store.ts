/** An RPT as it is issued, with all that is written down for it: kept as one, or not at all. */
import type { AuditEntry } from '../../../audit/audit-log.ts';
import type { Instant } from '../../../base/instant.ts';
import type { IssuedToken } from '../../authorization-server/token-store.ts';
import type { Approval } from '../assessment/approval-store.ts';
import type { PersistedClaims } from '../party/pct-store.ts';

export type Issuance = {
  readonly token: IssuedToken;
  /** Of an opaque one. */
  readonly secretHash?: string;
  readonly approval: Approval;
  readonly pct?: { readonly secretHash: string; readonly claims: PersistedClaims };
  /** The RPT it takes the place of, which ends. */
  readonly replaced?: { readonly tokenId: string; readonly clientId: string; readonly at: Instant };
  /** The decisions it rests on. */
  readonly records: readonly AuditEntry[];
};

export type IssuanceStore = {
  /** Those that come at once share a round trip, and are acknowledged together. */
  keep(issuance: Issuance): Promise<void>;
};
