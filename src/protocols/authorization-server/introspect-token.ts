/** Introspection (RFC 7662): whether a token still holds, told only to the resource server it is meant for. */
import type { Caller } from '../../access/caller.ts';
import type { Instant } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import type { IssuedToken, TokenKind, TokenStore } from './token-store.ts';
import { type VerifyDeps, verifyToken } from './verify-token.ts';

export type IntrospectionCall = { readonly caller: Caller; readonly at: Instant; readonly requestId: string };

/** What a token of one kind says at this moment; undefined when it opens nothing any more. */
export type DescribeToken = (token: IssuedToken, call: IntrospectionCall) => Promise<JsonObject | undefined>;

export type IntrospectionDeps = VerifyDeps & {
  readonly tokens: Pick<TokenStore, 'find'>;
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
  const verified = await verifyToken(deps, text, call.at);
  if (!verified.ok) return inactive;
  const found = await deps.tokens.find(verified.value.id);
  if (!found || found.client.disabledAt !== undefined || !isMeantFor(found.token, call.caller))
    return inactive;
  if (found.token.revokedAt !== undefined || found.token.expiresAt <= call.at) return inactive;
  const description = await deps.describe[found.token.kind]?.(found.token, call);
  return description ? { active: true, ...description } : inactive;
}

const isMeantFor = (token: IssuedToken, caller: Caller): boolean => token.resourceServer === caller.clientId;
