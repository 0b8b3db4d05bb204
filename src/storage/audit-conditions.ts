/** What is asked of the audit log as a condition in SQL. */
import { type SQL, sql } from 'drizzle-orm';
import type { AuditQuery } from '../audit/audit-log.ts';
import { allOf, anyOf, holdsAt } from './date-test.ts';
import { entriesAsked } from './index-values.ts';
import { isManagedBy } from './managed-by.ts';
import { isStorable, texts } from './statement.ts';

export const conditionOf = (query: AuditQuery): SQL =>
  allOf([
    ...(Object.keys(columns) as Column[]).flatMap((name) => oneOf(columns[name], query[name])),
    ...(query.entity ?? []).map((any) => sql`entities && ${texts(any.filter(isStorable))}`),
    ...(query.agent ?? []).map((any) => sql`agents && ${entriesAsked(any)}`),
    // As the index says it, so that the planner knows it by that.
    ...(query.review ?? []).map((any) => sql`(review <> '{}' and review && ${texts(any)})`),
    ...(query.recorded ?? []).map((any) => anyOf(any.map((test) => holdsAt(test, sql`recorded_at`)))),
    ...(query.managedBy ? [isManagedBy(sql`split_part(audit_event.patient, '/', 2)`, query.managedBy)] : []),
  ]);

const columns = {
  id: sql`id`,
  patient: sql`patient`,
  client: sql`client_id`,
  outcome: sql`outcome`,
  type: sql`type`,
  subtype: sql`subtype`,
  action: sql`action`,
} as const;
type Column = keyof typeof columns;

/** One value is compared with `=`, by which an index is read in its order: newest first. */
function oneOf(column: SQL, values: readonly string[] | undefined): readonly SQL[] {
  if (values === undefined) return [];
  const [value, ...more] = values.filter(isStorable);
  return value !== undefined && more.length === 0
    ? [sql`${column} = ${value}`]
    : [sql`${column} = any(${texts(values.filter(isStorable))})`];
}

/** Few events match, whatever the size of the log, and no index has them in order. */
export const isSelective = ({ id, patient, entity }: AuditQuery): boolean =>
  id !== undefined || entity !== undefined || (patient !== undefined && patient.length > 1);

/** What is asked all the time, in a text that is one of few; see `prepared`. */
export function isOrdinary(query: AuditQuery): boolean {
  const asked = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const isPlain = asked.every((name) => name === 'id' || name === 'patient' || name === 'entity');
  return isPlain && asked.length <= 2 && (query.entity ?? []).length <= 1;
}
