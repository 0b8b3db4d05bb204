/** Issuers whose statements about requesting parties we believe; an administrator names them. */
import type { PublicJwk } from '../../authorization-server/client.ts';

export type TrustedIssuer = {
  readonly issuer: string;
  /** Empty where they are to be fetched. */
  readonly jwks: readonly PublicJwk[];
  readonly jwksUri?: string;
  /** Under which id a client of ours is known there: the audience of tokens that were issued to it. */
  readonly clientIds: Readonly<Record<string, string>>;
};

export type TrustedIssuerStore = {
  /** Replaces what was known of the issuer. */
  trust(issuer: TrustedIssuer): Promise<void>;
  find(issuer: string): Promise<TrustedIssuer | undefined>;
  list(): Promise<readonly TrustedIssuer[]>;
};
