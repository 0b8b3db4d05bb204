/** An identity provider that we trust, and the claim tokens it signs about requesting parties. */
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../src/base/json.ts';
import type { TrustedIssuer } from '../../src/protocols/uma/party/trusted-issuer-store.ts';
import { type Authority, issuer as ourIssuer, seconds, withoutAbsent } from './authority.ts';
import { aKeyPair, type KeyPair, signed } from './keys.ts';

export type IdentityProvider = { readonly issuer: string; readonly keys: KeyPair };

export const treatment = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' };

export async function anIdentityProvider(
  authority: Authority,
  given: Partial<TrustedIssuer> = {},
): Promise<IdentityProvider> {
  const keys = await aKeyPair();
  const issuer = `https://idp-${randomUUID()}.example`;
  const trusted = { issuer, jwks: [keys.publicJwk], clientIds: {}, ...given };
  await authority.deps.trustedIssuers.trust(trusted);
  return { issuer: trusted.issuer, keys };
}

/** A clinician who treats; claims given replace the usual ones, an undefined one is left out. */
export async function claimTokenOf(
  { world }: Authority,
  { issuer, keys }: IdentityProvider,
  claims: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const now = seconds(world.at);
  const usual = { iss: issuer, sub: 'dr-t', aud: ourIssuer, iat: now, exp: now + 600, jti: randomUUID() };
  return await signed(keys, withoutAbsent({ ...usual, extensions: { ihe_iua: iua() }, ...claims }), header);
}

export const iua = (given: JsonObject = {}): JsonObject => ({
  subject_name: 'Dr. T',
  subject_organization_id: 'https://clinic-a.example',
  purpose_of_use: [treatment],
  ...given,
});
