/** Where clients are kept. */
import type { Instant } from '../../base/instant.ts';
import type { Result } from '../../base/result.ts';
import type { Client } from './client.ts';

export type ClientStore = {
  /** `resource-taken`: another client serves under the same URI. */
  create(client: Client): Promise<Result<Client, 'resource-taken'>>;
  find(id: string): Promise<Client | undefined>;
  /** Those that serve under one of these URIs and are not disabled. */
  serving(resources: readonly string[]): Promise<readonly Client[]>;
  /** Oldest first. */
  list(): Promise<readonly Client[]>;
  /** False when there is no such client; the first moment of disabling stays. */
  disable(id: string, at: Instant): Promise<boolean>;
};

export type UsedAssertions = {
  /** True for whoever comes first with this jti; atomic, so that of two at once a single one is first. */
  remember(clientId: string, jtiHash: string, expiresAt: Instant): Promise<boolean>;
};
