/** A token in the format its client is registered for: signed and readable, or a secret that says nothing (RFC 9068 §6). */
import { sha256 } from '../../access/digest.ts';
import type { RandomBytes } from '../../base/clock.ts';
import { randomSecret } from '../../base/ids.ts';
import type { Client } from './client.ts';
import { type MintDeps, mintToken, type TokenClaims } from './mint-token.ts';

export type WriteDeps = MintDeps & { readonly random: RandomBytes };

/** An opaque one is found again by the hash, which is all that is kept of it. */
export type WrittenToken = { readonly text: string; readonly secretHash?: string };

export async function writeToken(
  deps: WriteDeps,
  client: Pick<Client, 'tokenFormat'>,
  claims: TokenClaims,
): Promise<WrittenToken> {
  if (client.tokenFormat !== 'opaque') return { text: await mintToken(deps, claims) };
  const text = randomSecret(deps.random);
  return { text, secretHash: sha256(text) };
}
