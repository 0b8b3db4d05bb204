// The hospital's own permission tickets: each is one step of one transaction, and everything the next step may rely
// on is bound to it here (cascaded-authorization.md §3.2 rule 2). In memory: a hospital would keep them in its database.

import { randomBytes } from 'node:crypto';
import type { Coding, RequesterId } from '../../../../../src/sdk/index.ts';

export type Wanted = { readonly recordId: string; readonly scopes: readonly string[] };

export type Transaction =
  /** tD1: the record server asked, and nobody has presented the ticket yet. */
  | { readonly stage: 'opened'; readonly wanted: Wanted }
  /** tD2: the app was referred to the consent authority with the ticket tU1. */
  | {
      readonly stage: 'referred';
      readonly wanted: Wanted;
      readonly clientId: string;
      readonly requester: Requester;
      readonly upstream: { readonly issuer: string; readonly ticket: string };
    };

export type Requester = RequesterId & { readonly purposes: readonly Coding[] };

export type Transactions = {
  readonly open: (transaction: Transaction) => string;
  /** The transaction of a ticket, once: a ticket is spent by being presented (UMA Grant §5.5). */
  readonly take: (ticket: string) => Transaction | undefined;
};

const lifetimeMs = 10 * 60 * 1000;

export function keepTransactions(): Transactions {
  const kept = new Map<string, { readonly transaction: Transaction; readonly until: number }>();

  function open(transaction: Transaction): string {
    const ticket = randomBytes(32).toString('base64url');
    kept.set(ticket, { transaction, until: Date.now() + lifetimeMs });
    return ticket;
  }

  function take(ticket: string): Transaction | undefined {
    const found = kept.get(ticket);
    kept.delete(ticket);
    return found && Date.now() < found.until ? found.transaction : undefined;
  }

  return { open, take };
}
