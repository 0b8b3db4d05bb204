/** Where our own signing keys are kept, the private part encrypted. */
import type { Instant } from '../../base/instant.ts';
import type { PublicJwk } from './client.ts';

export type SealedKey = {
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly sealed: string;
  readonly createdAt: Instant;
  /** Published before it signs, so that whoever caches our key set knows it in time. */
  readonly activeFrom: Instant;
  /** From here on no longer published: everything it signed has expired. */
  readonly retiredAt?: Instant;
};

export type SigningKeyStore = {
  /** Newest first, retired ones included. */
  list(): Promise<readonly SealedKey[]>;
  /** Adds the key and ends the others by then, in one step; an end that is sooner stays. */
  succeed(key: SealedKey, predecessorsRetireAt: Instant): Promise<void>;
  /** Ends one key by then; an end that is sooner stays. */
  retire(kid: string, retiresAt: Instant): Promise<void>;
  /** Does nothing when there is a key already. */
  addFirst(key: SealedKey): Promise<void>;
};
