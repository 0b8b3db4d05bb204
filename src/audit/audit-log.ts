/** The record of what was decided: written with the act it belongs to, never changed. */
import type { Instant } from '../base/instant.ts';
import type { Basis, Reason } from '../decision/decision.ts';
import type { Action, Requester } from '../decision/request.ts';

export type DecisionEntry = {
  /** Random, and the id under which the AuditEvent is read. */
  readonly id: string;
  readonly recordedAt: Instant;
  readonly patient: string;
  readonly outcome: 'permit' | 'deny';
  readonly reason: Reason;
  readonly basis: readonly Basis[];
  readonly conflict: boolean;
  readonly action: Action;
  /** The types asked for; absent means any. */
  readonly resourceTypes?: readonly string[];
  readonly purposes: readonly string[];
  readonly requester: Requester;
  readonly circumstances: Circumstances;
};

/** Who asked, through which door; known to the protocol that asks, not to the decision. */
export type Circumstances = {
  /** `uma`, `introspection`, `b2b`, `decisions` … */
  readonly door: string;
  readonly clientId: string;
  readonly requestId: string;
  /** jti of the token that was presented or issued; never the token. */
  readonly tokenId?: string;
  /** The authorization process it belongs to. */
  readonly transaction?: string;
};

export type AuditLog = {
  /** Joins the transaction of the act that the entries record. */
  append(entries: readonly DecisionEntry[]): Promise<void>;
};

export type AuditQuery = {
  readonly patient?: readonly string[];
  readonly client?: readonly string[];
  readonly outcome?: readonly ('permit' | 'deny')[];
  readonly id?: readonly string[];
  /** `Organization/h`: patients in the care of one of these. */
  readonly managedBy?: readonly string[];
};

export type AuditReader = {
  /** Newest first. */
  find(
    query: AuditQuery,
    page: { readonly count: number; readonly offset: number },
  ): Promise<{
    readonly entries: readonly DecisionEntry[];
    readonly total: number;
  }>;
};
