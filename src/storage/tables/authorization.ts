/** What the authorization server remembers: clients, keys, what users authorized, tokens, assertions seen, how often somebody came. */
import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { WriteAuthority } from '../../access/caller.ts';
import type { PublicJwk } from '../../protocols/authorization-server/client.ts';
import type { TokenKind } from '../../protocols/authorization-server/token-store.ts';
import { instant } from './columns.ts';

export const client = pgTable(
  'client',
  {
    key: uuid('key').primaryKey(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    /** Empty where the keys are at `jwks_uri`, where a secret proves the client, and for public clients. */
    jwks: json('jwks').$type<readonly PublicJwk[]>().notNull(),
    jwksUri: text('jwks_uri'),
    /** SHA-256 of a secret that we drew, so that nothing slower is needed. */
    secretHash: text('secret_hash'),
    redirectUris: text('redirect_uris').array().notNull().default(sql`'{}'`),
    claimsRedirectUris: text('claims_redirect_uris').array().notNull().default(sql`'{}'`),
    grants: text('grants').array().notNull(),
    scopes: text('scopes').array().notNull(),
    /** Null means all. */
    patients: text('patients').array(),
    organizations: text('organizations').array(),
    resource: text('resource'),
    may: text('may').array().$type<WriteAuthority[]>().notNull(),
    tokenFormat: text('token_format').$type<'jwt' | 'opaque'>().notNull().default('jwt'),
    /** Whether the patient may be asked where no consent permits. */
    asynchronousApproval: boolean('asynchronous_approval').notNull().default(false),
    createdAt: instant('created_at').notNull(),
    disabledAt: instant('disabled_at'),
  },
  (table) => [uniqueIndex('client_id').on(table.id), uniqueIndex('client_resource').on(table.resource)],
);

export const signingKey = pgTable('signing_key', {
  /** RFC 7638 thumbprint. */
  kid: text('kid').primaryKey(),
  publicJwk: json('public_jwk').$type<PublicJwk>().notNull(),
  /** The private JWK, encrypted; see signing-key.ts. */
  sealed: text('sealed').notNull(),
  createdAt: instant('created_at').notNull(),
  activeFrom: instant('active_from').notNull(),
  retiredAt: instant('retired_at'),
});

export const token = pgTable(
  'token',
  {
    key: uuid('key').primaryKey(),
    /** The jti: an identifier, not a credential, since the token cannot be made from it. */
    id: text('id').notNull(),
    kind: text('kind').$type<TokenKind>().notNull(),
    clientId: text('client_id').notNull(),
    /** The client whose API it opens; null for our own. */
    resourceServer: text('resource_server'),
    /** `Patient/ann`, where the token is about one. */
    patient: text('patient'),
    scopes: text('scopes').array().notNull(),
    /** Of an opaque token, by which it is found instead of by the jti. */
    secretHash: text('secret_hash'),
    /** What a user authorized, where the token rests on that. */
    authorization: text('authorization'),
    issuedAt: instant('issued_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (table) => [
    uniqueIndex('token_id').on(table.id),
    uniqueIndex('token_secret_hash').on(table.secretHash),
    index('token_authorization').on(table.authorization),
    index('token_client').on(table.clientId, table.key),
    index('token_patient').on(table.patient, table.key),
    index('token_expires_at').on(table.expiresAt),
  ],
);

export const usedAssertion = pgTable(
  'used_assertion',
  {
    clientId: text('client_id').notNull(),
    /** SHA-256 of the jti, which may be as long as its maker likes. */
    jtiHash: text('jti_hash').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.clientId, table.jtiHash] }),
    index('used_assertion_expires_at').on(table.expiresAt),
  ],
);

/** What a user authorized a client to do; codes, refresh tokens and access tokens rest on it and end with it. */
export const authorization = pgTable(
  'authorization',
  {
    key: uuid('key').primaryKey(),
    id: text('id').notNull(),
    clientId: text('client_id').notNull(),
    /** `Patient/ann`: who authorized it, and whose record it is about. */
    patient: text('patient').notNull(),
    scopes: text('scopes').array().notNull(),
    /** RFC 8707; empty: our own APIs. */
    resources: text('resources').array().notNull(),
    authorizedAt: instant('authorized_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (table) => [
    uniqueIndex('authorization_id').on(table.id),
    index('authorization_client').on(table.clientId, table.key),
    index('authorization_patient').on(table.patient, table.key),
    index('authorization_expires_at').on(table.expiresAt),
  ],
);

export const authorizationCode = pgTable(
  'authorization_code',
  {
    codeHash: text('code_hash').primaryKey(),
    authorization: text('authorization').notNull(),
    clientId: text('client_id').notNull(),
    redirectUri: text('redirect_uri').notNull(),
    /** Whether the request named it, so that the token request must as well (RFC 6749 §4.1.3). */
    isRedirectNamed: boolean('is_redirect_named').notNull(),
    codeChallenge: text('code_challenge').notNull(),
    /** That of the authorization: until then it is remembered, long after it could be redeemed. */
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
  },
  (table) => [index('authorization_code_expires_at').on(table.expiresAt)],
);

export const refreshToken = pgTable(
  'refresh_token',
  {
    secretHash: text('secret_hash').primaryKey(),
    authorization: text('authorization').notNull(),
    clientId: text('client_id').notNull(),
    issuedAt: instant('issued_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    /** When another took its place; presenting it again gives the thief away (RFC 9700 §4.14.2). */
    usedAt: instant('used_at'),
  },
  (table) => [
    index('refresh_token_authorization').on(table.authorization),
    index('refresh_token_expires_at').on(table.expiresAt),
  ],
);

/** Somebody signed in with a browser. */
export const session = pgTable(
  'session',
  {
    secretHash: text('secret_hash').primaryKey(),
    /** `Patient/ann`. */
    patient: text('patient').notNull(),
    signedInAt: instant('signed_in_at').notNull(),
    lastSeenAt: instant('last_seen_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [index('session_expires_at').on(table.expiresAt)],
);

/** How often somebody came since a moment, whichever instance they came to. */
export const rateLimit = pgTable(
  'rate_limit',
  {
    /** Hashed: addresses are nobody's to read here. */
    bucket: text('bucket').primaryKey(),
    count: integer('count').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [index('rate_limit_expires_at').on(table.expiresAt)],
);
