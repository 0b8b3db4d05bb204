/** Requests that wait for the patient (UMA Grant §3.3.6 `request_submitted`), and what the patient said to them. */
import type { Limits } from '../../../access/patient-in-reach.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Client } from '../../authorization-server/client.ts';
import type { RequestingParty } from '../party/requesting-party.ts';
import type { AskedPermission } from '../permission/permission.ts';

export type Answer = 'approved' | 'refused';

export type SubmittedRequest = {
  /** Random: under it the patient finds the request. */
  readonly id: string;
  /** Of its tickets; one process waits with one request. */
  readonly process: string;
  /** Who is shown it, which may be nobody. */
  readonly patient: string;
  /** Whom it is about: `Patient/ann`. */
  readonly about: string;
  readonly clientId: string;
  readonly resourceServer: string;
  readonly permissions: readonly AskedPermission[];
  readonly party: RequestingParty;
  readonly submittedAt: Instant;
  /** When nobody waits any longer, whatever was answered. */
  readonly expiresAt: Instant;
  /** How long the client has to leave between two polls. */
  readonly intervalSeconds: number;
  readonly polledAt: Instant;
  readonly answer?: Answer;
  readonly answeredAt?: Instant;
};

/** As a later decision finds it. */
export type RecalledRequest = SubmittedRequest & {
  /** Every consent that a yes filed is as it was filed: neither withdrawn, nor changed, nor deleted since. */
  readonly isStanding: boolean;
};

/** With the clients behind it as they are registered now. */
export type RequestOnFile = SubmittedRequest & {
  readonly client: Limits & Pick<Client, 'id' | 'name'>;
  /** Of the client on whose behalf that one asks, where it is one of ours. */
  readonly behindName?: string;
};

export type Poll = Pick<SubmittedRequest, 'intervalSeconds' | 'polledAt'>;

/** How many of one client may wait for answers at once. */
export type MostWaiting = {
  /** About one patient, asked by one account at one issuer. */
  readonly ofAccount: number;
  /** About one patient. */
  readonly ofPatient: number;
  readonly ofClient: number;
};

/** What waits at a moment: what was polled lately enough that it has a ticket still. */
export type Live = { readonly at: Instant; readonly polledAfter: Instant };

/** INVARIANT: of a client that was disabled, or that asks for one, nothing is found and nothing is answered. */
export type SubmittedRequestStore = {
  /** False, and nothing is kept, where as many wait already. One statement. */
  submit(request: SubmittedRequest, most: MostWaiting, live: Live): Promise<boolean>;
  /** The patient's that wait for an answer, oldest first, after the one with that id. */
  waiting(
    patient: string,
    live: Live,
    page: { readonly count: number; readonly after?: string },
  ): Promise<readonly RequestOnFile[]>;
  find(patient: string, id: string): Promise<RequestOnFile | undefined>;
  /**
   * INVARIANT: atomic; of any number of answers to a request that waits exactly one counts.
   *
   * @param consents ids of those that a yes files
   */
  answer(id: string, answer: Answer, live: Live, consents: readonly string[]): Promise<boolean>;
};
