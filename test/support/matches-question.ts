/** Whether a resource answers a question of a search: said as plainly as can be, for stores to be compared with. */
import type { Instant } from '../../src/base/instant.ts';
import type { Condition, DateTest, Question, SearchIndex } from '../../src/fhir/search/search.ts';

export type Indexed = {
  readonly type: string;
  readonly id: string;
  readonly patient: string | undefined;
  readonly updatedAt: Instant;
  readonly index: SearchIndex;
};

/** `onFile` is where chains lead. */
export function matchesQuestion(
  { type, all }: Question,
  resource: Indexed,
  onFile: readonly Indexed[] = [],
): boolean {
  return resource.type === type && all.every((condition) => holds(condition, resource, onFile));
}

function holds(condition: Condition, resource: Indexed, onFile: readonly Indexed[]): boolean {
  const { entries, dates } = resource.index;
  switch (condition.kind) {
    case 'id':
      return condition.any.includes(resource.id);
    case 'patient':
      return resource.patient !== undefined && condition.any.includes(resource.patient);
    case 'entry':
      return condition.any.some((entry) => entries.includes(entry)) !== (condition.not ?? false);
    case 'prefix':
      return condition.any.some((start) => entries.some((entry) => entry.startsWith(start)));
    case 'date':
      return dates.some(
        ({ parameter, start, end }) =>
          condition.parameters.includes(parameter) &&
          condition.any.some((test) => passes(test, start ?? -Infinity, end ?? Infinity)),
      );
    case 'updated':
      return condition.any.some((test) => passes(test, resource.updatedAt, resource.updatedAt));
    case 'chain':
      return onFile
        .filter((target) => condition.types.includes(target.type))
        .filter(({ index }) => condition.any.some((entry) => index.entries.includes(entry)))
        .some((target) =>
          condition.parameters.some((name) => entries.includes(`${name}=${target.type}/${target.id}`)),
        );
  }
}

/** FHIR R4 §3.1.1.4.6, of a stored range and the one asked for. */
function passes({ prefix, start, end }: DateTest, storedStart: number, storedEnd: number): boolean {
  const contained = storedStart >= start && storedEnd <= end;
  switch (prefix) {
    case 'eq':
      return contained;
    case 'ne':
      return !contained;
    case 'gt':
      return storedEnd > end;
    case 'lt':
      return storedStart < start;
    case 'ge':
      return storedEnd > end || contained;
    case 'le':
      return storedStart < start || contained;
    case 'sa':
      return storedStart > end;
    case 'eb':
      return storedEnd < start;
    case 'ap':
      return storedStart <= end && storedEnd >= start;
  }
}
