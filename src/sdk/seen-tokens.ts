/** A memory of used approvals for a server that runs as one process; a cluster shares one in its database instead. */
import type { Clock } from '../base/clock.ts';
import type { Instant } from '../base/instant.ts';
import type { SeenTokens } from './accept-approval.ts';
import { standardWiring } from './wiring.ts';

/**
 * Forgets on a restart, which is safe only if tokens issued before it are forgotten as well.
 *
 * @example
 * const seen = seenTokensInMemory();
 */
export function seenTokensInMemory(clock: Clock = standardWiring.clock): SeenTokens {
  const seen = new Map<string, Instant>();

  function forgetExpired(at: Instant): void {
    for (const [id, until] of seen) {
      // Approvals live equally long, so the oldest come first; one that outlives its place is found later.
      if (until > at) return;
      seen.delete(id);
    }
  }

  async function useOnce(id: string, until: Instant): Promise<boolean> {
    forgetExpired(clock());
    if (seen.has(id)) return false;
    seen.set(id, until);
    return true;
  }

  return { useOnce };
}
