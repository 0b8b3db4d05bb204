/** Who sent the browser, and where it is to return; exactly what was registered for claims (UMA Grant §3.3.2). */
import { err, ok, type Result } from '../../../base/result.ts';
import type { Sender } from '../../authorization-server/authorize/failures.ts';
import type { RequestParameters } from '../../authorization-server/authorize/read-parameters.ts';
import { type Client, isClientId } from '../../authorization-server/client.ts';
import type { ClientStore } from '../../authorization-server/client-store.ts';
import type { ClaimantProblem } from './failures.ts';

export type Claimant = Sender & { readonly client: Client };

export async function findClaimant(
  clients: Pick<ClientStore, 'find'>,
  { one, isRepeated }: RequestParameters,
): Promise<Result<Claimant, ClaimantProblem>> {
  const id = one('client_id');
  if (id === undefined) return err('no-client');
  const client = isClientId(id) ? await clients.find(id) : undefined;
  if (!client || client.disabledAt !== undefined) return err('unknown-client');
  const named = one('claims_redirect_uri');
  if (named === undefined && isRepeated('claims_redirect_uri')) return err('no-redirect');
  const redirectUri = redirectOf(client, named);
  return redirectUri.ok ? ok({ client, redirectUri: redirectUri.value, state: one('state') }) : redirectUri;
}

/** Letter by letter, without the leniencies for apps; `redirectUris` are for codes and do not count here. */
function redirectOf(
  { claimsRedirectUris = [] }: Client,
  named: string | undefined,
): Result<string, ClaimantProblem> {
  if (named !== undefined) return claimsRedirectUris.includes(named) ? ok(named) : err('unknown-redirect');
  const [only, ...others] = claimsRedirectUris;
  return only !== undefined && others.length === 0 ? ok(only) : err('no-redirect');
}
