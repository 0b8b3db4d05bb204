/** What was decided, one row per decision: only ever appended to. */
import { bigint, boolean, index, json, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { DecisionEntry } from '../../audit/audit-log.ts';
import { instant } from './columns.ts';

export const auditEvent = pgTable(
  'audit_event',
  {
    /** The order in which entries were written (audit.md §7). */
    sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: text('id').notNull(),
    recordedAt: instant('recorded_at').notNull(),
    /** `Patient/ann`. */
    patient: text('patient').notNull(),
    clientId: text('client_id').notNull(),
    permitted: boolean('permitted').notNull(),
    entry: json('entry').$type<DecisionEntry>().notNull(),
  },
  (table) => [
    uniqueIndex('audit_event_id').on(table.id),
    index('audit_event_patient').on(table.patient, table.sequence),
    index('audit_event_client').on(table.clientId, table.sequence),
  ],
);
