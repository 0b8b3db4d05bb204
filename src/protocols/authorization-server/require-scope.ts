/** Admits whoever brings an access token of ours that still holds and carries a scope that suffices (RFC 6750). */
import type { Caller, RequireScope } from '../../access/caller.ts';
import type { FindPatient } from '../../access/find-on-file.ts';
import { isInReach } from '../../access/patient-in-reach.ts';
import { coversAny } from '../../access/scope.ts';
import type { Failure } from '../../base/failure.ts';
import type { Instant } from '../../base/instant.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type Client, onlyPatientOf } from './client.ts';
import { insufficientScope, invalidToken, noCredentials, twoTransports } from './failures.ts';
import { type FindTokenDeps, findToken } from './find-token.ts';
import type { IssuedToken } from './token-store.ts';

export type RequireScopeDeps = FindTokenDeps & { readonly findPatient: FindPatient };

export const requireScope =
  (deps: RequireScopeDeps): RequireScope =>
  (...scopes) => ({
    security: { scheme: 'bearer', scopes },
    admit: async (headers, at, target) => {
      const caller = await callerOf(deps, headers, at, target);
      if (!caller.ok) return caller;
      const enough = scopes.some((scope) => coversAny(caller.value.scopes, scope));
      if (enough) return caller;
      const { clientId, tokenId } = caller.value;
      return err({ ...insufficientScope(scopes), by: { clientId, tokenId } });
    },
  });

const tokenInQuery = /[?&]access_token=/;

async function callerOf(
  deps: RequireScopeDeps,
  headers: Headers,
  at: Instant,
  target: string,
): Promise<Result<Caller, Failure>> {
  // The header is the only transport (RFC 6750 §2.1); a token in the query alone counts as none (RFC 9700 §4.3.2).
  const bearer = /^Bearer +(?<token>[\w.~+/-]+=*) *$/i.exec(headers.get('authorization') ?? '')?.groups?.[
    'token'
  ];
  if (bearer === undefined) return err(noCredentials);
  if (tokenInQuery.test(target)) return err(twoTransports);
  const found = await findToken(deps, bearer, at);
  if (!found.ok) return err(invalidToken(found.failure));
  const { token, client, audience } = found.value;
  if (audience !== deps.issuer) return err(invalidToken('wrong-claims'));
  if (token.kind !== 'access') return err(invalidToken('wrong-kind'));
  const authorizedBy = token.authorization === undefined ? undefined : token.patient;
  // The registration still holds, and the patient may have moved or be gone: a PAT lives an hour (interfaces.md, Scopes).
  if (authorizedBy !== undefined && !(await isInReach(deps.findPatient, client, authorizedBy)))
    return err(invalidToken('outside-registration'));
  return ok(callerFrom(token, client, authorizedBy));
}

function callerFrom(token: IssuedToken, client: Client, authorizedBy: string | undefined): Caller {
  const patient = authorizedBy ?? onlyPatientOf(client);
  // INVARIANT: nobody authorizes anything about somebody else, whatever the client is registered for.
  const patients = authorizedBy === undefined ? client.patients : [authorizedBy];
  return {
    clientId: client.id,
    tokenId: token.id,
    scopes: token.scopes,
    may: client.may,
    ...(patient === undefined ? {} : { patient }),
    ...(authorizedBy === undefined ? {} : { authorizedBy }),
    ...(patients ? { patients } : {}),
    ...(client.organizations ? { organizations: client.organizations } : {}),
    ...(client.resource === undefined ? {} : { resource: client.resource }),
  };
}
