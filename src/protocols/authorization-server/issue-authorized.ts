/** Gives the tokens that a user authorized: an access token, and a refresh token where that was authorized too. */
import { sha256 } from '../../access/digest.ts';
import type { FindPatient } from '../../access/find-on-file.ts';
import { isInReach } from '../../access/patient-in-reach.ts';
import { randomSecret } from '../../base/ids.ts';
import { earlier, plusSeconds } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Transact } from '../../base/transact.ts';
import type { Authorization, AuthorizationStore } from './authorization-store.ts';
import { type Access, type AccessDeps, newAccess } from './issue-access.ts';
import { staysRefreshable } from './issue-code.ts';
import type { TokenStore } from './token-store.ts';

type IssuingStores = {
  readonly tokens: Pick<TokenStore, 'keep'>;
  readonly authorizations: Pick<AuthorizationStore, 'keepRefreshToken' | 'useRefreshToken'>;
};

export type IssueAuthorizedDeps = AccessDeps & {
  readonly findPatient: FindPatient;
  readonly transact: Transact<IssuingStores>;
};

export type AuthorizedAccess = Omit<Access, 'patient'> & { readonly authorization: Authorization };

/** Of a patient who takes no part any more: unused for a month, a refresh token ends (RFC 9700 §4.14.2). */
const inactiveSeconds = 30 * 86_400;

/**
 * All at once or nothing: the tokens are kept in the transaction that uses up the refresh token they replace. `used`
 * when somebody else was faster.
 */
export async function issueAuthorized(
  deps: IssueAuthorizedDeps,
  access: AuthorizedAccess,
  replacedHash?: string,
): Promise<Result<JsonObject, 'used' | 'patient-out-of-reach'>> {
  const { authorization, client, at } = access;
  // Asked anew each time: the patient may be in another organization's care by now, or in nobody's (interfaces.md, Scopes).
  if (!(await isInReach(deps.findPatient, client, authorization.patient))) return err('patient-out-of-reach');
  const { token, written, response } = await newAccess(deps, { ...access, patient: authorization.patient });
  const secret = staysRefreshable(client, authorization.scopes) ? randomSecret(deps.random) : undefined;
  const secretHash = secret === undefined ? undefined : sha256(secret);
  const isDone = await deps.transact(async ({ tokens, authorizations }) => {
    if (replacedHash !== undefined && !(await authorizations.useRefreshToken(replacedHash, at))) return false;
    await tokens.keep(token, written.secretHash);
    if (secretHash !== undefined) {
      await authorizations.keepRefreshToken(secretHash, {
        authorization: authorization.id,
        clientId: client.id,
        issuedAt: at,
        expiresAt: earlier(plusSeconds(at, inactiveSeconds), authorization.expiresAt),
      });
    }
    return true;
  });
  if (!isDone) return err('used');
  return ok({ ...response, ...(secret === undefined ? {} : { refresh_token: secret }) });
}
