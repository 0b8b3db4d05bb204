/** The signing keys of this process: read from the store, opened once, read again when others may have changed them. */
import { type Instant, plusSeconds } from '../../base/instant.ts';
import type { PublicJwk } from './client.ts';
import {
  currentKey,
  isPublished,
  type OpenKey,
  openPrivateKey,
  openPublicKey,
  type SigningKeyDeps,
} from './signing-key.ts';
import type { SealedKey } from './signing-key-store.ts';

export type KeyRing = {
  signer(at: Instant): Promise<OpenKey>;
  /** Undefined for a key that we do not publish at this moment. */
  verifier(kid: string, at: Instant): Promise<OpenKey | undefined>;
  published(at: Instant): Promise<readonly PublicJwk[]>;
};

/** A rotation by the command line reaches a running server within this time. */
const rereadSeconds = 10;

export function createKeyRing({
  signingKeys,
  keySecret,
}: Pick<SigningKeyDeps, 'signingKeys' | 'keySecret'>): KeyRing {
  let keys: { readonly list: Promise<readonly SealedKey[]>; readonly until: Instant } | undefined;
  const privateKeys = new Map<string, Promise<OpenKey>>();
  const publicKeys = new Map<string, Promise<OpenKey>>();

  const list = (at: Instant): Promise<readonly SealedKey[]> => {
    if (keys === undefined || at >= keys.until) {
      const reading = signingKeys.list();
      keys = { list: reading, until: plusSeconds(at, rereadSeconds) };
      const forget = (): void => {
        keys = undefined;
      };
      // Neither an error nor a store without a usable key is worth remembering.
      reading.then((found) => currentKey(found, at) ?? forget(), forget);
    }
    return keys.list;
  };

  return {
    async signer(at) {
      const key = currentKey(await list(at), at);
      if (!key) throw new Error('there is no signing key in service');
      return await once(privateKeys, key.kid, () => openPrivateKey(key, keySecret));
    },
    async verifier(kid, at) {
      const key = (await list(at)).find((candidate) => candidate.kid === kid && isPublished(candidate, at));
      return key && (await once(publicKeys, kid, () => openPublicKey(key)));
    },
    async published(at) {
      return (await list(at)).filter((key) => isPublished(key, at)).map(({ publicJwk }) => publicJwk);
    },
  };
}

function once<T>(cache: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const known = cache.get(name) ?? make();
  cache.set(name, known);
  known.catch(() => cache.delete(name));
  return known;
}
