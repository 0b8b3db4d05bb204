/** The moments at which answers may change by themselves. */
import { asInstant, type Instant } from '../base/instant.ts';
import type { Period } from '../base/period.ts';
import { elements } from '../fhir/read-element.ts';
import type { StoredResource } from '../fhir/resource.ts';
import { periodOf } from './directory.ts';

/**
 * Ascending, each once. A period's end is inclusive, so the answer changes a millisecond later; the second in which it ends
 * counts as well, so that nobody holds an answer beyond the end as it is written.
 */
export const edgesOf = (periods: readonly Period[]): readonly Instant[] => {
  const edges = periods.flatMap(({ start, end }) => [
    ...(start === undefined ? [] : [start]),
    ...(end === undefined ? [] : [asInstant(end - (end % 1000)), asInstant(end + 1)]),
  ]);
  return [...new Set(edges)].sort((a, b) => a - b);
};

/** Where anything on file begins or ends: roles, memberships, authority. */
export const edgesIn = (found: readonly StoredResource[], timezone: string): readonly Instant[] =>
  edgesOf(
    found
      .filter(({ type }) => type !== 'Consent')
      .flatMap(({ resource }) => [
        periodOf(resource, timezone),
        ...elements(resource, 'member').map((member) => periodOf(member, timezone)),
        ...elements(resource, 'participant').map((member) => periodOf(member, timezone)),
      ]),
  );

/** The first of them that lies ahead. */
export function nextOf(edges: readonly Instant[], at: Instant): Instant | undefined {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return edges[low];
}
