/** Resources of every type: `resource` holds what is current, `resource_history` every version, the current one included. */
import { sql } from 'drizzle-orm';
import { index, integer, json, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { Resource } from '../../fhir/resource.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import { instant } from './columns.ts';

const columns = () => ({
  /** Time-ordered: of the first version in `resource`, of each version in `resource_history`. */
  key: uuid('key').notNull(),
  type: text('type').notNull(),
  id: text('id').notNull(),
  version: integer('version').notNull(),
  fhirVersion: text('fhir_version').$type<FhirVersion>().notNull(),
  /** The key by which both tables can be split. */
  patient: text('patient'),
  status: text('status'),
  /** `system|value`. */
  identifiers: text('identifiers').array().notNull(),
  /** `json`, since `jsonb` would forget the order in which the members were submitted. */
  body: json('body').$type<Resource>().notNull(),
  updatedAt: instant('updated_at').notNull(),
  filedBy: text('filed_by').notNull(),
});

export const resource = pgTable('resource', columns(), (table) => [
  primaryKey({ columns: [table.key] }),
  uniqueIndex('resource_type_id').on(table.type, table.id),
  index('resource_type_key').on(table.type, table.key),
  index('resource_patient').on(table.type, table.patient, table.status, table.key),
  index('resource_identifiers').using('gin', table.identifiers),
  index('resource_role_practitioner')
    .on(sql`(${table.body}->'practitioner'->>'reference')`)
    .where(sql`${table.type} = 'PractitionerRole'`),
]);

export const resourceHistory = pgTable('resource_history', columns(), (table) => [
  primaryKey({ columns: [table.type, table.id, table.version] }),
  index('resource_history_patient').on(table.type, table.patient, table.key),
]);
