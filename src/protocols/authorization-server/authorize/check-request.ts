/** What makes an authorization request of a known client one that a patient can be asked, one check after the other. */
import { err, ok, type Result } from '../../../base/result.ts';
import type { Client } from '../client.ts';
import { grantTypes } from '../grants.ts';
import { challengeMethod, isChallenge } from '../pkce.ts';
import { checkResources, type Served } from './check-resources.ts';
import { checkScopes } from './check-scopes.ts';
import type { AuthorizationProblem } from './failures.ts';
import { promptsIn, type RequestParameters } from './read-parameters.ts';

export type CheckedRequest = {
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly codeChallenge: string;
};

type Check = (parameters: RequestParameters, client: Client) => AuthorizationProblem | undefined;

export function checkRequest(
  served: Served,
  client: Client,
  parameters: RequestParameters,
): Result<CheckedRequest, AuthorizationProblem> {
  for (const check of checks) {
    const problem = check(parameters, client);
    if (problem) return err(problem);
  }
  const scopes = checkScopes(client, parameters);
  if (!scopes.ok) return scopes;
  const resources = checkResources(served, parameters);
  if (!resources.ok) return resources;
  const codeChallenge = parameters.one('code_challenge') ?? '';
  return ok({ scopes: scopes.value, resources: resources.value, codeChallenge });
}

/** RFC 8707 §2: of all parameters this one may repeat. */
const nothingRepeats: Check = ({ names, isRepeated }) =>
  names.some((name) => name !== 'resource' && isRepeated(name)) ? 'repeated' : undefined;

/** What stands in there would replace what stands here (RFC 9101 §5), so that it cannot be ignored. */
const noRequestObject: Check = ({ one }) => {
  if (one('request') !== undefined) return 'request-object';
  return one('request_uri') === undefined ? undefined : 'request-uri';
};

const isRegistered: Check = (_, { grants }) =>
  grants.includes(grantTypes.authorizationCode) ? undefined : 'grant-not-registered';

/** RFC 6749 §3.1.1; nothing else, so that no token passes through a browser (RFC 9700 §2.1.2). */
const asksForCode: Check = ({ one }) => {
  const type = one('response_type');
  if (type === undefined) return 'no-response-type';
  return type === 'code' ? undefined : 'response-type';
};

const answeredInQuery: Check = ({ one }) =>
  (one('response_mode') ?? 'query') === 'query' ? undefined : 'response-mode';

/** RFC 7636 §4.3, of every client; no method means `plain`, which proves nothing to whoever reads the request. */
const hasChallenge: Check = ({ one }) => {
  const challenge = one('code_challenge');
  if (challenge === undefined) return 'no-challenge';
  if (one('code_challenge_method') !== challengeMethod) return 'challenge-method';
  return isChallenge(challenge) ? undefined : 'challenge-shape';
};

const knownPrompts: ReadonlySet<string> = new Set(['none', 'login', 'consent', 'select_account']);

/** OpenID Connect Core §3.1.2.1: `none` stands alone. */
const promptIsClear: Check = (parameters) => {
  const prompts = promptsIn(parameters);
  const isClear = prompts.every((word) => knownPrompts.has(word));
  return isClear && (prompts.length < 2 || !prompts.includes('none')) ? undefined : 'prompt';
};

const checks: readonly Check[] = [
  nothingRepeats,
  noRequestObject,
  isRegistered,
  asksForCode,
  answeredInQuery,
  hasChallenge,
  promptIsClear,
];
