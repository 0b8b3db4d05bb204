/** The token endpoint (RFC 6749 §3.2): who is asking, by which grant, may it, and the grant answers. */
import type { Failure } from '../../base/failure.ts';
import type { JsonObject } from '../../base/json.ts';
import { err, type Result } from '../../base/result.ts';
import { type AuthenticationDeps, authenticateClient } from './authenticate-client.ts';
import { isPublic } from './client.ts';
import { tokenFailure } from './failures.ts';
import { type Grant, type GrantCall, grantsForAnybody } from './grants.ts';

export type TokenEndpointDeps = AuthenticationDeps & { readonly grants: readonly Grant[] };

export async function answerTokenRequest(
  deps: TokenEndpointDeps,
  call: Omit<GrantCall, 'client'> & { readonly headers: Headers },
): Promise<Result<JsonObject, Failure>> {
  const { parameters, headers, at } = call;
  const client = await authenticateClient(deps, parameters, headers, at);
  if (!client.ok) return client;
  const grantType = parameters.grant_type;
  const grant = deps.grants.find(({ type }) => type === grantType);
  if (!grant) return err(tokenFailure({ reason: 'unsupported-grant', grantType }));
  const isOpen = !isPublic(client.value) || grantsForAnybody.includes(grantType);
  if (!isOpen || !client.value.grants.includes(grantType))
    return err(tokenFailure({ reason: 'grant-not-registered', grantType }));
  return await grant.answer({ ...call, client: client.value });
}
