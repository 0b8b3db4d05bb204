/** Resources of every type: `resource` holds what is current, `resource_history` every version, the current one included. */
import { index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { FhirVersion } from '../../fhir/version.ts';
import { boundedInstant, instant, verbatim } from './columns.ts';

const columns = () => ({
  /** Time-ordered: of the first version in `resource`, of each version in `resource_history`. */
  key: uuid('key').notNull(),
  type: text('type').notNull(),
  id: text('id').notNull(),
  version: integer('version').notNull(),
  fhirVersion: text('fhir_version').$type<FhirVersion>().notNull(),
  /** The key by which all tables of resources can be split. */
  patient: text('patient'),
  status: text('status'),
  updatedAt: instant('updated_at').notNull(),
  filedBy: text('filed_by').notNull(),
});

export const resource = pgTable(
  'resource',
  {
    ...columns(),
    body: verbatim('body').notNull(),
    /** What it is found by; see fhir/search.ts. */
    entries: text('entries').array().notNull(),
    /** Which rules made the entries; older ones are made anew when the database is migrated. */
    indexedBy: integer('indexed_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.key] }),
    uniqueIndex('resource_type_id').on(table.type, table.id),
    index('resource_type_key').on(table.type, table.key),
    index('resource_type_updated_at').on(table.type, table.updatedAt, table.key),
    index('resource_patient').on(table.type, table.patient, table.status, table.key),
    index('resource_entries').using('gin', table.entries).with({ fastupdate: false }),
    index('resource_indexed_by').on(table.indexedBy),
  ],
);

/** The dates a resource is found by, open bounds as infinity. */
export const resourceDate = pgTable(
  'resource_date',
  {
    resource: uuid('resource')
      .notNull()
      .references(() => resource.key, { onDelete: 'cascade' }),
    parameter: text('parameter').notNull(),
    starts: boundedInstant('starts').notNull(),
    ends: boundedInstant('ends').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.resource, table.parameter, table.starts, table.ends] }),
    index('resource_date_starts').on(table.parameter, table.starts),
    index('resource_date_ends').on(table.parameter, table.ends),
  ],
);

/** Without a body: the version that says it was deleted. */
export const resourceHistory = pgTable(
  'resource_history',
  {
    ...columns(),
    body: verbatim('body'),
    /** Of the entries those by which a decision finds a version of then; see `decisionEntries`. */
    decisionEntries: text('decision_entries').array().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.type, table.id, table.version] }),
    index('resource_history_type_key').on(table.type, table.key),
    index('resource_history_patient').on(table.type, table.patient, table.key),
    index('resource_history_decision_entries')
      .using('gin', table.decisionEntries)
      .with({ fastupdate: false }),
  ],
);
