/** The record of what was decided and done: written with the act it belongs to, never changed. */
import type { Instant } from '../base/instant.ts';
import type { Basis, Reason } from '../decision/decision.ts';
import type { Action, Requester } from '../decision/request.ts';
import type { DateTest, PageOf, PageRequest } from '../fhir/search/search.ts';

export type AuditEntry = DecisionEntry | InteractionEntry | AnswerEntry | AuthorizationEntry;

/** http://terminology.hl7.org/CodeSystem/audit-event-outcome: success, minor, serious and major failure. */
export type AuditOutcome = '0' | '4' | '8' | '12';

/** http://hl7.org/fhir/restful-interaction, as far as we serve it. */
export type Interaction =
  | 'create'
  | 'read'
  | 'vread'
  | 'update'
  | 'patch'
  | 'delete'
  | 'history-instance'
  | 'history-type'
  | 'search-type';

/** One interaction with the FHIR API; of a search that shows several patients there is one for each (audit.md A-5). */
export type InteractionEntry = {
  readonly kind: 'interaction';
  /** Random, and the id under which the AuditEvent is read. */
  readonly id: string;
  readonly recordedAt: Instant;
  readonly interaction: Interaction;
  /** The resource type it was about. */
  readonly type: string;
  /** `Patient/ann`. */
  readonly patient?: string;
  /** `Consent/1/_history/2`; without the version where there is none. */
  readonly what?: string;
  /** The request of a search as received: its address and, behind an empty line, its form (audit.md §2). */
  readonly query?: string;
  readonly outcome: AuditOutcome;
  /** The code of the refusal, never its words. */
  readonly problem?: string;
  /** Network address of the client, where it is known. */
  readonly address?: string;
  readonly circumstances: Circumstances;
};

export type DecisionEntry = {
  readonly kind: 'decision';
  /** Random, and the id under which the AuditEvent is read. */
  readonly id: string;
  readonly recordedAt: Instant;
  /** `Patient/ann`; absent when nobody in reach of the client was meant. */
  readonly patient?: string;
  readonly outcome: 'permit' | 'deny';
  readonly reason: Reason;
  readonly basis: readonly Basis[];
  readonly conflict: boolean;
  readonly action: Action;
  /** The types asked for; absent means any. */
  readonly resourceTypes?: readonly string[];
  /** Names every version that the decision rested on; see `Decided`. */
  readonly inputs?: string;
  /** The one resource asked about: `Observation/1`. */
  readonly resource?: string;
  readonly purposes: readonly string[];
  readonly requester: Requester;
  readonly circumstances: Circumstances;
  /** Codes of http://terminology.hl7.org/CodeSystem/v3-ActCode that came with the answer. */
  readonly obligations?: readonly string[];
  /** It was asked as of this earlier moment. */
  readonly asOf?: Instant;
  /** Why the privacy office shall look at it. */
  readonly review?: readonly ReviewReason[];
  /** Somebody asked to break the glass, and gave this reason. */
  readonly breakGlass?: { readonly reason?: string };
  /** `Consent/1/_history/2`: consents that were passed over for newer ones. */
  readonly superseded?: readonly string[];
  /** The evaluation itself failed, and closed. */
  readonly failed?: boolean;
};

/** What a patient said to a request that waited for them. */
export type AnswerEntry = {
  readonly kind: 'answer';
  /** Random, and the id under which the AuditEvent is read. */
  readonly id: string;
  readonly recordedAt: Instant;
  /** `Patient/ann`. */
  readonly patient: string;
  readonly answer: 'approved' | 'refused';
  /** The id of the request, under which the patient saw it. */
  readonly request: string;
  /** `Consent/1/_history/1`: what a yes filed. */
  readonly consents: readonly string[];
  readonly purposes: readonly string[];
  /** Who asked, and through which client. */
  readonly requester: Requester;
  readonly askedBy: Pick<Circumstances, 'clientId'>;
  /** Of the answer: the client that said it in the patient's name. */
  readonly circumstances: Circumstances;
};

/** What a patient said at the authorization page to a client that asked. */
export type AuthorizationEntry = {
  readonly kind: 'authorization';
  /** Random, and the id under which the AuditEvent is read. */
  readonly id: string;
  readonly recordedAt: Instant;
  /** `Patient/ann`. */
  readonly patient: string;
  readonly answer: 'allowed' | 'denied';
  /** What the page named: what was allowed, or would have been. */
  readonly scopes: readonly string[];
  /** RFC 8707; empty: our own APIs. */
  readonly resources: readonly string[];
  /** When it ends by itself, where it was allowed. */
  readonly expiresAt?: Instant;
  /** The transaction is the id of what was allowed. */
  readonly circumstances: Circumstances;
};

/** What a privacy officer looks for (B-2, B-5, C-5, R-26). */
export const reviewReasons = [
  'break-glass',
  'conflict',
  'withheld-from-patient',
  'unreadable-consent',
] as const;
export type ReviewReason = (typeof reviewReasons)[number];

/** Who asked, through which door; known to the protocol that asks, not to the decision. */
export type Circumstances = {
  /** `uma`, `introspection`, `authorize`, `b2b`, `decisions`, `fhir` … */
  readonly door: string;
  readonly clientId: string;
  readonly requestId: string;
  /** jti of the token that was presented or issued; never the token. */
  readonly tokenId?: string;
  /** The authorization process it belongs to. */
  readonly transaction?: string;
  /** Network address of the client, where it is known. */
  readonly address?: string;
};

export type AuditLog = {
  /** Joins the transaction of the act that the entries record. */
  append(entries: readonly AuditEntry[]): Promise<void>;
};

/** Of what is listed under one name one must hold, of the names all. */
export type AuditQuery = {
  readonly id?: readonly string[];
  /** `Patient/ann`. */
  readonly patient?: readonly string[];
  readonly client?: readonly string[];
  readonly outcome?: readonly AuditOutcome[];
  readonly type?: readonly string[];
  readonly subtype?: readonly string[];
  readonly action?: readonly string[];
  /** `Consent/1`, for any version of it, or `Consent/1/_history/2`; each list a condition of its own. */
  readonly entity?: readonly (readonly string[])[];
  /** Who took part, as `agent-entries.ts` writes it; each list a condition of its own. */
  readonly agent?: readonly (readonly string[])[];
  /** Each list a condition of its own. */
  readonly review?: readonly (readonly ReviewReason[])[];
  /** When it was recorded; each list a condition of its own. */
  readonly recorded?: readonly (readonly DateTest[])[];
  /** `Organization/h`: patients in the care of one of these. */
  readonly managedBy?: readonly string[];
};

export type AuditReader = {
  /** Newest first. */
  find(query: AuditQuery, page: PageRequest): Promise<PageOf<AuditEntry>>;
};
