/** What an RPT rests on: kept, so that introspection can ask the same question again at the consents of its day. */
import type { Limits } from '../../../access/patient-in-reach.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Client } from '../../authorization-server/client.ts';
import type { RequestingParty } from '../party/requesting-party.ts';
import type { Permission } from '../permission/permission.ts';
import type { OfferedResource } from '../permission/resource-store.ts';
import type { RecalledRequest } from '../submitted/submitted-request-store.ts';

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
  /** The PCT its claims came from, with which it ends. */
  readonly pctHash?: string;
  /** When its token ends, whatever becomes of it. */
  readonly expiresAt: Instant;
};

/** An approval with what stands behind it at this moment. */
export type ApprovalOnFile = {
  readonly approval: Approval;
  /** What the client that holds the token is registered for. */
  readonly client: Limits & Pick<Client, 'id'>;
  /** Of the resources it names, the ones that are still registered. */
  readonly resources: readonly OfferedResource[];
  /** Whether its token, or the PCT its claims came from, was taken back. */
  readonly isRevoked: boolean;
  /** What its process has put to the patient. */
  readonly submitted?: RecalledRequest;
};

export type ApprovalStore = {
  /** One round trip, which those who ask at once share. */
  find(tokenId: string): Promise<ApprovalOnFile | undefined>;
};
