/** The client_credentials grant (RFC 6749 §4.4): a client acts in its own name, within its registration. */
import { coversAny, parseSmartScope, splitScope } from '../../access/scope.ts';
import type { RandomBytes } from '../../base/clock.ts';
import { randomId } from '../../base/ids.ts';
import { plusSeconds } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type Client, onlyPatientOf } from './client.ts';
import { type TokenProblem, tokenFailure } from './failures.ts';
import { type Grant, type GrantCall, grantTypes, readParameters } from './grants.ts';
import { type MintDeps, mintToken } from './mint-token.ts';
import type { IssuedToken, TokenStore } from './token-store.ts';
import { clientCredentialsRequest } from './wire.ts';

export type ClientCredentialsDeps = MintDeps & {
  readonly tokens: Pick<TokenStore, 'keep'>;
  readonly random: RandomBytes;
};

/** The scope that makes an access token a PAT (UMA Federated Authorization §1.3). */
export const protectionScope = 'uma_protection';
const lifetimeSeconds = 300;
/** A resource server registers and asks while nobody is there to renew its token. */
const protectionLifetimeSeconds = 3600;

export const clientCredentialsGrant = (deps: ClientCredentialsDeps): Grant => ({
  type: grantTypes.clientCredentials,
  async answer(call) {
    const parameters = readParameters(clientCredentialsRequest, call.parameters);
    if (!parameters.ok) return parameters;
    const scopes = allowedScopes(call.client, splitScope(parameters.value.scope));
    if (!scopes.ok) return err(tokenFailure(scopes.failure));
    return ok(await issue(deps, call, scopes.value));
  },
});

function allowedScopes(client: Client, asked: readonly string[]): Result<readonly string[], TokenProblem> {
  if (asked.length === 0) return err({ reason: 'scope-missing' });
  for (const scope of asked) {
    if (!coversAny(client.scopes, scope)) return err({ reason: 'scope-not-registered', scope });
    if (needsPatient(scope) && !onlyPatientOf(client)) return err({ reason: 'scope-without-patient', scope });
  }
  return ok(asked);
}

const needsPatient = (scope: string): boolean => parseSmartScope(scope)?.level === 'patient';

/** Mixing the PAT scope with others does not stretch their life: only a pure PAT lives longer. */
const lifetimeOf = (scopes: readonly string[]): number =>
  scopes.every((scope) => scope === protectionScope) ? protectionLifetimeSeconds : lifetimeSeconds;

async function issue(
  deps: ClientCredentialsDeps,
  call: GrantCall,
  scopes: readonly string[],
): Promise<JsonObject> {
  const { client, at } = call;
  const token: IssuedToken = {
    id: randomId(deps.random),
    kind: 'access',
    clientId: client.id,
    ...patientOf(client),
    scopes,
    issuedAt: at,
    expiresAt: plusSeconds(at, lifetimeOf(scopes)),
  };
  const scope = scopes.join(' ');
  const claims = { ...token, subject: client.id, audience: deps.issuer, scope };
  const signed = await mintToken(deps, claims);
  await deps.tokens.keep(token);
  return { access_token: signed, token_type: 'Bearer', expires_in: lifetimeOf(scopes), scope };
}

const patientOf = (client: Client): { readonly patient?: string } => {
  const patient = onlyPatientOf(client);
  return patient === undefined ? {} : { patient };
};
