/** The discovery document (RFC 8414 §2), put together from the grants served and what each protocol adds. */
import type { JsonObject } from '../../base/json.ts';
import { assertionAlgorithms } from './authenticate-client.ts';
import type { Grant } from './grants.ts';

export type Discovery = JsonObject & { readonly issuer: string };

/** Lists that several contributions name are joined; anything else is named by one of them alone. */
export function discoveryDocument(
  issuer: string,
  grants: readonly Pick<Grant, 'type'>[],
  contributions: readonly JsonObject[],
): Discovery {
  const document: Record<string, JsonObject[string]> = { ...authorizationServerMetadata(issuer, grants) };
  for (const [name, value] of contributions.flatMap((contribution) => Object.entries(contribution))) {
    const known = document[name];
    document[name] =
      Array.isArray(known) && Array.isArray(value) ? [...new Set([...known, ...value])] : value;
  }
  return { ...document, issuer };
}

const authorizationServerMetadata = (issuer: string, grants: readonly Pick<Grant, 'type'>[]): JsonObject => ({
  issuer,
  token_endpoint: `${issuer}/oauth/token`,
  token_endpoint_auth_methods_supported: ['private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: [...assertionAlgorithms],
  jwks_uri: `${issuer}/oauth/jwks`,
  grant_types_supported: grants.map(({ type }) => type),
  // Required, and never empty (RFC 8414 §2, §3.2): there is no authorization endpoint to give anything yet.
  response_types_supported: ['none'],
  revocation_endpoint: `${issuer}/oauth/revoke`,
  revocation_endpoint_auth_methods_supported: ['private_key_jwt'],
  revocation_endpoint_auth_signing_alg_values_supported: [...assertionAlgorithms],
  introspection_endpoint: `${issuer}/oauth/introspect`,
  // By PAT (UMA Federated Authorization §5; named so by IHE IUA ITI-103).
  introspection_endpoint_auth_methods_supported: ['Bearer'],
});
