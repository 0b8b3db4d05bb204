/** Which scopes a client asks a patient for: within its registration, and such as a patient can be asked. */
import { coversAny, splitScope } from '../../../access/scope.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { Client } from '../client.ts';
import { describeScopes } from './describe-scopes.ts';
import type { AuthorizationProblem } from './failures.ts';
import type { RequestParameters } from './read-parameters.ts';

export function checkScopes(
  client: Client,
  { one }: Pick<RequestParameters, 'one'>,
): Result<readonly string[], AuthorizationProblem> {
  const asked = splitScope(one('scope'));
  if (asked.length === 0) return err('no-scope');
  if (!asked.every((scope) => coversAny(client.scopes, scope))) return err('scope-not-registered');
  // INVARIANT: what we have no plain words for is not asked, so that nobody agrees to what they were not told.
  const described = describeScopes(asked, { name: client.name, isLasting: false });
  if (!described) return err('scope-not-for-patients');
  return described.length === 0 ? err('no-scope') : ok(asked);
}
