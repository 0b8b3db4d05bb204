/** What the cascade adds to discovery: that our approvals can answer a referral (cascaded-authorization.md §3.2 rule 7). */
import type { JsonObject } from '../../base/json.ts';

const cascadeProfile = (issuer: string): string => `${issuer}/uma/profiles/cascade`;

export const cascadeMetadata = (issuer: string): JsonObject => ({
  uma_profiles_supported: [cascadeProfile(issuer)],
});
