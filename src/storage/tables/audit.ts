/** What was decided and done, one row per event: only ever appended to. */
import { sql } from 'drizzle-orm';
import { bigint, index, json, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { AuditEntry, AuditOutcome, ReviewReason } from '../../audit/audit-log.ts';
import { instant } from './columns.ts';

export const auditEvent = pgTable(
  'audit_event',
  {
    /** The order in which entries were written (audit.md §7). */
    sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: text('id').notNull(),
    recordedAt: instant('recorded_at').notNull(),
    /** `Patient/ann`; null for what is about no patient. */
    patient: text('patient'),
    clientId: text('client_id').notNull(),
    outcome: text('outcome').$type<AuditOutcome>().notNull(),
    /** `rest`, `110113`; with `read`, `AuthZ-Consent`. */
    type: text('type').notNull(),
    subtype: text('subtype').notNull(),
    action: text('action').notNull(),
    /** What it is about: `Consent/1` and `Consent/1/_history/2`. */
    entities: text('entities').array().notNull(),
    /** Who took part, as `audit/agent-entries.ts` writes it; ourselves left out. */
    agents: text('agents').array().notNull(),
    /** Why the privacy office shall look at it; usually empty. */
    review: text('review').array().$type<ReviewReason>().notNull(),
    entry: json('entry').$type<AuditEntry>().notNull(),
  },
  (table) => [
    uniqueIndex('audit_event_id').on(table.id),
    index('audit_event_patient').on(table.patient, table.sequence),
    index('audit_event_client').on(table.clientId, table.sequence),
    index('audit_event_recorded_at').on(table.recordedAt, table.sequence),
    index('audit_event_entities').using('gin', table.entities),
    index('audit_event_agents').using('gin', table.agents),
    // Few are, and they are asked for newest first.
    index('audit_event_review').on(table.sequence).where(sql`${table.review} <> '{}'`),
  ],
);
