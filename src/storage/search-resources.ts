/** Finding current resources by what is asked of them. */
import { type SQL, sql } from 'drizzle-orm';
import type { Reach, SearchResources } from '../fhir/resource-store.ts';
import type { Condition, Question, Sort } from '../fhir/search/search.ts';
import { matches } from './conditions.ts';
import type { Database } from './database.ts';
import { include } from './include-resources.ts';
import { type Listing, pageOf } from './page.ts';
import type { Sorted } from './sorted.ts';
import { texts } from './statement.ts';
import { type CurrentRow, columns, storedFrom } from './stored-row.ts';

export function searchResources(db: Database): SearchResources {
  return {
    async search(question, order, page, within) {
      return await pageOf<CurrentRow, ReturnType<typeof storedFrom>>(
        db,
        listingOf(question, order, within),
        page,
        storedFrom,
      );
    },
    include: (inclusion, within) => include(db, inclusion, within),
  };
}

const listingOf = (question: Question, order: readonly Sort[], within: Reach): Listing => ({
  table: 'resource',
  columns,
  condition: matches(question, within),
  order: [...order.map(sortedBy), { by: sql`key`, kind: 'uuid', descending: false, nullable: false }],
  gatherUpTo: question.all.some(isRare)
    ? 'all'
    : Math.max(0, ...question.all.map(({ kind }) => worthGathering[kind])),
  ordinary: order.length === 0 && question.all.length <= 3 && question.all.every(isOrdinary),
});

/** There are few resources of one id, one patient, one identifier, whatever the size of the table. */
const isRare = (condition: Condition): boolean =>
  condition.kind === 'id' ||
  condition.kind === 'patient' ||
  (condition.kind === 'entry' && !condition.not && condition.any.every(isIdentifier));

const isIdentifier = (entry: string): boolean => entry.startsWith('identifier=') && !entry.endsWith('|');

/**
 * How far it pays to follow other conditions before the order is walked instead. Dates run with the order of creation, so
 * that a walk meets them last.
 */
const worthGathering: Readonly<Record<Condition['kind'], number>> = {
  id: 0,
  patient: 0,
  chain: 20_000,
  date: 20_000,
  updated: 20_000,
  entry: 1000,
  prefix: 0,
};

/** What most searches ask; at most three of these in a row are few enough statements to remember them all. */
const isOrdinary = (condition: Condition): boolean =>
  condition.kind === 'id' || condition.kind === 'patient' || (condition.kind === 'entry' && !condition.not);

function sortedBy({ by, descending }: Sort): Sorted {
  if (typeof by === 'object') {
    return { by: firstDate(by.dates, descending), kind: 'moment', descending, nullable: true };
  }
  switch (by) {
    case '_id':
      return { by: sql`id`, kind: 'text', descending, nullable: false };
    case '_lastUpdated':
      return { by: sql`updated_at`, kind: 'moment', descending, nullable: false };
    case 'status':
    case 'patient':
      return { by: sql.raw(by), kind: 'text', descending, nullable: true };
  }
}

/** Of several dates the one that comes first in the order asked for (FHIR R4 §3.1.1.5.1). */
const firstDate = (parameters: readonly string[], descending: boolean): SQL =>
  sql`(select ${sql.raw(descending ? 'max(date.ends)' : 'min(date.starts)')} from resource_date as date
    where date.resource = resource.key and date.parameter = any(${texts(parameters)}))`;
