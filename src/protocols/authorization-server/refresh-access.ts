/** The refresh_token grant (RFC 6749 §6): a refresh token becomes another and an access token, each of them once. */
import { sha256 } from '../../access/digest.ts';
import { coversAny, splitScope } from '../../access/scope.ts';
import type { Instant } from '../../base/instant.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Authorization, AuthorizationStore, RefreshTokenOnFile } from './authorization-store.ts';
import type { Client } from './client.ts';
import { notRedeemable, type RedemptionProblem, type TokenProblem, tokenFailure } from './failures.ts';
import { type Grant, type GrantCall, grantTypes, readParameters } from './grants.ts';
import { type IssueAuthorizedDeps, issueAuthorized } from './issue-authorized.ts';
import { type TargetDeps, targetOf } from './resource-indicators.ts';
import { refreshRequest } from './wire.ts';

export type RefreshDeps = IssueAuthorizedDeps &
  TargetDeps & {
    readonly authorizations: Pick<AuthorizationStore, 'findRefreshToken' | 'endByRefreshToken'>;
  };

export const refreshTokenGrant = (deps: RefreshDeps): Grant => ({
  type: grantTypes.refreshToken,
  async answer(call) {
    const parameters = readParameters(refreshRequest, call.parameters);
    if (!parameters.ok) return parameters;
    const secretHash = sha256(parameters.value.refresh_token);
    const live = await liveAuthorization(deps, secretHash, call);
    if (!live.ok) return err(notRedeemable(live.failure));
    const authorization = live.value;
    const scopes = narrowed(authorization, splitScope(parameters.value.scope));
    if (!scopes.ok) return err(tokenFailure(scopes.failure));
    const target = await targetOf(deps, call.resources, authorization.resources);
    if (!target.ok) return err(tokenFailure(target.failure));
    const access = { ...call, authorization, scopes: scopes.value, target: target.value };
    const issued = await issueAuthorized(deps, access, secretHash);
    if (issued.ok) return issued;
    if (issued.failure === 'used')
      await deps.authorizations.endByRefreshToken(secretHash, call.client.id, call.at);
    return err(notRedeemable(issued.failure));
  },
});

/** A mistake in the rest of the request costs nothing: the token is used up only when another takes its place. */
async function liveAuthorization(
  { authorizations }: RefreshDeps,
  secretHash: string,
  { client, at }: GrantCall,
): Promise<Result<Authorization, RedemptionProblem>> {
  const onFile = await authorizations.findRefreshToken(secretHash);
  const problem = onFile ? problemWith(onFile, client, at) : 'unknown';
  // The client has its successor, or a thief has: which of them came now cannot be told (RFC 9700 §4.14.2).
  if (problem === 'used') await authorizations.endByRefreshToken(secretHash, client.id, at);
  return onFile && !problem ? ok(onFile.authorization) : err(problem ?? 'unknown');
}

function problemWith(
  { refreshToken, authorization }: RefreshTokenOnFile,
  client: Client,
  at: Instant,
): RedemptionProblem | undefined {
  if (refreshToken.clientId !== client.id) return 'of-another-client';
  if (refreshToken.usedAt !== undefined) return 'used';
  if (refreshToken.expiresAt <= at || authorization.expiresAt <= at) return 'expired';
  return authorization.revokedAt === undefined ? undefined : 'authorization-ended';
}

/** Nothing that was not authorized; what is left out now may come again (RFC 6749 §6). */
function narrowed(
  { scopes }: Authorization,
  asked: readonly string[],
): Result<readonly string[], TokenProblem> {
  const wider = asked.find((scope) => !coversAny(scopes, scope));
  if (wider !== undefined) return err({ reason: 'scope-not-authorized', scope: wider });
  return ok(asked.length === 0 ? scopes : asked);
}
