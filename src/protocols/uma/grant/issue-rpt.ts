/** Issues the RPT of a permit and writes down what it rests on, all at once or not at all. */
import { recordOf } from '../../../access/record-of.ts';
import type { AuditLog, DecisionEntry } from '../../../audit/audit-log.ts';
import { randomId } from '../../../base/ids.ts';
import { earlier, fromEpochSeconds, plusSeconds, toEpochSeconds } from '../../../base/instant.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { Transact } from '../../../base/transact.ts';
import { keyedHash } from '../../authorization-server/hash.ts';
import type { IssuedToken } from '../../authorization-server/token-store.ts';
import { type WriteDeps, writeToken } from '../../authorization-server/write-token.ts';
import type { Answered, Asked } from '../assessment/assess-request.ts';
import { pctFor } from '../party/pct.ts';
import type { RequestingParty } from '../party/requesting-party.ts';
import type { SubmittedRequestStore } from '../submitted/submitted-request-store.ts';
import type { TicketStore } from '../ticket/ticket-store.ts';
import type { CollectedClaims } from './collect-claims.ts';
import type { IssuanceStore } from './issuance-store.ts';

const lifetimeSeconds = 300;

/** What changes where the patient is asked. */
type SubmissionStores = {
  readonly tickets: Pick<TicketStore, 'issue'>;
  readonly submittedRequests: Pick<SubmittedRequestStore, 'submit'>;
  readonly audit: AuditLog;
};

export type IssueDeps = WriteDeps & {
  readonly issuances: IssuanceStore;
  readonly transact: Transact<SubmissionStores>;
  /** For an answer that changes nothing. */
  readonly record: Transact<Pick<SubmissionStores, 'audit'>>;
  /** From it the names of requesting parties are made that nobody else can connect with them. */
  readonly pairwiseSecret: string;
};

/** What was asked, and what the consents say to it. */
export type Redemption = Asked & CollectedClaims & { readonly answer: Answered; readonly requestId: string };

/** Undefined when the permit ends before a token could live for a second. */
export async function issueRpt(deps: IssueDeps, redemption: Redemption): Promise<JsonObject | undefined> {
  const token = tokenFor(deps, redemption);
  const expiresIn = toEpochSeconds(token.expiresAt) - toEpochSeconds(token.issuedAt);
  if (expiresIn < 1) return undefined;
  const { ticket, client, party, pctHash, isCarried, answer, resourceServer, at } = redemption;
  const subject = pseudonym(deps, resourceServer.id, party);
  // INVARIANT: nothing of the permissions goes in; the client can read it, and would learn what is withheld.
  const rpt = await writeToken(deps, client, { ...token, subject, audience: resourceServer.resource });
  const isNew = pctHash === undefined && !isCarried;
  const pct = isNew ? pctFor(deps.random, client, party, at) : undefined;
  const approval = {
    tokenId: token.id,
    process: ticket.process,
    clientId: client.id,
    resourceServer: resourceServer.id,
    patient: ticket.patient,
    permissions: answer.granted,
    party,
    subject,
    ...(pctHash === undefined ? {} : { pctHash }),
    expiresAt: token.expiresAt,
  };
  const { upgraded } = answer;
  await deps.issuances.keep({
    token,
    ...(rpt.secretHash === undefined ? {} : { secretHash: rpt.secretHash }),
    approval,
    ...(pct ? { pct } : {}),
    ...(upgraded ? { replaced: { tokenId: upgraded.tokenId, clientId: client.id, at } } : {}),
    records: recordsOf(redemption, token.id),
  });
  return {
    access_token: rpt.text,
    token_type: 'Bearer',
    expires_in: expiresIn,
    ...(pct ? { pct: pct.secret } : {}),
    ...(upgraded ? { upgraded: true } : {}),
  };
}

export async function recordRefusal(
  { record }: Pick<IssueDeps, 'record'>,
  redemption: Redemption,
): Promise<void> {
  await record(({ audit }) => audit.append(recordsOf(redemption)));
}

/** In whole seconds, rounded down, so that the token outlives neither the permit (D-3) nor the claims behind it (U24). */
function tokenFor({ random }: IssueDeps, redemption: Redemption): IssuedToken {
  const { ticket, client, answer, party, at, resourceServer } = redemption;
  const longest = earlier(plusSeconds(at, lifetimeSeconds), party.expiresAt);
  const end = answer.holdsUntil === undefined ? longest : earlier(longest, answer.holdsUntil);
  return {
    id: randomId(random),
    kind: 'rpt',
    clientId: client.id,
    resourceServer: resourceServer.id,
    patient: ticket.patient,
    scopes: [],
    issuedAt: at,
    expiresAt: fromEpochSeconds(toEpochSeconds(end)),
  };
}

/** One requesting party has one name per resource server, and another at the next (cascaded-authorization.md T7). */
const pseudonym = (deps: IssueDeps, resourceServer: string, { issuer, subject }: RequestingParty): string =>
  keyedHash(deps.pairwiseSecret, JSON.stringify([resourceServer, issuer, subject]));

export const recordsOf = (
  { ticket, client, answer, requestId }: Redemption,
  tokenId?: string,
): readonly DecisionEntry[] =>
  answer.decided.map((decided) =>
    recordOf(decided, {
      door: 'uma',
      clientId: client.id,
      requestId,
      transaction: ticket.process,
      ...(tokenId === undefined ? {} : { tokenId }),
    }),
  );
