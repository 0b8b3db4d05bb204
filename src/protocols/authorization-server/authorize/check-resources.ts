/** Where the tokens shall be used (RFC 8707 §2; `aud` of SMART App Launch 2.2 means the same). */
import { err, ok, type Result } from '../../../base/result.ts';
import type { AuthorizationProblem } from './failures.ts';
import type { RequestParameters } from './read-parameters.ts';

/** Our own APIs: each of their URIs means the issuer, which is what our tokens name as their audience. */
export type Served = { readonly issuer: string; readonly bases: readonly string[] };

/** What is behind other resource servers no patient grants here: the consents decide, asked by UMA. */
export function checkResources(
  { issuer, bases }: Served,
  { one, all }: Pick<RequestParameters, 'one' | 'all'>,
): Result<readonly string[], AuthorizationProblem> {
  const resources = all('resource');
  const audience = one('aud');
  if (audience !== undefined && resources.length > 0 && !resources.includes(audience))
    return err('audience-differs');
  const asked = audience === undefined ? resources : [...resources, audience];
  if (asked.some((uri) => !URL.canParse(uri) || uri.includes('#'))) return err('resource-shape');
  if (!asked.every((uri) => uri === issuer || bases.includes(uri))) return err('resource-unknown');
  return ok(asked.length === 0 ? [] : [issuer]);
}
