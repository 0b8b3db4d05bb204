/** The directory as a decision needs it: whoever the request and the consents speak of, with all they belong to. */
import type { StoredResource } from '../fhir/resource.ts';

export type ReadDirectory = {
  /**
   * In one round trip: the resources named by reference (`Type/id`) or identifier (`system|value`), everything they
   * lead to (parent organizations, members, the parts of a role), and the roles of the practitioners among them.
   */
  around(seeds: readonly string[]): Promise<readonly StoredResource[]>;
};
