/** The search index of a resource as values of a statement. */
import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { SearchIndex } from '../fhir/search/search.ts';
import { endOf, startOf, writeMoment } from './moments.ts';
import { isStorable, texts } from './statement.ts';

/** Counted up when the rules by which entries and dates are made change, so that the older ones are made anew. */
export const indexFormat = 1;

type DateRow = { readonly parameter: string; readonly starts: string; readonly ends: string };

export const dateRowsOf = ({ dates }: SearchIndex): readonly DateRow[] =>
  dates.map(({ parameter, start, end }) => ({
    parameter,
    starts: writeMoment(startOf(start)),
    ends: writeMoment(endOf(end)),
  }));

/** For the placeholders of `givenDates`, and `entries`. */
export function indexValues(index: SearchIndex) {
  const dates = dateRowsOf(index);
  return {
    entries: index.entries,
    dateParameters: dates.map(({ parameter }) => parameter),
    dateStarts: dates.map(({ starts }) => starts),
    dateEnds: dates.map(({ ends }) => ends),
  };
}

/** An index of PostgreSQL takes in no more than a third of a page, 2,700 bytes; no text of ours needs that much. */
const longestEntry = 1000;

/** Of an entry that is too long, the beginning and a digest: two of them are equal when the whole is. */
export const indexable = (entries: SQL | Placeholder): SQL => sql`array(
  select case when octet_length(entry) <= ${sql.raw(String(longestEntry))} then entry
              else left(entry, 100) || ' ' || encode(sha256(convert_to(entry, 'UTF8')), 'hex') end
    from unnest(${entries}) as entry)`;

/** By these a decision finds resources and goes from one to the next; in the history nothing else is looked for. */
const decisionParameters =
  '^((identifier|participant|subject:identifier|patient:identifier|((link|member|organization|partof|practitioner)(:identifier)?))=|subject=Group/)';

/** Of entries as the index has them. */
export const decisionEntries = (entries: SQL): SQL =>
  sql`array(select entry from unnest(${entries}) as entry where entry ~ ${sql.raw(`'${decisionParameters}'`)})`;

/** The same of what is asked for; where nothing is long, the planner shall see the values themselves. */
export function entriesAsked(any: readonly string[]): SQL {
  const entries = any.filter(isStorable);
  const isLong = entries.some((entry) => entry.length > longestEntry / 4);
  return isLong ? indexable(texts(entries)) : texts(entries);
}
