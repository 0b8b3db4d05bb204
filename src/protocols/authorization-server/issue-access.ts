/** An access token: who holds it, for which API, for how long; and what a client is told of it (RFC 6749 §5.1). */
import { randomId } from '../../base/ids.ts';
import { earlier, type Instant, plusSeconds, toEpochSeconds } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Authorization } from './authorization-store.ts';
import type { Client } from './client.ts';
import { offlineScope } from './issue-code.ts';
import type { Target } from './resource-indicators.ts';
import { type SubjectDeps, subjectOf } from './subject-of.ts';
import type { IssuedToken } from './token-store.ts';
import { type WriteDeps, type WrittenToken, writeToken } from './write-token.ts';

export type AccessDeps = WriteDeps & SubjectDeps;

export type Access = {
  readonly client: Client;
  readonly scopes: readonly string[];
  readonly target: Target;
  readonly patient: string | undefined;
  /** Absent where the client acts in its own name. */
  readonly authorization?: Authorization;
  readonly at: Instant;
};

/** Not on file yet: whoever asked for it keeps it, with whatever must be kept beside it. */
export type NewAccess = {
  readonly token: IssuedToken;
  readonly written: WrittenToken;
  readonly response: JsonObject;
};

/** The scope that makes an access token a PAT (UMA Federated Authorization §1.3). */
export const protectionScope = 'uma_protection';
const lifetimeSeconds = 300;
/** A resource server registers and asks while nobody is there to renew its token. */
const protectionLifetimeSeconds = 3600;

export async function newAccess(deps: AccessDeps, access: Access): Promise<NewAccess> {
  const token = tokenOf(deps, access);
  const scope = access.scopes.join(' ');
  const { audience } = access.target;
  const claims = { ...token, subject: subjectOf(deps, token), audience, scope };
  const written = await writeToken(deps, access.client, claims);
  const expiresIn = toEpochSeconds(token.expiresAt) - toEpochSeconds(token.issuedAt);
  const response = { access_token: written.text, token_type: 'Bearer', expires_in: expiresIn, scope };
  return { token, written, response };
}

function tokenOf({ random }: AccessDeps, access: Access): IssuedToken {
  const { client, scopes, target, patient, authorization, at } = access;
  const longest = plusSeconds(at, lifetimeOf(scopes));
  return {
    id: randomId(random),
    kind: 'access',
    clientId: client.id,
    ...(target.resourceServer === undefined ? {} : { resourceServer: target.resourceServer }),
    ...(patient === undefined ? {} : { patient }),
    scopes,
    ...(authorization === undefined ? {} : { authorization: authorization.id }),
    issuedAt: at,
    expiresAt: authorization ? earlier(longest, authorization.expiresAt) : longest,
  };
}

/** Mixing the PAT scope with others does not stretch their life: only a pure PAT lives longer. */
const lifetimeOf = (scopes: readonly string[]): number =>
  scopes.every((scope) => scope === protectionScope || scope === offlineScope)
    ? protectionLifetimeSeconds
    : lifetimeSeconds;
