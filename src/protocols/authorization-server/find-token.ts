/** From the text of a token, signed or opaque, to what is on file of it, as long as it holds. */
import { sha256 } from '../../access/digest.ts';
import { isRandomSecret } from '../../base/ids.ts';
import type { Instant } from '../../base/instant.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { BearerProblem } from './failures.ts';
import type { RecognizeToken } from './recognize-token.ts';
import type { TokenOnFile, TokenStore } from './token-store.ts';

export type FindTokenDeps = {
  readonly issuer: string;
  readonly recognize: RecognizeToken;
  readonly tokens: Pick<TokenStore, 'find' | 'findBySecret'>;
};

/** `audience` as far as it is one of ours to know: what was signed, or for an opaque token ourselves. */
export type FoundToken = TokenOnFile & { readonly audience: string | undefined };

export async function findToken(
  deps: FindTokenDeps,
  text: string,
  at: Instant,
): Promise<Result<FoundToken, BearerProblem>> {
  const found = isRandomSecret(text) ? await opaque(deps, text) : await signed(deps, text, at);
  if (!found.ok) return found;
  const problem = problemWith(found.value, at);
  return problem ? err(problem) : found;
}

async function signed(
  { recognize, tokens }: FindTokenDeps,
  text: string,
  at: Instant,
): Promise<Result<FoundToken, BearerProblem>> {
  const verified = await recognize(text, at);
  if (!verified.ok) return verified;
  const { id, audience } = verified.value;
  const onFile = await tokens.find(id);
  return onFile ? ok({ ...onFile, audience }) : err('unknown');
}

async function opaque(
  { issuer, tokens }: FindTokenDeps,
  text: string,
): Promise<Result<FoundToken, BearerProblem>> {
  const onFile = await tokens.findBySecret(sha256(text));
  if (!onFile) return err('unknown');
  return ok({ ...onFile, audience: onFile.token.resourceServer === undefined ? issuer : undefined });
}

function problemWith({ token, client }: TokenOnFile, at: Instant): BearerProblem | undefined {
  if (token.expiresAt <= at) return 'expired';
  if (token.revokedAt !== undefined) return 'revoked';
  return client.disabledAt === undefined ? undefined : 'disabled-client';
}
