/** Resources that resource servers put under the protection of their owners (UMA Federated Authorization §3). */
import type { Instant } from '../../base/instant.ts';
import type { ResourceDescription } from './wire.ts';

export type RegisteredResource = {
  /** Random: the resource server and we alone know what it stands for. */
  readonly id: string;
  /** The client that registered it. */
  readonly resourceServer: string;
  /** The owner: `Patient/ann`. */
  readonly patient: string;
  readonly description: ResourceDescription;
  readonly registeredAt: Instant;
};

/** INVARIANT: every question names the resource server, so that nobody finds what another registered. */
export type RegisteredResourceStore = {
  register(resource: RegisteredResource): Promise<void>;
  find(resourceServer: string, ids: readonly string[]): Promise<readonly RegisteredResource[]>;
  /** False when there is no such resource. */
  describe(resourceServer: string, id: string, description: ResourceDescription): Promise<boolean>;
  remove(resourceServer: string, id: string): Promise<boolean>;
  /** Ids, oldest first. */
  list(resourceServer: string): Promise<readonly string[]>;
};
