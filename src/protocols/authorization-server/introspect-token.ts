/** Introspection (RFC 7662): whether a token still holds, told only to the resource server it is meant for. */
import type { Caller } from '../../access/caller.ts';
import type { Instant } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import { type FindTokenDeps, findToken } from './find-token.ts';
import type { IssuedToken, TokenKind } from './token-store.ts';

/** The resource server that asks, by its PAT or as the client it is. */
export type Introspector = Pick<
  Caller,
  'clientId' | 'resource' | 'patients' | 'organizations' | 'authorizedBy'
>;

export type IntrospectionCall = {
  readonly caller: Introspector;
  readonly at: Instant;
  readonly requestId: string;
};

/** What a token of one kind says at this moment; undefined when it opens nothing any more. */
export type DescribeToken = (token: IssuedToken, call: IntrospectionCall) => Promise<JsonObject | undefined>;

export type IntrospectionDeps = FindTokenDeps & {
  /** A kind that nobody describes is inactive for everybody. */
  readonly describe: Partial<Readonly<Record<TokenKind, DescribeToken>>>;
};

/** RFC 7662 §2.2: unknown, expired, revoked, meant for another: all look the same. */
const inactive: JsonObject = { active: false };

export async function introspectToken(
  deps: IntrospectionDeps,
  text: string,
  call: IntrospectionCall,
): Promise<JsonObject> {
  const found = await findToken(deps, text, call.at);
  if (!found.ok || !isMeantFor(found.value.token, call.caller)) return inactive;
  const { token } = found.value;
  const description = await deps.describe[token.kind]?.(token, call);
  return description ? { active: true, ...description } : inactive;
}

const isMeantFor = (token: IssuedToken, caller: Introspector): boolean =>
  token.resourceServer === caller.clientId;
