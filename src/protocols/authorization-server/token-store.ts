/** Where issued tokens are remembered: to revoke them, and to ask whether they still hold. */
import type { Instant } from '../../base/instant.ts';
import type { Client } from './client.ts';

/** `access` opens our own APIs, the PAT among them; `rpt` opens those of a resource server (UMA Grant §1.3). */
export type TokenKind = 'access' | 'rpt';

export type IssuedToken = {
  readonly id: string;
  readonly kind: TokenKind;
  readonly clientId: string;
  readonly resourceServer?: string;
  readonly patient?: string;
  readonly scopes: readonly string[];
  /** What a user authorized, where the token rests on that. */
  readonly authorization?: string;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  /** Its own end, or that of the authorization it rests on, whichever came first. */
  readonly revokedAt?: Instant;
};

export type TokenOnFile = { readonly token: IssuedToken; readonly client: Client };

export type TokenStore = {
  /** With the hash of its secret, where it is opaque. */
  keep(token: IssuedToken, secretHash?: string): Promise<void>;
  /** The token and its client in one question, which those who ask at once share. */
  find(id: string): Promise<TokenOnFile | undefined>;
  /** An opaque one. */
  findBySecret(secretHash: string): Promise<TokenOnFile | undefined>;
  /** False when this client has no such token. */
  revoke(id: string, clientId: string, at: Instant): Promise<boolean>;
};
