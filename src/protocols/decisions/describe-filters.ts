/** What remains to be checked, in words that the server which holds the data can carry out by itself. */

import type { Json } from '../../base/json.ts';
import { fromJson } from '../../base/present.ts';
import type { Filter } from '../../decision/filter.ts';
import { restrictToType } from '../../decision/restrict.ts';
import { renderSearch } from '../../enforcement/render-search.ts';
import { renderSql } from '../../enforcement/render-sql.ts';
import type { Confidentiality } from '../../labeling/vocabulary.ts';
import type { FilterTarget } from './wire.ts';

/** For each type that was asked; without any, SQL for all of them, as a search is of one type. */
export function describeFilters(
  filter: Filter,
  types: readonly string[] | undefined,
  unlabelledAs: Confidentiality,
  { fhirVersion, labels, datedTypes, sql }: FilterTarget,
): Json {
  const predicate = (of: Filter): Json => ({ ...renderSql(of, unlabelledAs, fromJson(sql)) });
  if (!types) return { '*': { sql: predicate(filter) } };
  return Object.fromEntries(
    types.map((type) => {
      const search = renderSearch(filter, type, fhirVersion, unlabelledAs, { labels, datedTypes });
      return [type, { search: { ...search }, sql: predicate(restrictToType(filter, type)) }];
    }),
  );
}
