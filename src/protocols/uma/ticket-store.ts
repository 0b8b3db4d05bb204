/** Permission tickets: what was asked for, kept under the hash of a secret that works once (UMA Grant §5.5). */
import type { Instant } from '../../base/instant.ts';
import type { Permission } from './permission.ts';
import type { RequestingParty } from './requesting-party.ts';

export type Ticket = {
  /** The authorization process: all successors of one first ticket, and what is issued from them. */
  readonly process: string;
  readonly resourceServer: string;
  readonly patient: string;
  readonly permissions: readonly Permission[];
  /** The client that presented the first ticket; nobody else continues the process. */
  readonly clientId?: string;
  /** Claims accepted earlier in the process. */
  readonly party?: RequestingParty;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
};

export type TicketStore = {
  issue(secretHash: string, ticket: Ticket): Promise<void>;
  /** INVARIANT: atomic; of any number of presentations of a live ticket exactly one gets it. */
  consume(secretHash: string, at: Instant): Promise<Ticket | undefined>;
};
