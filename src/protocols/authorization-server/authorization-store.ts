/** Where it is kept what users authorized, with the codes and refresh tokens that rest on it. */
import type { Instant } from '../../base/instant.ts';

/** What a user authorized a client to do. Codes, refresh tokens and access tokens rest on it and end with it. */
export type Authorization = {
  readonly id: string;
  readonly clientId: string;
  /** `Patient/ann`: who authorized it, and whose record it is about. */
  readonly patient: string;
  readonly scopes: readonly string[];
  /** RFC 8707; empty: our own APIs. */
  readonly resources: readonly string[];
  readonly authorizedAt: Instant;
  readonly expiresAt: Instant;
  readonly revokedAt?: Instant;
};

export type Code = {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Whether the authorization request named it, so that the token request must as well (RFC 6749 §4.1.3). */
  readonly isRedirectNamed: boolean;
  readonly codeChallenge: string;
};

export type RefreshToken = {
  readonly authorization: string;
  readonly clientId: string;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  /** When another took its place. */
  readonly usedAt?: Instant;
};

/** Whose code it is may end what rests on it; of others, only codes authorized since then. */
type CodeBearer = { readonly clientId: string; readonly others: { readonly since: Instant } };

/** With what it rests on. */
export type CodeOnFile = { readonly code: Code; readonly authorization: Authorization };
export type RefreshTokenOnFile = {
  readonly refreshToken: RefreshToken;
  readonly authorization: Authorization;
};

export type AuthorizationStore = {
  /**
   * An authorization and the code that stands for it, both or neither. The code is remembered, used or not, as long as the
   * authorization: whoever brings it again gives a thief away.
   */
  begin(authorization: Authorization, codeHash: string, code: Code): Promise<void>;
  /** Atomic: of many at once, one gets it; whether it still holds is for that one to see. */
  useCode(codeHash: string, at: Instant): Promise<CodeOnFile | undefined>;
  /** False when there is no such code for this one to end; the first moment of the end stays, here and below. */
  endByCode(codeHash: string, by: CodeBearer, at: Instant): Promise<boolean>;
  keepRefreshToken(secretHash: string, refreshToken: RefreshToken): Promise<void>;
  findRefreshToken(secretHash: string): Promise<RefreshTokenOnFile | undefined>;
  /** Atomic: true for one of many at once. */
  useRefreshToken(secretHash: string, at: Instant): Promise<boolean>;
  /** False when this client has no such refresh token. */
  endByRefreshToken(secretHash: string, clientId: string, at: Instant): Promise<boolean>;
};
