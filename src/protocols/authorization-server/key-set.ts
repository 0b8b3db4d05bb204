/** Keys ready to verify with, remembered so that they are not imported anew for every signature. */
import { createLocalJWKSet } from 'jose';
import { recentlyUsed } from '../../base/recently-used.ts';
import type { PublicJwk } from './client.ts';

type KeySet = ReturnType<typeof createLocalJWKSet>;
export type KeySetOf = (keys: readonly PublicJwk[]) => KeySet;

const mostRemembered = 1000;

/** INVARIANT: found by the very keys, so that whoever changed theirs is verified with the new ones. */
export function createKeySetOf(): KeySetOf {
  const known = recentlyUsed<KeySet>(mostRemembered);
  return (keys) => {
    const name = JSON.stringify(keys);
    const made = known.get(name) ?? createLocalJWKSet({ keys: [...keys] });
    known.set(name, made);
    return made;
  };
}
