/** A body changed in places: members taken away, doubled, wrapped, exchanged. */
import type { Json, JsonObject } from '../../../src/base/json.ts';

/** One change, at whichever place `where` happens to mean in the body it meets. */
export type Mutation = {
  readonly kind: 'say' | 'delete' | 'replace' | 'double' | 'wrap' | 'unwrap' | 'add' | 'graft';
  readonly where: number;
  readonly from: number;
  readonly name: string;
  readonly value: Json;
};

type Place = readonly (string | number)[];

function placesIn(value: Json, at: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null || at.length > 12) return [at];
  const inner: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [at, ...inner.slice(0, 40).flatMap(([step, member]) => placesIn(member, [...at, step]))];
}

const valueAt = (value: Json, place: Place): Json =>
  place.reduce<Json>((at, step) => (at as Readonly<Record<string | number, Json>>)[step] ?? null, value);

/** With what `change` makes of the value there; undefined takes it away. */
function changed(
  value: Json,
  [step, ...rest]: Place,
  change: (there: Json) => Json | undefined,
): Json | undefined {
  if (step === undefined) return change(value);
  if (Array.isArray(value))
    return value.flatMap((each: Json, at) => {
      const kept = at === step ? changed(each, rest, change) : each;
      return kept === undefined ? [] : [kept];
    });
  return Object.fromEntries(
    Object.entries(value as JsonObject).flatMap(([name, member]): [string, Json][] => {
      const kept = name === step ? changed(member, rest, change) : member;
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}

export function mutated(body: Json, changes: readonly Mutation[]): Json {
  return changes.reduce<Json>((value, { kind, where, from, name, value: given }) => {
    const all = placesIn(value);
    const words = all.filter((place) => typeof valueAt(value, place) === 'string');
    const places = kind === 'say' && words.length > 0 ? words : all;
    const place = places[where % places.length] ?? [];
    const graft = valueAt(value, places[from % places.length] ?? []);
    return changed(value, place, (there) => remade(kind, there, { name, given, graft })) ?? null;
  }, body);
}

type With = { readonly name: string; readonly given: Json; readonly graft: Json };

function remade(kind: Mutation['kind'], there: Json, { name, given, graft }: With): Json | undefined {
  const isObject = typeof there === 'object' && there !== null && !Array.isArray(there);
  switch (kind) {
    case 'delete':
      return undefined;
    case 'say':
    case 'replace':
      return given;
    case 'double':
      return Array.isArray(there)
        ? [...(there as readonly Json[]), ...(there as readonly Json[])]
        : [there, there];
    case 'wrap':
      return isObject ? [there] : { [name]: there };
    case 'unwrap':
      return Array.isArray(there)
        ? ((there as readonly Json[])[0] ?? null)
        : (Object.values(there ?? {})[0] as Json);
    case 'add':
      return isObject ? Object.fromEntries([...Object.entries(there), [name, given]]) : [there, given];
    case 'graft':
      return graft;
  }
}
