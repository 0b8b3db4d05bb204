/** Collects claims about the requesting party: what is pushed now, or what the ticket carries. */
import type { Instant } from '../../base/instant.ts';
import type { Json } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Client } from '../authorization-server/client.ts';
import { type ClientBehindDeps, clientBehind } from './client-behind.ts';
import type { ClaimProblem } from './failures.ts';
import { type PartyDeps, type RequestingParty, readParty } from './requesting-party.ts';
import type { Ticket } from './ticket-store.ts';
import type { TrustedIssuerStore } from './trusted-issuer-store.ts';
import { type ClaimTokenDeps, verifyClaimToken } from './verify-claim-token.ts';
import { idTokenFormat, type UmaTokenRequest } from './wire.ts';

export type ClaimsDeps = ClaimTokenDeps &
  PartyDeps &
  ClientBehindDeps & { readonly trustedIssuers: TrustedIssuerStore };

export async function collectClaims(
  deps: ClaimsDeps,
  pushed: UmaTokenRequest,
  ticket: Ticket,
  client: Client,
  at: Instant,
): Promise<Result<RequestingParty, ClaimProblem>> {
  const { claim_token: token, claim_token_format: format } = pushed;
  if (token === undefined) return fromEarlier(ticket, at);
  if (format !== idTokenFormat) return err('other-format');
  const verified = await verifyClaimToken(deps, token, client.id, at);
  if (!verified.ok) return verified;
  const clientId = await clientBehind(deps, verified.value, ticket, client);
  return clientId.ok ? await readParty(deps, verified.value.claims, clientId.value) : clientId;
}

function fromEarlier({ party }: Ticket, at: Instant): Result<RequestingParty, ClaimProblem> {
  if (!party) return err('none-pushed');
  // Who is at the keyboard may have changed since (UMA Grant §5.1).
  return party.expiresAt > at ? ok(party) : err('expired');
}

/** `required_claims` of UMA Grant §3.3.6: a purpose, from an issuer we trust, in the one format we read. */
export async function requiredClaims({ trustedIssuers }: Pick<ClaimsDeps, 'trustedIssuers'>): Promise<Json> {
  const issuers = (await trustedIssuers.list()).map(({ issuer }) => issuer);
  return [
    {
      name: 'purpose_of_use',
      friendly_name: 'Purpose of use',
      claim_token_format: [idTokenFormat],
      ...(issuers.length === 0 ? {} : { issuer: issuers }),
    },
  ];
}
