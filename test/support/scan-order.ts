/** The order of a search, computed from resources as they were read (FHIR R4 §3.1.1.5.1). */
import type { JsonObject } from '../../src/base/json.ts';
import { valuesOf } from './published-parameters.ts';
import { patientOf, spanOfElement, type World } from './scan-search.ts';

/** By names as in `_sort`; what is equal stays as it stood. */
export const inOrder = (
  world: World,
  resources: readonly JsonObject[],
  sort: string,
): readonly JsonObject[] =>
  sort
    .split(',')
    .filter((name) => name !== '')
    .toReversed()
    .reduce((sorted, name) => sorted.toSorted(by(world, name)), resources);

function by(world: World, written: string): (a: JsonObject, b: JsonObject) => number {
  const isDescending = written.startsWith('-');
  const name = written.replace('-', '');
  return (a, b) => {
    const [x, y] = [keyOf(world, name, isDescending, a), keyOf(world, name, isDescending, b)];
    if (x === y) return 0;
    // What has no value comes last, in either direction.
    if (x === undefined || y === undefined) return x === undefined ? 1 : -1;
    return x < y === isDescending ? 1 : -1;
  };
}

function keyOf(
  world: World,
  name: string,
  isDescending: boolean,
  resource: JsonObject,
): string | number | undefined {
  if (name === '_id') return String(resource['id']);
  if (name === 'patient') return patientOf(world, resource);
  const values = valuesOf(name, world.release, resource);
  // As it was filed, also where this version has another word for it.
  if (name === 'status') return world.filedAs.get(String(resource['id']));
  const spans = values.flatMap((value) => {
    const span = spanOfElement(value);
    return span ? [span] : [];
  });
  if (spans.length === 0) return undefined;
  return isDescending ? Math.max(...spans.map(([, end]) => end)) : Math.min(...spans.map(([start]) => start));
}
