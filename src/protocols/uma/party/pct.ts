/** The PCT: a secret of 256 bits that stands for claims and says nothing of them (UMA Grant §3.3.5). */
import { sha256 } from '../../../access/digest.ts';
import type { RandomBytes } from '../../../base/clock.ts';
import { randomSecret } from '../../../base/ids.ts';
import { earlier, type Instant, plusSeconds } from '../../../base/instant.ts';
import type { Client } from '../../authorization-server/client.ts';
import type { RevokeToken } from '../../authorization-server/revoke-token.ts';
import type { PctStore, PersistedClaims } from './pct-store.ts';
import type { RequestingParty } from './requesting-party.ts';

/** A working day; the issuer's own word on how long its claims hold comes first (uma2.md U24). */
const longestSeconds = 8 * 3600;

export type NewPct = {
  readonly secret: string;
  readonly secretHash: string;
  readonly claims: PersistedClaims;
};

/**
 * None of claims that speak for another client than the one that brings them: whether it may ask for that one depends on
 * the ticket they were brought with (D8, T4).
 */
export function pctFor(
  random: RandomBytes,
  client: Pick<Client, 'id'>,
  party: RequestingParty,
  at: Instant,
): NewPct | undefined {
  const expiresAt = earlier(party.expiresAt, plusSeconds(at, longestSeconds));
  if (party.requester.clientId !== client.id || expiresAt <= at) return undefined;
  const secret = randomSecret(random);
  // Also where a process that waits goes on holding them.
  const claims = { clientId: client.id, party: { ...party, expiresAt }, issuedAt: at, expiresAt };
  return { secret, secretHash: sha256(secret), claims };
}

/** RFC 7009 with the hint `pct` (UMA Grant §3.7): false when it is none, or not this client's. */
export const revokePct =
  ({ pcts }: { readonly pcts: Pick<PctStore, 'revoke'> }): RevokeToken =>
  async (text, client, at) =>
    await pcts.revoke(sha256(text), client.id, at);
