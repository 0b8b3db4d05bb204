/** The SQL of the resource store, one prepared statement per shape of question, each prepared when first asked. */
import { and, asc, count, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Reach, ResourceQuery } from '../fhir/resource-store.ts';
import type { Database } from './database.ts';
import { isManagedBy } from './managed-by.ts';
import { resource, resourceHistory } from './tables/resources.ts';

const value = sql.placeholder;

const written = {
  key: value('key'),
  type: value('type'),
  id: value('id'),
  fhirVersion: value('fhirVersion'),
  patient: value('patient'),
  status: value('status'),
  identifiers: value('identifiers'),
  body: value('body'),
  updatedAt: value('updatedAt'),
  filedBy: value('filedBy'),
};

const parameter = (name: string, column: PgColumn): SQL => sql`${sql.param(value(name), column)}`;

const nextVersion = {
  version: sql`${resource.version} + 1`,
  fhirVersion: parameter('fhirVersion', resource.fhirVersion),
  patient: parameter('patient', resource.patient),
  status: parameter('status', resource.status),
  identifiers: parameter('identifiers', resource.identifiers),
  body: parameter('body', resource.body),
  updatedAt: parameter('updatedAt', resource.updatedAt),
  filedBy: parameter('filedBy', resource.filedBy),
};

/** Current and history row in one statement; no row when the id is taken. */
export function prepareCreate(db: Database) {
  const created = db.$with('created').as(
    db
      .insert(resource)
      .values({ ...written, version: 1 })
      .onConflictDoNothing({ target: [resource.type, resource.id] })
      .returning(),
  );
  const copy = db.select().from(created);
  return db.with(created).insert(resourceHistory).select(copy).returning().prepare('resource_create');
}

/** The version stands in the condition, so that of writers who expect the same one a single one finds its row. */
export function prepareUpdate(db: Database, guarded: boolean, reach: Reach) {
  const updated = db.$with('updated').as(
    db
      .update(resource)
      .set(nextVersion)
      .where(
        and(
          eq(resource.type, value('type')),
          eq(resource.id, value('id')),
          guarded ? eq(resource.version, value('expectedVersion')) : undefined,
          within(resource.patient, reach),
        ),
      )
      .returning(),
  );
  const copy = db
    .select({
      key: sql<string>`${value('key')}::uuid`.as('key'),
      type: updated.type,
      id: updated.id,
      version: updated.version,
      fhirVersion: updated.fhirVersion,
      patient: updated.patient,
      status: updated.status,
      identifiers: updated.identifiers,
      body: updated.body,
      updatedAt: updated.updatedAt,
      filedBy: updated.filedBy,
    })
    .from(updated);
  return db.with(updated).insert(resourceHistory).select(copy).returning().prepare('resource_update');
}

export function prepareRead(db: Database, reach: Reach) {
  const condition = and(
    eq(resource.type, value('type')),
    eq(resource.id, value('id')),
    within(resource.patient, reach),
  );
  return db.select().from(resource).where(condition).prepare('resource_read');
}

export function prepareReadVersion(db: Database, reach: Reach) {
  const condition = and(ofHistory(reach), eq(resourceHistory.version, value('version')));
  return db.select().from(resourceHistory).where(condition).prepare('resource_read_version');
}

export function prepareHistory(db: Database, reach: Reach) {
  const rows = db
    .select()
    .from(resourceHistory)
    .where(ofHistory(reach))
    .orderBy(desc(resourceHistory.version));
  const total = db.select({ total: count() }).from(resourceHistory).where(ofHistory(reach));
  return {
    page: rows.limit(value('count')).offset(value('offset')).prepare('resource_history'),
    total: total.prepare('resource_history_total'),
  };
}

/** In the order of creation, which no later write disturbs, so that pages stay where they were. */
export function prepareSearch(db: Database, query: ResourceQuery, reach: Reach) {
  const condition = and(
    eq(resource.type, value('type')),
    query.id && oneOf(resource.id, 'ids'),
    query.patient && oneOf(resource.patient, 'patients'),
    query.status && oneOf(resource.status, 'statuses'),
    query.identifier && sql`${resource.identifiers} && ${parameter('identifiers', resource.identifiers)}`,
    query.fhirVersion && oneOf(resource.fhirVersion, 'fhirVersions'),
    within(resource.patient, reach),
  );
  const rows = db.select().from(resource).where(condition).orderBy(asc(resource.key));
  return {
    page: rows.limit(value('count')).offset(value('offset')).prepare('resource_search'),
    total: db.select({ total: count() }).from(resource).where(condition).prepare('resource_search_total'),
  };
}

/** INVARIANT: every statement but `create` carries the reach, so that nothing outside it is ever found. */
function within(patient: PgColumn, reach: Reach): SQL | undefined {
  if (reach.patients) return oneOf(patient, 'reach');
  return reach.organizations && isManagedBy(patient, value('reach'));
}

const ofHistory = (reach: Reach): SQL | undefined =>
  and(
    eq(resourceHistory.type, value('type')),
    eq(resourceHistory.id, value('id')),
    within(resourceHistory.patient, reach),
  );

/** A list travels as one array, so that its length does not make another statement. */
const oneOf = (column: PgColumn, name: string): SQL =>
  sql`${column} = any(${sql.param(value(name), resource.identifiers)}::text[])`;
