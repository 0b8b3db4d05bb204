/** Which client a claim token speaks for: whoever redeems it, or the one on whose behalf a server asks (D8, T4). */
import { err, ok, type Result } from '../../../base/result.ts';
import type { Client } from '../../authorization-server/client.ts';
import type { ClientStore } from '../../authorization-server/client-store.ts';
import type { ClaimProblem } from '../failures.ts';
import type { VerifiedClaims } from '../party/verify-claim-token.ts';
import type { Ticket } from '../ticket/ticket-store.ts';

export type ClientBehindDeps = { readonly clients: Pick<ClientStore, 'find'> };

/**
 * The id to decide with: of ours where the issuer's name for a client is known to mean one, else that name itself.
 * INVARIANT: an issuer speaks for a client of ours by our administrator's mapping alone, never by naming our id.
 */
export async function clientBehind(
  { clients }: ClientBehindDeps,
  { claims, trusted }: VerifiedClaims,
  ticket: Pick<Ticket, 'resourceServer'>,
  redeemer: Pick<Client, 'id' | 'resource'>,
): Promise<Result<string, ClaimProblem>> {
  const named = claims.client_id;
  if (named === undefined) return ok(redeemer.id);
  const ours = Object.entries(trusted.clientIds).flatMap(([id, theirs]) => (theirs === named ? id : []));
  if (ours.includes(redeemer.id) || (ours.length === 0 && named === redeemer.id)) return ok(redeemer.id);
  if (!mayAskForOthers(redeemer, ticket, trusted.issuer)) return err('wrong-party');
  const [mapped, another] = ours;
  if (another !== undefined) return err('wrong-party');
  const registered = await clients.find(mapped ?? named.toLowerCase());
  if (mapped === undefined) return registered ? err('wrong-party') : ok(named);
  return registered && registered.disabledAt === undefined ? ok(mapped) : err('wrong-party');
}

/**
 * A server in the back channel: the one whose ticket it is, or the issuer itself under the URI it serves. An app that
 * presents what was said of another app is neither.
 */
const mayAskForOthers = (
  { id, resource }: Pick<Client, 'id' | 'resource'>,
  { resourceServer }: Pick<Ticket, 'resourceServer'>,
  issuer: string,
): boolean => id === resourceServer || resource === issuer;
