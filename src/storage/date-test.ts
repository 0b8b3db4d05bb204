/**
 * The prefixes of a date search as conditions on what is stored (FHIR R4 §3.1.1.4.6). A range begins before it ends, which
 * the planner does not know: what follows from it is said besides, so that one index bounds the search.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Instant } from '../base/instant.ts';
import type { DateTest } from '../fhir/search/search.ts';
import { momentOf, writeMoment } from './moments.ts';

/** What is stored, bounds included, open ones as infinity. */
type StoredRange = { readonly starts: SQL; readonly ends: SQL };

export function holds(test: DateTest, { starts, ends }: StoredRange): SQL {
  const start = written(test.start);
  const end = written(test.end);
  switch (test.prefix) {
    case 'eq':
      return sql`(${starts} >= ${start} and ${starts} <= ${end} and ${ends} <= ${end})`;
    case 'ne':
      return sql`(${starts} < ${start} or ${ends} > ${end})`;
    case 'gt':
      return sql`${ends} > ${end}`;
    case 'lt':
      return sql`${starts} < ${start}`;
    case 'ge':
      return sql`(${ends} >= ${start} and (${ends} > ${end} or ${starts} >= ${start}))`;
    case 'le':
      return sql`(${starts} <= ${end} and (${starts} < ${start} or ${ends} <= ${end}))`;
    case 'sa':
      return sql`${starts} > ${end}`;
    case 'eb':
      return sql`${ends} < ${start}`;
    case 'ap':
      return sql`(${starts} <= ${end} and ${ends} >= ${start})`;
  }
}

/** A point in time: no longer than it is precise. */
export function holdsAt(test: DateTest, moment: SQL): SQL {
  const start = written(test.start);
  const end = written(test.end);
  switch (test.prefix) {
    case 'eq':
    case 'ap':
      return sql`(${moment} >= ${start} and ${moment} <= ${end})`;
    case 'ne':
      return sql`(${moment} < ${start} or ${moment} > ${end})`;
    case 'gt':
    case 'sa':
      return sql`${moment} > ${end}`;
    case 'lt':
    case 'eb':
      return sql`${moment} < ${start}`;
    case 'ge':
      return sql`${moment} >= ${start}`;
    case 'le':
      return sql`${moment} <= ${end}`;
  }
}

export const written = (at: Instant): SQL => sql`${writeMoment(momentOf(at))}::timestamptz`;

export const anyOf = (conditions: readonly SQL[]): SQL =>
  conditions.length === 0 ? sql`false` : sql`(${sql.join([...conditions], sql` or `)})`;

export const allOf = (conditions: readonly SQL[]): SQL =>
  conditions.length === 0 ? sql`true` : sql.join([...conditions], sql` and `);
