/** Resources that resource servers put under the protection of their owners (UMA Federated Authorization §3). */
import type { Caller } from '../../../access/caller.ts';
import type { Instant } from '../../../base/instant.ts';
import type { ResourceDescription } from '../wire.ts';

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

/** What a question about permissions must know of a resource. */
export type OfferedResource = Pick<RegisteredResource, 'id' | 'description'>;

/** Whose protection API it is: of a resource server, and of one owner alone where that owner granted the PAT (F §1.3). */
export type Keeper = { readonly resourceServer: string; readonly owner?: string };

export const keeperOf = ({ clientId, authorizedBy }: Pick<Caller, 'clientId' | 'authorizedBy'>): Keeper => ({
  resourceServer: clientId,
  ...(authorizedBy === undefined ? {} : { owner: authorizedBy }),
});

/** INVARIANT: every question names its keeper, so that nobody finds what another registered. */
export type RegisteredResourceStore = {
  register(resource: RegisteredResource): Promise<void>;
  find(keeper: Keeper, ids: readonly string[]): Promise<readonly RegisteredResource[]>;
  /** False when there is no such resource. */
  describe(keeper: Keeper, id: string, description: ResourceDescription): Promise<boolean>;
  remove(keeper: Keeper, id: string): Promise<boolean>;
  /** Ids, oldest first. */
  list(keeper: Keeper): Promise<readonly string[]>;
};
