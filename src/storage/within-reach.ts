/** The reach of a caller as a condition, which every statement but `create` and `putAll` carries. */
import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { Reach } from '../fhir/resource-store.ts';
import { isManagedBy } from './managed-by.ts';
import { texts, value } from './statement.ts';

const kinds = ['everything', 'patients', 'organizations'] as const;
type ReachKind = (typeof kinds)[number];

export function reachKindOf({ patients, organizations }: Reach): ReachKind {
  if (patients) return 'patients';
  return organizations ? 'organizations' : 'everything';
}

export const reachListOf = ({ patients, organizations }: Reach): readonly string[] =>
  patients ?? organizations ?? [];

/** INVARIANT: part of the question, never of what is done with the answer, so that nothing outside is ever found. */
export function isWithin(patient: SQL, kind: ReachKind, list: Placeholder | readonly string[]): SQL {
  if (kind === 'everything') return sql`true`;
  return kind === 'patients' ? sql`${patient} = any(${texts(list)})` : isManagedBy(patient, list);
}

/** One statement for each kind of reach; its list is the value `reach`. */
export function byReach<Statement>(
  compose: (within: (patient: SQL) => SQL) => Statement,
): (reach: Reach) => Statement {
  const statements = new Map<ReachKind, Statement>(
    kinds.map((kind) => [kind, compose((patient) => isWithin(patient, kind, value('reach')))]),
  );
  return (reach) => statements.get(reachKindOf(reach)) ?? compose(() => sql`false`);
}

/**
 * About no patient, so that every caller may find what is named by them. A person related to a patient, a care team, a
 * group and a device tell of patients: they are found within the reach alone.
 */
export const openTypes = ['Organization', 'Practitioner', 'PractitionerRole'] as const;
