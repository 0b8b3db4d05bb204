/** What a search of a type may name in a version: criteria, order, includes. */
import type { Sort } from '../../../fhir/search/search.ts';
import {
  indexNames,
  parameterNamed,
  type SearchParameter,
  shapeOf,
} from '../../../fhir/search/search-parameter.ts';
import type { FhirVersion } from '../../../fhir/version.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { understands } from './criteria.ts';
import { isInclude } from './include-path.ts';
import type { Searchable } from './read-search.ts';

export const searchableBy = (kind: ResourceKind, version: FhirVersion): Searchable => ({
  knows: (name) => understands(kind.parameters, version, name),
  sortedBy: (name) => sortKey(kind.parameters, version, name),
  included: (control, value) => isInclude(kind, version, control, value),
});

const columns = ['_id', '_lastUpdated', 'status', 'patient'] as const;

function sortKey(
  parameters: readonly SearchParameter[],
  version: FhirVersion,
  name: string,
): Sort['by'] | undefined {
  const shape = shapeOf(version);
  const known = parameterNamed(parameters, shape, name);
  const column = columns.find((each) => each === name);
  if (!known || column) return known && column;
  return known.type === 'date' ? { dates: indexNames(parameters, shape, name) } : undefined;
}
