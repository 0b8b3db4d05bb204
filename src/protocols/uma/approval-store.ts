/** What an RPT rests on: kept, so that introspection can ask the same question again at the consents of its day. */
import type { Instant } from '../../base/instant.ts';
import type { Permission } from './permission.ts';
import type { RequestingParty } from './requesting-party.ts';

export type Approval = {
  readonly tokenId: string;
  readonly process: string;
  readonly clientId: string;
  readonly resourceServer: string;
  readonly patient: string;
  readonly permissions: readonly Permission[];
  readonly party: RequestingParty;
  /** The pseudonym of the requesting party towards this resource server. */
  readonly subject: string;
  /** When its token ends, whatever becomes of it. */
  readonly expiresAt: Instant;
};

export type ApprovalStore = {
  keep(approval: Approval, at: Instant): Promise<void>;
  find(tokenId: string): Promise<Approval | undefined>;
};
