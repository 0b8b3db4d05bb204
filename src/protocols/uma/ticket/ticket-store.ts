/** Permission tickets: what was asked for, kept under the hash of a secret that works once (UMA Grant §5.5). */
import type { Instant } from '../../../base/instant.ts';
import type { RequestingParty } from '../party/requesting-party.ts';
import type { Permission } from '../permission/permission.ts';
import type { OfferedResource } from '../permission/resource-store.ts';
import type { Poll, RecalledRequest } from '../submitted/submitted-request-store.ts';

/** Claims that were accepted, and stay with the process. */
export type HeldClaims = {
  /** Without purposes where they do not suffice yet. */
  readonly party: RequestingParty;
  /** Of the PCT they came from, with which they end. */
  readonly pctHash?: string;
};

export type Ticket = {
  /** The authorization process: all successors of one first ticket, and what is issued from them. */
  readonly process: string;
  readonly resourceServer: string;
  readonly patient: string;
  readonly permissions: readonly Permission[];
  /** The client that presented the first ticket; nobody else continues the process. */
  readonly clientId?: string;
  /** Of earlier rounds. */
  readonly claims?: HeldClaims;
  /**
   * When the first ticket of the process was issued, or the first since the patient answered: a successor keeps it, so that
   * the process has an end.
   */
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
};

/** A ticket as it is presented, with what stands behind it at that moment. */
export type Presented = {
  readonly ticket: Ticket;
  /** The audience of an RPT; absent when its resource server serves nothing any more. */
  readonly audience?: string;
  /** Of those it names, the ones that are still registered. */
  readonly resources: readonly OfferedResource[];
  /** What its process has put to the patient. */
  readonly submitted?: RecalledRequest;
  /** The PCT that its claims came from was taken back. */
  readonly isPctRevoked?: true;
};

export type TicketStore = {
  issue(secretHash: string, ticket: Ticket): Promise<void>;
  /**
   * One that was consumed goes on as its own successor, and the request that waits in its process remembers the poll: both in
   * one statement, or neither and false. However often, it is one ticket on file.
   */
  renew(
    secretHash: string,
    as: Pick<Ticket, 'expiresAt'> & { readonly secretHash: string },
    poll: Poll,
  ): Promise<boolean>;
  /** INVARIANT: atomic; of any number of presentations of a live ticket exactly one gets it. One round trip. */
  consume(secretHash: string, at: Instant): Promise<Presented | undefined>;
};
