/** Vouching for a requester: the claim token that an identity provider signs for the consent authority. */
import { SignJWT } from 'jose';
import { type Instant, toEpochSeconds } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import type { SigningKey } from './client-assertion.ts';
import type { Coding } from './coding.ts';

/** The ID token format of UMA Grant §3.3.1; sent in compact serialization, without a second encoding. */
export const idTokenFormat = 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken';

/** Who asks, and what for. Send roles and purposes rather than names: the authority needs no more (T7). */
export type RequesterClaims = {
  /** Stable at this issuer; the approval carries it back as `rqp.sub` (D7). */
  readonly subject: string;
  readonly purposes: readonly Coding[];
  readonly roles?: readonly Coding[];
  /** URI of the organization on whose behalf the requester asks. */
  readonly organizationId?: string;
  /** URI or identifier of the person, where the consents name persons. */
  readonly personId?: string;
  /** The client on whose behalf this server asks, in the back channel (D8, T4). */
  readonly onBehalfOfClient?: string;
};

export type Signer = {
  /** Trusted by the authority as an issuer of claim tokens. */
  readonly issuer: string;
  readonly key: SigningKey;
};

/** As long as an approval lives at most, which ends with the claims it rests on. */
const claimTokenSeconds = 300;

/**
 * Signs a claim token for `audience`, the consent authority's issuer: IHE IUA claims in `extensions.ihe_iua`,
 * five minutes long, with a fresh `jti`. A requester without a purpose gets `need_info` from the authority.
 *
 * @example
 * const token = await signClaimToken({ issuer: 'https://hospital.example', key }, upstream.authority.issuer, {
 *   subject: 'prac-81', organizationId: 'urn:oid:1.2.3',
 *   purposes: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
 * }, asInstant(Date.now()));
 */
export async function signClaimToken(
  signer: Signer,
  audience: string,
  requester: RequesterClaims,
  at: Instant,
): Promise<string> {
  const clientId = requester.onBehalfOfClient;
  return await new SignJWT({
    ...(clientId === undefined ? {} : { client_id: clientId }),
    extensions: { ihe_iua: iuaClaims(requester) },
  })
    .setProtectedHeader({ alg: 'ES256', kid: signer.key.kid, typ: 'JWT' })
    .setIssuer(signer.issuer)
    .setSubject(requester.subject)
    .setAudience(audience)
    .setJti(crypto.randomUUID())
    .setIssuedAt(toEpochSeconds(at))
    .setExpirationTime(toEpochSeconds(at) + claimTokenSeconds)
    .sign(signer.key.key);
}

// IHE IUA Rev. Nov 2025, JWT access token, `extensions.ihe_iua`.
function iuaClaims(requester: RequesterClaims): JsonObject {
  const { purposes, roles, organizationId, personId } = requester;
  return {
    purpose_of_use: purposes,
    ...(roles === undefined ? {} : { subject_role: roles }),
    ...(organizationId === undefined ? {} : { subject_organization_id: organizationId }),
    ...(personId === undefined ? {} : { person_id: personId }),
  };
}
