/** A client as an administrator registered it: who it is, what it may ask for, and about whom. */
import type { JWK } from 'jose';
import type { WriteAuthority } from '../../access/caller.ts';
import type { Instant } from '../../base/instant.ts';

/** INVARIANT: holds no private member. */
export type PublicJwk = JWK;

export type Client = {
  /** Random: nobody can pick an id that looks like another's or like a user's (RFC 9700 §4.15). */
  readonly id: string;
  readonly name: string;
  /** Empty where they are to be fetched, and for clients that prove themselves otherwise or not at all. */
  readonly jwks: readonly PublicJwk[];
  readonly jwksUri?: string;
  readonly secretHash?: string;
  /** Where codes may be sent; compared letter by letter. */
  readonly redirectUris?: readonly string[];
  /** Where tickets may be sent after claims were gathered (UMA Grant §3.3.2). */
  readonly claimsRedirectUris?: readonly string[];
  /** `grant_type` values. */
  readonly grants: readonly string[];
  readonly scopes: readonly string[];
  /** `Patient/ID`; absent means any patient the organizations allow. */
  readonly patients?: readonly string[];
  /** `Organization/ID`; absent means all. */
  readonly organizations?: readonly string[];
  /** The audience of tokens meant for its API, when it is a resource server. */
  readonly resource?: string;
  readonly may: readonly WriteAuthority[];
  /** Of the tokens it is given, its own and RPTs; absent means `jwt`. */
  readonly tokenFormat?: 'jwt' | 'opaque';
  /** Whether the patient is asked where no consent permits (interfaces.md, Tokens). */
  readonly asynchronousApproval?: boolean;
  readonly createdAt: Instant;
  readonly disabledAt?: Instant;
};

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Of the shape we give out; nothing else needs to be looked for. */
export const isClientId = (text: unknown): text is string => typeof text === 'string' && uuid.test(text);

/** Nothing proves it but the name it gives itself (RFC 6749 §2.1): an app that cannot keep a secret. */
export const isPublic = ({ jwks, jwksUri, secretHash }: Client): boolean =>
  jwks.length === 0 && jwksUri === undefined && secretHash === undefined;

/** `patient/…` scopes need to know which one patient they are about (interfaces.md, Scopes). */
export const onlyPatientOf = (client: Pick<Client, 'patients'>): string | undefined =>
  client.patients?.length === 1 ? client.patients[0] : undefined;
