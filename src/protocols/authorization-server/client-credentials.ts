/** The client_credentials grant (RFC 6749 §4.4): a client acts in its own name, within its registration. */
import { coversAny, parseSmartScope, splitScope } from '../../access/scope.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type Client, onlyPatientOf } from './client.ts';
import { type TokenProblem, tokenFailure } from './failures.ts';
import { type Grant, grantTypes, readParameters } from './grants.ts';
import { type AccessDeps, newAccess } from './issue-access.ts';
import { offlineScope } from './issue-code.ts';
import { type TargetDeps, targetOf } from './resource-indicators.ts';
import type { TokenStore } from './token-store.ts';
import { clientCredentialsRequest } from './wire.ts';

export type ClientCredentialsDeps = AccessDeps & TargetDeps & { readonly tokens: Pick<TokenStore, 'keep'> };

export const clientCredentialsGrant = (deps: ClientCredentialsDeps): Grant => ({
  type: grantTypes.clientCredentials,
  async answer(call) {
    const parameters = readParameters(clientCredentialsRequest, call.parameters);
    if (!parameters.ok) return parameters;
    const scopes = allowedScopes(call.client, splitScope(parameters.value.scope));
    if (!scopes.ok) return err(tokenFailure(scopes.failure));
    const target = await targetOf(deps, call.resources);
    if (!target.ok) return err(tokenFailure(target.failure));
    const patient = onlyPatientOf(call.client);
    const access = { ...call, scopes: scopes.value, target: target.value, patient };
    const { token, written, response } = await newAccess(deps, access);
    await deps.tokens.keep(token, written.secretHash);
    return ok(response);
  },
});

function allowedScopes(client: Client, asked: readonly string[]): Result<readonly string[], TokenProblem> {
  if (asked.length === 0) return err({ reason: 'scope-missing' });
  for (const scope of asked) {
    // Nobody is away who could have agreed to it.
    if (!coversAny(client.scopes, scope) || scope === offlineScope)
      return err({ reason: 'scope-not-registered', scope });
    if (needsPatient(scope) && !onlyPatientOf(client)) return err({ reason: 'scope-without-patient', scope });
  }
  return ok(asked);
}

const needsPatient = (scope: string): boolean => parseSmartScope(scope)?.level === 'patient';
