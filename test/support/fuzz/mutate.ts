/** A body changed in places: members taken away, doubled, wrapped, exchanged. */
import type { Json, JsonObject } from '../../../src/base/json.ts';

/** One change, at whichever place `where` happens to mean in the body it meets. */
export type Mutation = {
  readonly kind: 'say' | 'skew' | 'delete' | 'replace' | 'double' | 'wrap' | 'unwrap' | 'add' | 'graft';
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
    const fitting = all.filter((place) => isMeantBy(kind, valueAt(value, place)));
    const places = fitting.length > 0 ? fitting : all;
    const place = places[where % places.length] ?? [];
    const graft = valueAt(value, places[from % places.length] ?? []);
    return changed(value, place, (there) => remade(kind, there, { name, given, graft, from })) ?? null;
  }, body);
}

function isMeantBy(kind: Mutation['kind'], there: Json): boolean {
  if (kind === 'say') return typeof there === 'string';
  return kind !== 'skew' || typeof there === 'string' || typeof there === 'number';
}

type With = { readonly name: string; readonly given: Json; readonly graft: Json; readonly from: number };

function remade(kind: Mutation['kind'], there: Json, { name, given, graft, from }: With): Json | undefined {
  const isObject = typeof there === 'object' && there !== null && !Array.isArray(there);
  switch (kind) {
    case 'delete':
      return undefined;
    case 'say':
    case 'replace':
      return given;
    case 'skew':
      return skewed(there, from);
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

/** Of the same type, so that it passes for what it was, and at the end of what anybody can store. */
function skewed(there: Json, which: number): Json {
  const list = typeof there === 'number' ? numbers : /^\d{4}/.test(String(there)) ? instants : texts;
  return list[which % list.length] ?? null;
}

const numbers = [0, -1, 0.5, 1e21, 1e308, 2 ** 31, 2 ** 53 + 1, 253_402_300_800, -8.64e15];
const instants = [
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59.999999999-14:00', '0000'],
  ...['0001-01-01', '9999-12-31', '2026-02-30', '2026-12-31T23:59:60Z', '2026-06-15T12:00:00.1Z'],
];
const texts = [
  '\0',
  'a\0b',
  '\ud800',
  'a\udc00b',
  '\u0007',
  'urn:x|\0',
  'Patient/\0',
  ' ',
  '%',
  '|',
  '/',
  '\u{10ffff}',
];
