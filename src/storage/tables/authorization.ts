/** What the authorization server remembers: clients, signing keys, tokens issued, client assertions seen. */
import { index, json, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
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
    jwks: json('jwks').$type<readonly PublicJwk[]>().notNull(),
    grants: text('grants').array().notNull(),
    scopes: text('scopes').array().notNull(),
    /** Null means all. */
    patients: text('patients').array(),
    organizations: text('organizations').array(),
    resource: text('resource'),
    may: text('may').array().$type<WriteAuthority[]>().notNull(),
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
    issuedAt: instant('issued_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (table) => [
    uniqueIndex('token_id').on(table.id),
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
