/** Who asks, and where the answer goes; as long as that is not certain nobody is sent anywhere (RFC 6749 §4.1.2.1). */
import { err, ok, type Result } from '../../../base/result.ts';
import { type Client, isClientId } from '../client.ts';
import type { ClientStore } from '../client-store.ts';
import { isRegisteredRedirect } from './destination.ts';
import type { Sender, SenderProblem } from './failures.ts';
import type { RequestParameters } from './read-parameters.ts';

export type KnownSender = Sender & { readonly client: Client; readonly isRedirectNamed: boolean };

export async function findSender(
  clients: Pick<ClientStore, 'find'>,
  parameters: RequestParameters,
): Promise<Result<KnownSender, SenderProblem>> {
  const id = parameters.one('client_id');
  if (id === undefined) return err('no-client');
  const client = isClientId(id) ? await clients.find(id) : undefined;
  if (!client) return err('unknown-client');
  if (client.disabledAt !== undefined) return err('disabled-client');
  const redirect = redirectOf(client, parameters);
  return redirect.ok ? ok({ ...redirect.value, client, state: parameters.one('state') }) : redirect;
}

type Redirect = Pick<KnownSender, 'redirectUri' | 'isRedirectNamed'>;

/** Need not be named where only one is registered (RFC 6749 §3.1.2.3). */
function redirectOf(
  { redirectUris = [] }: Client,
  { one, isRepeated }: RequestParameters,
): Result<Redirect, SenderProblem> {
  const named = one('redirect_uri');
  if (named !== undefined) {
    if (!isRegisteredRedirect(redirectUris, named)) return err('unknown-redirect');
    return ok({ redirectUri: named, isRedirectNamed: true });
  }
  const [only, ...others] = redirectUris;
  if (only === undefined || others.length > 0 || isRepeated('redirect_uri')) return err('no-redirect');
  return ok({ redirectUri: only, isRedirectNamed: false });
}
