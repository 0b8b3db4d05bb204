/** The resource as the library may see it: a copy of bounded size, with plain numbers and what each part weighs. */
import { isObject, type Json, type JsonObject } from '../../base/json.ts';

const most = { values: 5000, characters: 1_000_000, depth: 64, unit: 64 } as const;

export type Size = {
  /** All values in it. */
  readonly values: number;
  /** The longest of its own lists. */
  readonly widest: number;
  /** What comparing it may cost. */
  readonly weight: number;
};

/** Where a copy keeps its size: no name, so that no expression reaches it. */
const sizeMark = Symbol('size');

/** A text or a number is one value. */
export function sizeOf(value: unknown): Size {
  const marked = isReference(value) ? Reflect.get(value, sizeMark) : undefined;
  return (marked as Size | undefined) ?? { values: 1, widest: 1, weight: 1 };
}

/** What an item of a result holds: the library wraps a value and what its `_name` says of it. */
export function valuesIn(item: unknown): readonly unknown[] {
  if (!isReference(item) || Object.hasOwn(item, sizeMark) || !('data' in item)) return [item];
  return [item.data, ...('_data' in item && item._data != null ? [item._data] : [])];
}

const isReference = (value: unknown): value is object => typeof value === 'object' && value !== null;

type Room = { values: number; characters: number };

/** Undefined for what is too large, too deep, or has names and units that no FHIR has. */
export function plainData(value: JsonObject): JsonObject | undefined {
  const room: Room = { values: most.values, characters: most.characters };
  try {
    return copyObject(value, room, 0);
  } catch (problem) {
    if (problem === unfit) return undefined;
    throw problem;
  }
}

const unfit = new Error('too large, or no FHIR');

function copyOf(value: Json, room: Room, depth: number): Json {
  room.values -= 1;
  if (typeof value === 'string') room.characters -= value.length;
  if (room.values < 0 || room.characters < 0 || depth > most.depth) throw unfit;
  if (Array.isArray(value)) return value.map((each: Json) => copyItem(each, room, depth + 1));
  return isObject(value) ? (digitsOf(value) ?? copyObject(value, room, depth)) : value;
}

/** A list in a list would have no size; FHIR has none. */
function copyItem(value: Json, room: Room, depth: number): Json {
  if (Array.isArray(value)) throw unfit;
  return copyOf(value, room, depth);
}

/** A number that kept its digits (`base/verbatim-json.ts`). */
const digitsOf = (value: JsonObject): number | undefined =>
  Object.getPrototypeOf(value) === null && typeof value['rawJSON'] === 'string'
    ? Number(value['rawJSON'])
    : undefined;

function copyObject(value: JsonObject, room: Room, depth: number): JsonObject {
  const copy: Record<string, Json> = {};
  const before = room.values;
  let widest = 1;
  let weight = weightOf(value);
  for (const [name, member] of Object.entries(value)) {
    if (!memberName.test(name) || name in Object.prototype) throw unfit;
    const copied = copyOf(member, room, depth + 1);
    copy[name] = copied;
    for (const item of Array.isArray(copied) ? copied : [copied]) weight += sizeOf(item).weight;
    if (Array.isArray(copied)) widest = Math.max(widest, copied.length);
  }
  const size: Size = { values: before - room.values + 1, widest, weight };
  return Object.defineProperty(copy, sizeMark, { value: size });
}

const memberName = /^_?[A-Za-z]\w*$/;

/** Units are parsed to compare quantities, slowly when they are long. */
function weightOf({ value, unit, code }: JsonObject): number {
  const isQuantity = value !== undefined && (unit !== undefined || code !== undefined);
  if (isQuantity && [unit, code].some((text) => typeof text === 'string' && text.length > most.unit))
    throw unfit;
  return isQuantity ? 1000 : 1;
}
