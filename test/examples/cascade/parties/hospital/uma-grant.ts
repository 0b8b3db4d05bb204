// The uma-ticket grant that oidc-provider does not bring: an app trades a ticket and what it can show for a token.

import type { JsonObject } from '../../../../../src/base/json.ts';
import {
  answerTo,
  approvalTokenFormat,
  type CascadeFailure,
  idTokenFormat,
} from '../../../../../src/sdk/index.ts';
import type { Answer } from '../party.ts';
import type { Approved, Asking, Cascade } from './cascade.ts';
import type { App } from './settings.ts';
import type { IdentityProvider } from './sign-in.ts';
import type { Transaction, Transactions } from './transactions.ts';

export type TicketRequest = {
  readonly ticket?: string | undefined;
  readonly claim_token?: string | undefined;
  readonly claim_token_format?: string | undefined;
};

export type GrantParts = {
  readonly transactions: Transactions;
  readonly cascade: Cascade;
  readonly idp: IdentityProvider;
  readonly log: (event: JsonObject) => void;
};

/** Either an approval to issue a token on, or the whole answer. */
export type TicketOutcome = { readonly approved: Approved } | { readonly answer: Answer };

/** The client is authenticated already: a referral tells that there is such a record (T6). */
export async function redeemTicket(
  parts: GrantParts,
  app: App,
  request: TicketRequest,
): Promise<TicketOutcome> {
  const transaction = parts.transactions.take(request.ticket ?? '');
  if (!transaction) return refuse(400, 'invalid_grant');
  return transaction.stage === 'opened'
    ? await begin(parts, app, request, transaction)
    : await finish(parts, app, request, transaction);
}

type Opened = Extract<Transaction, { readonly stage: 'opened' }>;
type Referred = Extract<Transaction, { readonly stage: 'referred' }>;

/** tD1: who is asking? Then the organization's own policy, and only then the patient's. */
async function begin(
  parts: GrantParts,
  app: App,
  request: TicketRequest,
  opened: Opened,
): Promise<TicketOutcome> {
  const shown = request.claim_token_format === idTokenFormat ? (request.claim_token ?? '') : '';
  const requester = await parts.idp.recognize(shown);
  if (!requester) return askForSignIn(parts, opened);
  const { wanted } = opened;
  if (!wanted.scopes.some((scope) => app.scopes.includes(scope))) return refuse(403, 'request_denied');
  const asking: Asking = { app, wanted, requester };
  if (app.approval === 'referral') return await refer(parts, asking);
  const approved = await parts.cascade.askInBackChannel(asking);
  return approved.ok ? { approved: approved.value } : fail(parts, approved.failure);
}

/** tD2: the app that was referred, and no other, is back with an approval. */
async function finish(
  parts: GrantParts,
  app: App,
  request: TicketRequest,
  referred: Referred,
): Promise<TicketOutcome> {
  if (referred.clientId !== app.clientId) return refuse(400, 'invalid_grant');
  const asking: Asking = { app, wanted: referred.wanted, requester: referred.requester };
  if (request.claim_token_format !== approvalTokenFormat) return await refer(parts, asking);
  const approved = await parts.cascade.accept(asking, request.claim_token ?? '');
  if (approved.ok) return { approved: approved.value };
  const referAgain = answerTo(approved.failure).error === 'need_info';
  return referAgain ? await refer(parts, asking) : fail(parts, approved.failure);
}

async function refer(parts: GrantParts, asking: Asking): Promise<TicketOutcome> {
  const referral = await parts.cascade.refer(asking);
  return referral.ok ? { answer: referral.value } : fail(parts, referral.failure);
}

function askForSignIn({ transactions }: GrantParts, opened: Opened): TicketOutcome {
  const required = { name: 'id_token', friendly_name: 'Staff sign-in', claim_token_format: [idTokenFormat] };
  const body = { error: 'need_info', ticket: transactions.open(opened), required_claims: [required] };
  return { answer: { status: 403, body } };
}

/** The app hears the code, the log hears the reason. */
function fail({ log }: GrantParts, failure: CascadeFailure): TicketOutcome {
  const { status, error, suspicious } = answerTo(failure);
  log({ event: 'approval.refused', reason: failure.reason, detail: failure.detail, suspicious });
  // Nothing to refer to without a ticket of the authority's, and no poll without one of ours (§3.2 rule 6).
  return refuse(
    error === 'need_info' || error === 'request_submitted' ? 403 : status,
    codeWithoutTicket[error],
  );
}

const codeWithoutTicket = {
  need_info: 'request_denied',
  request_submitted: 'request_denied',
  request_denied: 'request_denied',
  invalid_grant: 'invalid_grant',
  temporarily_unavailable: 'temporarily_unavailable',
} as const;

const refuse = (status: number, error: string): TicketOutcome => ({ answer: { status, body: { error } } });
