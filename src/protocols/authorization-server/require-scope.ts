/** Admits whoever brings an access token of ours that still holds and carries a scope that suffices (RFC 6750). */
import type { Caller, RequireScope } from '../../access/caller.ts';
import { coversAny } from '../../access/scope.ts';
import type { Failure } from '../../base/failure.ts';
import type { Instant } from '../../base/instant.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type Client, onlyPatientOf } from './client.ts';
import { type BearerProblem, insufficientScope, invalidToken, noCredentials } from './failures.ts';
import type { RecognizeToken } from './recognize-token.ts';
import type { IssuedToken, TokenStore } from './token-store.ts';

export type BearerDeps = {
  readonly issuer: string;
  readonly recognize: RecognizeToken;
  readonly tokens: Pick<TokenStore, 'find'>;
};

export const requireScope =
  (deps: BearerDeps): RequireScope =>
  (...scopes) => ({
    security: { scheme: 'bearer', scopes },
    admit: async (headers, at) => {
      const caller = await callerOf(deps, headers, at);
      if (!caller.ok) return caller;
      const enough = scopes.some((scope) => coversAny(caller.value.scopes, scope));
      if (enough) return caller;
      const { clientId, tokenId } = caller.value;
      return err({ ...insufficientScope(scopes), by: { clientId, tokenId } });
    },
  });

async function callerOf(deps: BearerDeps, headers: Headers, at: Instant): Promise<Result<Caller, Failure>> {
  // The header is the only transport (RFC 6750 §2.1); a token in the query counts as none (RFC 9700 §4.3.2).
  const bearer = /^Bearer +(?<token>[\w.~+/-]+=*) *$/i.exec(headers.get('authorization') ?? '')?.groups?.[
    'token'
  ];
  if (bearer === undefined) return err(noCredentials);
  const verified = await deps.recognize(bearer, at);
  if (!verified.ok) return err(invalidToken(verified.failure));
  if (verified.value.audience !== deps.issuer) return err(invalidToken('wrong-claims'));
  const found = await deps.tokens.find(verified.value.id);
  const problem = found ? problemWith(found.token, found.client) : 'unknown';
  return found && !problem
    ? ok(callerFrom(found.token, found.client))
    : err(invalidToken(problem ?? 'unknown'));
}

function problemWith(token: IssuedToken, client: Client): BearerProblem | undefined {
  if (token.kind !== 'access') return 'wrong-kind';
  if (token.revokedAt !== undefined) return 'revoked';
  return client.disabledAt === undefined ? undefined : 'disabled-client';
}

function callerFrom(token: IssuedToken, client: Client): Caller {
  const authorizedBy = token.authorization === undefined ? undefined : token.patient;
  const patient = authorizedBy ?? onlyPatientOf(client);
  return {
    clientId: client.id,
    tokenId: token.id,
    scopes: token.scopes,
    may: client.may,
    ...(patient === undefined ? {} : { patient }),
    ...(authorizedBy === undefined ? {} : { authorizedBy }),
    ...(client.patients ? { patients: client.patients } : {}),
    ...(client.organizations ? { organizations: client.organizations } : {}),
    ...(client.resource === undefined ? {} : { resource: client.resource }),
  };
}
