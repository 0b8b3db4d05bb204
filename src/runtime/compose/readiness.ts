/** Whether the service can answer what it is asked. */
import type { KeyRing } from '../../protocols/authorization-server/key-ring.ts';
import { pendingMigrations } from '../pending-migrations.ts';
import type { Parts } from './parts.ts';

/** Reasons not to be asked anything: a database that does not answer or is of another version, a key that cannot sign. */
export function readiness({ database, clock }: Parts, keys: KeyRing): () => Promise<boolean> {
  return async () => {
    try {
      const pending = await pendingMigrations((query) => database.execute(query));
      return pending.length === 0 && (await keys.signer(clock())) !== undefined;
    } catch {
      return false;
    }
  };
}
