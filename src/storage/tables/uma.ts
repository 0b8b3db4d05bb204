/** What UMA remembers: registered resources, tickets, approvals behind RPTs, issuers of claims. */
import { sql } from 'drizzle-orm';
import { index, integer, json, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { PublicJwk } from '../../protocols/authorization-server/client.ts';
import type { RequestingParty } from '../../protocols/uma/party/requesting-party.ts';
import type { AskedPermission, Permission } from '../../protocols/uma/permission/permission.ts';
import type { ResourceDescription } from '../../protocols/uma/wire.ts';
import { instant } from './columns.ts';

// `json` and not `jsonb` wherever a stranger wrote the text: jsonb refuses the NUL that JSON allows.

export const umaResource = pgTable(
  'uma_resource',
  {
    key: uuid('key').primaryKey(),
    id: text('id').notNull(),
    /** The client that registered it. */
    resourceServer: text('resource_server').notNull(),
    /** `Patient/ann`. */
    patient: text('patient').notNull(),
    description: json('description').$type<ResourceDescription>().notNull(),
    registeredAt: instant('registered_at').notNull(),
  },
  (table) => [
    uniqueIndex('uma_resource_id').on(table.id),
    index('uma_resource_server').on(table.resourceServer, table.key),
    index('uma_resource_patient').on(table.patient, table.key),
  ],
);

export const ticket = pgTable(
  'ticket',
  {
    key: uuid('key').primaryKey(),
    secretHash: text('secret_hash').notNull(),
    process: text('process').notNull(),
    resourceServer: text('resource_server').notNull(),
    patient: text('patient').notNull(),
    permissions: json('permissions').$type<readonly Permission[]>().notNull(),
    clientId: text('client_id'),
    party: json('party').$type<RequestingParty>(),
    /** The PCT its claims came from, with which they end. */
    pctHash: text('pct_hash'),
    issuedAt: instant('issued_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    consumedAt: instant('consumed_at'),
  },
  (table) => [
    uniqueIndex('ticket_secret_hash').on(table.secretHash),
    index('ticket_patient').on(table.patient, table.key),
    index('ticket_expires_at').on(table.expiresAt),
  ],
);

export const approval = pgTable(
  'approval',
  {
    key: uuid('key').primaryKey(),
    tokenId: text('token_id').notNull(),
    process: text('process').notNull(),
    clientId: text('client_id').notNull(),
    resourceServer: text('resource_server').notNull(),
    patient: text('patient').notNull(),
    permissions: json('permissions').$type<readonly Permission[]>().notNull(),
    party: json('party').$type<RequestingParty>().notNull(),
    subject: text('subject').notNull(),
    /** The PCT its claims came from, with which it ends. */
    pctHash: text('pct_hash'),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('approval_token_id').on(table.tokenId),
    index('approval_patient').on(table.patient, table.key),
    index('approval_process').on(table.process),
    index('approval_pct').on(table.pctHash),
    index('approval_expires_at').on(table.expiresAt),
  ],
);

/** A request that waits for the patient (UMA Grant §3.3.6 `request_submitted`), and what the patient said. */
export const submittedRequest = pgTable(
  'submitted_request',
  {
    key: uuid('key').primaryKey(),
    id: text('id').notNull(),
    process: text('process').notNull(),
    patient: text('patient').notNull(),
    /** Whom it is about, also where nobody is shown it. */
    about: text('about').notNull(),
    clientId: text('client_id').notNull(),
    resourceServer: text('resource_server').notNull(),
    permissions: json('permissions').$type<readonly AskedPermission[]>().notNull(),
    party: json('party').$type<RequestingParty>().notNull(),
    /** On whose behalf the client asks, under the name it has in the party. */
    actingClient: text('acting_client'),
    /** Which of the accounts of which issuer asks: to count by, since nothing can be read out of what a stranger wrote. */
    account: text('account'),
    submittedAt: instant('submitted_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    /** Seconds between polls, and when the last one came. */
    intervalSeconds: integer('interval_seconds').notNull(),
    polledAt: instant('polled_at').notNull(),
    answer: text('answer').$type<'approved' | 'refused'>(),
    answeredAt: instant('answered_at'),
    /** Ids of those that a yes filed. */
    consents: text('consents').array(),
  },
  (table) => [
    uniqueIndex('submitted_request_id').on(table.id),
    uniqueIndex('submitted_request_process').on(table.process),
    index('submitted_request_patient').on(table.patient, table.key),
    index('submitted_request_expires_at').on(table.expiresAt),
    index('submitted_request_waiting')
      .on(table.clientId, table.about, table.expiresAt)
      .where(sql`${table.answer} is null`),
  ],
);

/** Claims collected earlier, for the client that brings the handle again (UMA Grant §3.3.5). */
export const pct = pgTable(
  'pct',
  {
    secretHash: text('secret_hash').primaryKey(),
    clientId: text('client_id').notNull(),
    party: json('party').$type<RequestingParty>().notNull(),
    issuedAt: instant('issued_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (table) => [index('pct_expires_at').on(table.expiresAt)],
);

export const trustedIssuer = pgTable('trusted_issuer', {
  issuer: text('issuer').primaryKey(),
  /** Empty where they are at `jwks_uri`. */
  jwks: json('jwks').$type<readonly PublicJwk[]>().notNull(),
  jwksUri: text('jwks_uri'),
  clientIds: json('client_ids').$type<Readonly<Record<string, string>>>().notNull(),
});
