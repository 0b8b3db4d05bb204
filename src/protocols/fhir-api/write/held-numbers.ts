/** JSON in which a number whose digits would be lost stands as a symbol: a library that copies all else hands it on as it is. */
import { isObject, type Json } from '../../../base/json.ts';

/** Of one and the same, equal digits are equal symbols. */
export type HeldNumbers = { parse(text: string): Json; stringify(value: Json): string };

export function heldNumbers(): HeldNumbers {
  const symbols = new Map<string, symbol>();
  const held = (digits: string): symbol => {
    const symbol = symbols.get(digits) ?? Symbol(digits);
    symbols.set(digits, symbol);
    return symbol;
  };
  return {
    parse: (text) =>
      json.parse(text, (_, value, { source }) =>
        typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source
          ? held(source)
          : value,
      ),
    stringify: (value) =>
      JSON.stringify(value, (_, member: unknown) =>
        typeof member === 'symbol' ? json.rawJSON(member.description ?? 'null') : member,
      ),
  };
}

/** Numbers by their value (RFC 6902 §4.6). */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (Array.isArray(one))
    return (
      Array.isArray(other) && one.length === other.length && one.every((item, at) => isSame(item, other[at]))
    );
  if (!isObject(one)) return plain(one) === plain(other);
  const names = Object.keys(one);
  return (
    isObject(other) &&
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  );
}

const plain = (value: unknown): unknown => (typeof value === 'symbol' ? Number(value.description) : value);

/** ECMAScript 2026, JSON.parse source text access; the compiler's library does not have it yet. */
const json = JSON as unknown as {
  parse(
    text: string,
    reviver: (member: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): Json;
  rawJSON(digits: string): unknown;
};
