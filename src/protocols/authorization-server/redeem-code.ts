/** The authorization_code grant (RFC 6749 §4.1.3): a code, and the proof of having asked for it, become tokens. */
import { sha256 } from '../../access/digest.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Authorization, AuthorizationStore, CodeOnFile } from './authorization-store.ts';
import { notRedeemable, type RedemptionProblem, tokenFailure } from './failures.ts';
import { type Grant, type GrantCall, grantTypes, readParameters } from './grants.ts';
import { type IssueAuthorizedDeps, issueAuthorized } from './issue-authorized.ts';
import { codeEnd, codesSince } from './issue-code.ts';
import { answersChallenge } from './pkce.ts';
import { type TargetDeps, targetOf } from './resource-indicators.ts';
import { type CodeRequest, codeRequest } from './wire.ts';

export type RedeemCodeDeps = IssueAuthorizedDeps &
  TargetDeps & { readonly authorizations: Pick<AuthorizationStore, 'useCode' | 'endByCode'> };

export const authorizationCodeGrant = (deps: RedeemCodeDeps): Grant => ({
  type: grantTypes.authorizationCode,
  async answer(call) {
    const parameters = readParameters(codeRequest, call.parameters);
    if (!parameters.ok) return parameters;
    const redeemed = await redeem(deps, parameters.value, call);
    if (!redeemed.ok) return err(notRedeemable(redeemed.failure));
    const authorization = redeemed.value;
    const target = await targetOf(deps, call.resources, authorization.resources);
    if (!target.ok) return err(tokenFailure(target.failure));
    const { scopes } = authorization;
    const issued = await issueAuthorized(deps, { ...call, authorization, scopes, target: target.value });
    return issued.ok ? issued : err(notRedeemable(issued.failure));
  },
});

/** INVARIANT: used up before anything about it is checked, so that whoever guesses has one guess (RFC 6749 §10.5). */
async function redeem(
  deps: RedeemCodeDeps,
  parameters: CodeRequest,
  call: GrantCall,
): Promise<Result<Authorization, RedemptionProblem>> {
  const codeHash = sha256(parameters.code);
  const onFile = await deps.authorizations.useCode(codeHash, call.at);
  if (!onFile) return err((await endedByReuse(deps, codeHash, call)) ? 'used' : 'unknown');
  const problem = problemWith(onFile, parameters, call);
  if (problem) return err(problem);
  const isProven = answersChallenge(parameters.code_verifier, onFile.code.codeChallenge);
  return isProven ? ok(onFile.authorization) : err('wrong-verifier');
}

/**
 * Two have come with one code, and one of them is a thief: nothing that rests on it goes on (RFC 6749 §4.1.2). Of another
 * client that is so only while the code could have been of use to it: an old one in a log is no way to end what others have.
 */
const endedByReuse = (
  { authorizations }: RedeemCodeDeps,
  codeHash: string,
  { client, at }: GrantCall,
): Promise<boolean> =>
  authorizations.endByCode(codeHash, { clientId: client.id, others: { since: codesSince(at) } }, at);

function problemWith(
  { code, authorization }: CodeOnFile,
  { redirect_uri: redirectUri }: CodeRequest,
  { client, at }: GrantCall,
): RedemptionProblem | undefined {
  if (code.clientId !== client.id) return 'of-another-client';
  if (codeEnd(authorization) <= at) return 'expired';
  if (authorization.revokedAt !== undefined) return 'authorization-ended';
  if (redirectUri === undefined) return code.isRedirectNamed ? 'other-redirect-uri' : undefined;
  return redirectUri === code.redirectUri ? undefined : 'other-redirect-uri';
}
