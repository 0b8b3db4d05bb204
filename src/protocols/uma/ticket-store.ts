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
  /**
   * Claims the ticket was issued with, for who redeems it to lean on. Nobody issues such a ticket yet: today claims that
   * suffice end the process in a token or a refusal. An approval that waits for the patient will.
   */
  readonly party?: RequestingParty;
  /** When the first ticket of the process was issued: a successor keeps it, so that the process has an end. */
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
};

export type TicketStore = {
  issue(secretHash: string, ticket: Ticket): Promise<void>;
  /** INVARIANT: atomic; of any number of presentations of a live ticket exactly one gets it. */
  consume(secretHash: string, at: Instant): Promise<Ticket | undefined>;
};
