/** An RPT brought along is asked about again together with the ticket, and then replaced (UMA Grant §3.3.5.1). */
import { decodeJwt } from 'jose';
import { sha256 } from '../../../access/digest.ts';
import { isRandomSecret } from '../../../base/ids.ts';
import { earlier, fromEpochSeconds, type Instant, plusSeconds } from '../../../base/instant.ts';
import type { Client } from '../../authorization-server/client.ts';
import type { TokenStore } from '../../authorization-server/token-store.ts';
import { type VerifyDeps, verifyToken } from '../../authorization-server/verify-token.ts';
import { isSameParty, type RequestingParty } from '../party/requesting-party.ts';
import type { OfferedResource } from '../permission/resource-store.ts';
import type { Ticket } from '../ticket/ticket-store.ts';
import type { Approval, ApprovalStore } from './approval-store.ts';

export type UpgradeDeps = VerifyDeps & {
  readonly tokens: Pick<TokenStore, 'findBySecret'>;
  readonly approvals: Pick<ApprovalStore, 'find'>;
};

/** What an earlier RPT permitted, with its resources as they are now. */
export type Earlier = { readonly approval: Approval; readonly resources: readonly OfferedResource[] };

/**
 * Undefined, so that it is as though none had been brought, unless it is ours and of the same client, resource server,
 * owner and requesting party (UMA Grant §1.3).
 */
export async function earlierRpt(
  deps: UpgradeDeps,
  text: string | undefined,
  of: {
    readonly client: Client;
    readonly ticket: Ticket;
    readonly party: RequestingParty;
    readonly at: Instant;
  },
): Promise<Earlier | undefined> {
  const tokenId = text === undefined ? undefined : await tokenIdIn(deps, text, of.at);
  const found = tokenId === undefined ? undefined : await deps.approvals.find(tokenId);
  if (!found || found.isRevoked) return undefined;
  const { approval, resources } = found;
  const isSame =
    approval.clientId === of.client.id &&
    approval.resourceServer === of.ticket.resourceServer &&
    approval.patient === of.ticket.patient &&
    approval.party.requester.clientId === of.party.requester.clientId &&
    isSameParty(approval.party, of.party);
  return isSame ? { approval, resources } : undefined;
}

/** It may have expired (UMA Grant §3.3.1): then it must have been good up to its end. */
async function tokenIdIn(deps: UpgradeDeps, text: string, at: Instant): Promise<string | undefined> {
  if (isRandomSecret(text)) return (await deps.tokens.findBySecret(sha256(text)))?.token.id;
  const end = endSaidIn(text);
  if (end === undefined) return undefined;
  const verified = await verifyToken(deps, text, earlier(at, plusSeconds(end, -1)));
  return verified.ok ? verified.value.id : undefined;
}

function endSaidIn(text: string): Instant | undefined {
  try {
    const { exp } = decodeJwt(text);
    return exp === undefined || !Number.isSafeInteger(exp * 1000) ? undefined : fromEpochSeconds(exp);
  } catch {
    return undefined;
  }
}
