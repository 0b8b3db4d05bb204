/** Sending the client to the consent authority: a `need_info` that a plain UMA client still understands (§3.2). */
import type { JsonObject } from '../base/json.ts';

/** How an RPT of the consent authority travels back to us as a claim token. */
export const approvalTokenFormat = 'urn:ietf:params:oauth:token-type:access_token';

export type Referral = {
  /** tD2, our own next ticket: bind it to client, resource, scopes, requester and the tickets below. */
  readonly ticket: string;
  /** Every authority whose approval is required (§3.2 rule 5). */
  readonly upstream: readonly UpstreamTicket[];
};

export type UpstreamTicket = {
  readonly issuer: string;
  /** tU1, from `requestTicket`. */
  readonly ticket: string;
};

export type WireResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
};

/**
 * The answer of our token endpoint: 403 `need_info` naming the issuer to ask (UMA Grant §3.3.6) and, as an extension
 * member, the ticket to ask it with. Authenticate the client first: the referral tells that there is such a patient.
 *
 * @example
 * const { status, headers, body } = buildReferral({
 *   ticket: next, upstream: [{ issuer: upstream.authority.issuer, ticket: ticket.value }],
 * });
 * return new Response(JSON.stringify(body), { status, headers });
 */
export function buildReferral(referral: Referral): WireResponse {
  return {
    status: 403,
    headers: { 'Cache-Control': 'no-store', 'Content-Type': 'application/json' },
    body: {
      error: 'need_info',
      ticket: referral.ticket,
      required_claims: referral.upstream.map(({ issuer }) => requiredClaim(issuer)),
      upstream: referral.upstream.map(({ issuer, ticket }) => ({ as_uri: issuer, ticket })),
    },
  };
}

const requiredClaim = (issuer: string): JsonObject => ({
  name: 'consent_approval',
  friendly_name: 'Patient consent approval',
  claim_token_format: [approvalTokenFormat],
  claim_type: `${issuer}/uma/claims/upstream-rpt`,
  issuer: [issuer],
});
