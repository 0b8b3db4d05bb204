/** What UMA adds to discovery (UMA Grant §2, Federated Authorization §2). */
import type { JsonObject } from '../../base/json.ts';

/** The PAT of a resource server that names the owner of each resource itself (interfaces.md). */
const resourceServerPatProfile = (issuer: string): string => `${issuer}/uma/profiles/rs-pat`;

export const umaMetadata = (issuer: string): JsonObject => ({
  resource_registration_endpoint: `${issuer}/uma/resources`,
  claims_interaction_endpoint: `${issuer}/uma/claims`,
  permission_endpoint: `${issuer}/uma/permission`,
  uma_profiles_supported: [resourceServerPatProfile(issuer)],
});
