/** Collects claims about the requesting party over the rounds of a process: pushed now, persisted, or accepted before. */
import { sha256 } from '../../../access/digest.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Json } from '../../../base/json.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { Client } from '../../authorization-server/client.ts';
import { type ClientBehindDeps, clientBehind } from '../assessment/client-behind.ts';
import type { ClaimProblem } from '../failures.ts';
import type { PctStore } from '../party/pct-store.ts';
import {
  isSameParty,
  type PartyDeps,
  type RequestingParty,
  readParty,
  stillCounts,
} from '../party/requesting-party.ts';
import type { TrustedIssuerStore } from '../party/trusted-issuer-store.ts';
import { type ClaimTokenDeps, verifyClaimToken } from '../party/verify-claim-token.ts';
import type { HeldClaims, Presented } from '../ticket/ticket-store.ts';
import { idTokenFormat, type UmaTokenRequest } from '../wire.ts';

export type ClaimsDeps = ClaimTokenDeps &
  PartyDeps &
  ClientBehindDeps & {
    readonly trustedIssuers: TrustedIssuerStore;
    readonly pcts: Pick<PctStore, 'find'>;
  };

export type CollectedClaims = HeldClaims & {
  /** They came with an earlier ticket of the process, so that no PCT is given that would hold them for longer. */
  readonly isCarried?: boolean;
};

/** What does not suffice, and what of it stays with the process for the next round. */
export type ClaimsMissing = { readonly why: ClaimProblem; readonly held?: HeldClaims };

/** INVARIANT: never without a purpose (interfaces.md, Claim token), nor past the end of what was claimed (U24). */
export async function collectClaims(
  deps: ClaimsDeps,
  request: UmaTokenRequest,
  presented: Presented,
  client: Client,
  at: Instant,
): Promise<Result<CollectedClaims, ClaimsMissing>> {
  const collected =
    request.claim_token === undefined
      ? await persisted(deps, request, presented, client, at)
      : await pushed(deps, request, presented, client, at);
  // The ticket that follows goes on with what this one held.
  if (!collected.ok) return err({ why: collected.failure });
  const { value } = collected;
  if (!stillCounts(value.party, at)) return err({ why: 'expired' });
  return value.party.purposes.length > 0
    ? collected
    : err({ why: 'purpose-missing', held: heldClaims(value) });
}

export const heldClaims = ({ party, pctHash }: HeldClaims): HeldClaims => ({
  party,
  ...(pctHash === undefined ? {} : { pctHash }),
});

/** What was accepted in earlier rounds, as long as it counts. */
function stillHeld(
  { ticket: { claims }, isPctRevoked }: Presented,
  at: Instant,
): Result<HeldClaims, ClaimProblem> {
  if (claims === undefined) return err('none-pushed');
  if (isPctRevoked) return err('taken-back');
  return stillCounts(claims.party, at) ? ok(claims) : err('expired');
}

type Collected = Result<CollectedClaims, ClaimProblem>;

async function pushed(
  deps: ClaimsDeps,
  { claim_token: token = '', claim_token_format: format }: UmaTokenRequest,
  presented: Presented,
  client: Client,
  at: Instant,
): Promise<Collected> {
  if (format !== idTokenFormat) return err('other-format');
  const verified = await verifyClaimToken(deps, token, client.id, at);
  if (!verified.ok) return verified;
  const clientId = await clientBehind(deps, verified.value, presented.ticket, client);
  if (!clientId.ok) return clientId;
  const { claims } = verified.value;
  const before = presented.ticket.claims?.party;
  // A process is about one party: claims of two must never add up to somebody who may do more than either.
  if (
    before &&
    !(isSameParty(before, { issuer: claims.iss, subject: claims.sub }) && isFor(before, clientId.value))
  )
    return err('wrong-party');
  const held = stillHeld(presented, at);
  const earlier = held.ok ? held.value : undefined;
  const party = await readParty(deps, claims, clientId.value, earlier?.party);
  return party.ok ? ok(heldClaims({ ...earlier, party: party.value })) : party;
}

const isFor = ({ requester }: RequestingParty, clientId: string | undefined): boolean =>
  requester.clientId === clientId;

/** In place of claims; one of another client, or about another party than the process, counts as none (UMA Grant §5.2). */
async function persisted(
  { pcts }: ClaimsDeps,
  { pct }: UmaTokenRequest,
  presented: Presented,
  client: Client,
  at: Instant,
): Promise<Collected> {
  const before = presented.ticket.claims?.party;
  const pctHash = pct === undefined ? undefined : sha256(pct);
  const party = pctHash === undefined ? undefined : await pcts.find(pctHash, client.id, at);
  if (
    party &&
    pctHash !== undefined &&
    (!before || (isSameParty(before, party) && isFor(before, party.requester.clientId)))
  )
    return ok({ party, pctHash });
  // Who is at the keyboard may have changed since they ended (UMA Grant §5.1).
  const held = stillHeld(presented, at);
  return held.ok ? ok({ ...held.value, isCarried: true }) : held;
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
