/** Revocation (RFC 7009): a client takes back what it was given, whatever kind of token that is. */
import { sha256 } from '../../access/digest.ts';
import type { Instant } from '../../base/instant.ts';
import type { AuthorizationStore } from './authorization-store.ts';
import type { Client } from './client.ts';
import { type FindTokenDeps, findToken } from './find-token.ts';
import type { TokenStore } from './token-store.ts';

/** For one kind of token; false when it is none of that kind, or not this client's. */
export type RevokeToken = (text: string, client: Client, at: Instant) => Promise<boolean>;

/**
 * Says nothing: unknown, expired and foreign tokens are answered as revoked ones are (RFC 7009 §2.2).
 * RFC 7009 §2.1 (row 2) wants an error for a foreign one; we deviate, since it would tell a thief what it holds (README).
 */
export async function revokeToken(
  kinds: readonly RevokeToken[],
  client: Client,
  text: string,
  at: Instant,
): Promise<void> {
  for (const revoke of kinds) if (await revoke(text, client, at)) return;
}

export const revokeAccessToken =
  (deps: FindTokenDeps & { readonly tokens: Pick<TokenStore, 'revoke'> }): RevokeToken =>
  async (text, client, at) => {
    const found = await findToken(deps, text, at);
    return found.ok && (await deps.tokens.revoke(found.value.token.id, client.id, at));
  };

/** With it ends all that rests on the same authorization (RFC 7009 §2.1). */
export const revokeRefreshToken =
  ({
    authorizations,
  }: {
    readonly authorizations: Pick<AuthorizationStore, 'endByRefreshToken'>;
  }): RevokeToken =>
  async (text, client, at) =>
    await authorizations.endByRefreshToken(sha256(text), client.id, at);
