/** What the OAuth endpoints take and give (RFC 6749 §5, RFC 7009 §2, RFC 7662 §2, RFC 8414 §2). */
import { z } from 'zod';

/** RFC 7521 §4.2. */
const clientCredentials = z.object({
  client_id: z.string().optional(),
  client_assertion: z.string().optional(),
  client_assertion_type: z.string().optional(),
  /** Read only to refuse it: beside an assertion it is a second method (RFC 6749 §2.3), alone it proves nothing here. */
  client_secret: z.string().optional(),
});
export type ClientCredentials = z.output<typeof clientCredentials>;

/** RFC 6749 §4: the rest of the parameters belongs to the grant that reads them. */
export const tokenRequest = clientCredentials.extend({ grant_type: z.string() }).catchall(z.string());
export type TokenRequest = z.output<typeof tokenRequest>;

/** RFC 6749 §4.4.2. */
export const clientCredentialsRequest = z.object({ scope: z.string().optional() });

/** RFC 6749 §5.1. */
export const tokenResponse = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
  scope: z.string().optional(),
});

/** RFC 7662 §2.1; the hint changes nothing, since every token of ours is found the same way. */
export const introspectionRequest = z.object({ token: z.string(), token_type_hint: z.string().optional() });

/** RFC 7662 §2.2: the other members depend on the kind of token. */
export const introspectionResponse = z.looseObject({ active: z.boolean() });

/** RFC 7009 §2.1. */
export const revocationRequest = clientCredentials.extend({
  token: z.string(),
  token_type_hint: z.string().optional(),
});

/** RFC 7517 §5. */
export const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) });

/** RFC 8414 §2, with the members of the protocols that are served. */
export const discoveryDocument = z.looseObject({
  issuer: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  grant_types_supported: z.array(z.string()),
  response_types_supported: z.array(z.string()),
});
