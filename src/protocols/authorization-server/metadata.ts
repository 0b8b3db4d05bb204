/** The discovery document (RFC 8414 §2), put together from the grants served and what each protocol adds. */
import type { JsonObject } from '../../base/json.ts';
import { authenticationMethods, confidentialMethods } from './authenticate-client.ts';
import { assertionAlgorithms } from './client-assertion.ts';
import { type Grant, grantTypes } from './grants.ts';
import { protectionScope } from './issue-access.ts';
import { offlineScope } from './issue-code.ts';
import { challengeMethod } from './pkce.ts';

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

/** RFC 8414 §2: methods by which a client proves itself, and the algorithms of the one that signs. */
const clientAuthentication = (endpoint: string, methods: readonly string[]): JsonObject => ({
  [`${endpoint}_endpoint_auth_methods_supported`]: [...methods],
  [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: [...assertionAlgorithms],
});

const authorizationServerMetadata = (issuer: string, grants: readonly Pick<Grant, 'type'>[]): JsonObject => ({
  issuer,
  ...authorizationEndpointMetadata(issuer, grants),
  token_endpoint: `${issuer}/oauth/token`,
  ...clientAuthentication('token', authenticationMethods),
  jwks_uri: `${issuer}/oauth/jwks`,
  grant_types_supported: grants.map(({ type }) => type),
  scopes_supported: [protectionScope, offlineScope],
  revocation_endpoint: `${issuer}/oauth/revoke`,
  ...clientAuthentication('revocation', authenticationMethods),
  introspection_endpoint: `${issuer}/oauth/introspect`,
  // By PAT (UMA Federated Authorization §5; named so by IHE IUA ITI-103), or as the client that the resource server is.
  ...clientAuthentication('introspection', ['Bearer', ...confidentialMethods]),
});

function authorizationEndpointMetadata(issuer: string, grants: readonly Pick<Grant, 'type'>[]): JsonObject {
  // Required, and never empty (RFC 8414 §2, §3.2), also where there is no endpoint to give anything.
  if (!grants.some(({ type }) => type === grantTypes.authorizationCode))
    return { response_types_supported: ['none'] };
  return {
    authorization_endpoint: `${issuer}/oauth/authorize`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    code_challenge_methods_supported: [challengeMethod],
    authorization_response_iss_parameter_supported: true,
  };
}
