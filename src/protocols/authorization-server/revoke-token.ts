/** Revocation (RFC 7009): a client takes back a token of its own. */
import type { Instant } from '../../base/instant.ts';
import type { Client } from './client.ts';
import type { TokenStore } from './token-store.ts';
import { type VerifyDeps, verifyToken } from './verify-token.ts';

export type RevocationDeps = VerifyDeps & { readonly tokens: Pick<TokenStore, 'revoke'> };

/**
 * Says nothing: unknown, expired and foreign tokens are answered as revoked ones are (RFC 7009 §2.2).
 * RFC 7009 §2.1 (row 2) wants an error for a foreign one; we deviate, since it would tell a thief what it holds (README).
 */
export async function revokeToken(
  deps: RevocationDeps,
  client: Client,
  text: string,
  at: Instant,
): Promise<void> {
  const verified = await verifyToken(deps, text, at);
  if (verified.ok) await deps.tokens.revoke(verified.value.id, client.id, at);
}
