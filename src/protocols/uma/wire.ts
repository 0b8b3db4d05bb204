/** What UMA puts on the wire (UMA Grant §3.3, Federated Authorization §3, §4; claim tokens: IHE IUA §3.71). */
import { z } from 'zod';

/** Printable, without quote and backslash (RFC 6749 §3.3): a scope must survive a space-separated list. */
const scope = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, 'must be a scope of at most 256 printable characters');
const shortText = z.string().max(1024);

/** `Patient/ID`, or an identifier token `system|value` (interfaces.md, RS-level PAT). */
const resourceOwner = z
  .string()
  .max(1024)
  .regex(
    /^(?:Patient\/[A-Za-z0-9\-.]{1,64}|[^|\s\p{Cc}]*\|[^|\p{Cc}]+)$/u,
    'must be `Patient/ID` or `system|value`',
  );

/** Federated Authorization §3.1; members we do not know are ignored (§1.1). */
const resourceDescription = z.object({
  resource_scopes: z.array(scope).max(256),
  name: shortText.optional(),
  description: shortText.optional(),
  icon_uri: shortText.optional(),
  type: shortText.optional(),
});
export type ResourceDescription = z.output<typeof resourceDescription>;

/**
 * Profile `/uma/profiles/rs-pat`: the PAT belongs to the resource server, so the description names the owner. A PAT that
 * the owner granted says who that is. Who names the owner again, then or when the description is replaced, must name the same.
 */
export const resourceRegistration = resourceDescription.extend({ resource_owner: resourceOwner.optional() });
export const resourceId = z.object({ id: z.string().max(64) });

/** Federated Authorization §3.2.1, §3.2.3. */
export const registrationReply = z.object({ _id: z.string() });
export const resourceReply = resourceDescription.extend({ _id: z.string(), resource_owner: resourceOwner });
export const resourceList = z.array(z.string());

const permission = z.object({ resource_id: z.string(), resource_scopes: z.array(z.string()).max(256) });
/** Federated Authorization §4.1: one, or several of one owner. */
export const permissionRequest = z.union([permission, z.array(permission).min(1).max(1000)]);
export type PermissionRequest = z.output<typeof permissionRequest>;
export const permissionReply = z.object({ ticket: z.string() });

export const idTokenFormat = 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken';

/** UMA Grant §3.3.1. */
export const umaTokenRequest = z
  .object({
    ticket: z.string(),
    claim_token: z.string().optional(),
    claim_token_format: z.string().optional(),
    pct: z.string().optional(),
    rpt: z.string().optional(),
    scope: z.string().optional(),
  })
  .refine((it) => (it.claim_token === undefined) === (it.claim_token_format === undefined), {
    error: 'claim_token and claim_token_format come together or not at all',
    path: ['claim_token'],
  });
export type UmaTokenRequest = z.output<typeof umaTokenRequest>;

/** No control characters: what is looked up in a database must not be refused by it. */
const text = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^\P{Cc}*$/u);
const coding = z.object({ system: text.optional(), code: text });
/** NumericDate of RFC 7519 §2, as far as dates can be written (RFC 3339 §1). */
const numericDate = z.number().max(253_402_300_799);

/** IHE IUA, `extensions.ihe_iua`; without a purpose, claims do not suffice yet. */
const iheIua = z.object({
  subject_name: text.optional(),
  subject_organization: text.optional(),
  subject_organization_id: text.optional(),
  subject_role: z.array(coding).max(50).optional(),
  purpose_of_use: z.array(coding).min(1).max(20).optional(),
  home_community_id: text.optional(),
  national_provider_identifier: text.optional(),
  person_id: text.optional(),
});
export type IheIua = z.output<typeof iheIua>;

/** The claims every claim token must carry (interfaces.md, Claim token). */
export const claimTokenClaims = z.object({
  iss: text,
  sub: text,
  jti: text,
  exp: numericDate,
  iat: numericDate,
  aud: z.union([z.string(), z.array(z.string()).min(1)]),
  azp: z.string().optional(),
  /** The client on whose behalf the issuer's own server asks (cascaded-authorization.md D8, T4). */
  client_id: text.optional(),
  extensions: z.object({ ihe_iua: iheIua }),
});
export type ClaimTokenClaims = z.output<typeof claimTokenClaims>;

/** RFC 8414 §2 with Federated Authorization §2. */
export const umaConfiguration = z.looseObject({
  issuer: z.string(),
  token_endpoint: z.string(),
  resource_registration_endpoint: z.string(),
  permission_endpoint: z.string(),
  introspection_endpoint: z.string(),
});
