/** Who is asking: by a signed assertion, by a secret, or by a name alone, and by one of them at a time (RFC 6749 §2.3). */
import type { Failure } from '../../base/failure.ts';
import type { Instant } from '../../base/instant.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type Client, isClientId, isPublic } from './client.ts';
import { type AssertionDeps, checkAssertion } from './client-assertion.ts';
import { checkSecret } from './client-secret.ts';
import { type AuthenticationProblem, authenticationFailure } from './failures.ts';
import type { ClientCredentials } from './wire.ts';

export type AuthenticationDeps = AssertionDeps;

/** RFC 8414 §2, as what follows does them. */
export const confidentialMethods = ['private_key_jwt', 'client_secret_basic'] as const;
export const authenticationMethods = [...confidentialMethods, 'none'] as const;

export async function authenticateClient(
  deps: AuthenticationDeps,
  credentials: ClientCredentials,
  headers: Headers,
  at: Instant,
): Promise<Result<Client, Failure>> {
  const checked = await check(deps, credentials, headers, at);
  return checked.ok ? checked : err(authenticationFailure(checked.failure, headers.has('authorization')));
}

/** For what is nothing to a client that only says its name. */
export async function authenticateConfidentialClient(
  deps: AuthenticationDeps,
  credentials: ClientCredentials,
  headers: Headers,
  at: Instant,
): Promise<Result<Client, Failure>> {
  const client = await authenticateClient(deps, credentials, headers, at);
  return client.ok && isPublic(client.value) ? err(authenticationFailure('public-client', false)) : client;
}

async function check(
  deps: AuthenticationDeps,
  credentials: ClientCredentials,
  headers: Headers,
  at: Instant,
): Promise<Result<Client, AuthenticationProblem>> {
  const authorization = headers.get('authorization') ?? undefined;
  const { client_id: clientId, client_secret: secret, client_assertion: assertion } = credentials;
  const tried = [authorization, secret, assertion].filter((each) => each !== undefined);
  if (tried.length > 1) return err('two-methods');
  if (authorization !== undefined) return await checkSecret(deps, authorization, clientId);
  if (secret !== undefined) return err('secret-in-body');
  if (assertion !== undefined) return await checkAssertion(deps, assertion, credentials, at);
  return await checkName(deps, clientId);
}

/** RFC 6749 §3.2.1: a public client says who it is, and nothing more is believed. */
async function checkName(
  { clients }: Pick<AuthenticationDeps, 'clients'>,
  clientId: string | undefined,
): Promise<Result<Client, AuthenticationProblem>> {
  if (clientId === undefined) return err('no-credentials');
  const client = isClientId(clientId) ? await clients.find(clientId) : undefined;
  if (!client) return err('unknown-client');
  if (client.disabledAt !== undefined) return err('disabled-client');
  return isPublic(client) ? ok(client) : err('no-credentials');
}
