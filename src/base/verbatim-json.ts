/** JSON that keeps the digits of its numbers: `1.10` is not `1.1` (FHIR R4 §2.24.0.1, decimal). */
import type { Json, JsonObject } from './json.ts';

/**
 * The text must be JSON. A number that would be written otherwise than it was read stands in the value as what
 * `JSON.rawJSON` makes: a frozen object that `JSON.stringify` writes digit by digit. `isObject` holds for it, and its one
 * member is `rawJSON`; a copy of it (by spreading or `structuredClone`) is an ordinary object, so hand it on as it is.
 */
export function parseVerbatim(text: string): Json {
  return mayLoseDigits.test(text) ? parseWithSource(text, keepDigits) : JSON.parse(text);
}

/** Reading with a reviver costs several times as much, and few resources hold such a number. */
const mayLoseDigits = /(?:^|[:,[])\s*(?:-0|-?\d+[.eE]|-?\d{16})/;

const keepDigits = (_member: string, value: Json, { source }: { readonly source?: string }): Json =>
  typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source
    ? json.rawJSON(source)
    : value;

/** ECMAScript 2026, JSON.parse source text access; the compiler's library does not have it yet. */
type SourceTextAccess = {
  parse(
    text: string,
    reviver: (member: string, value: Json, context: { readonly source?: string }) => Json,
  ): Json;
  rawJSON(digits: string): JsonObject;
};
const json = JSON as unknown as SourceTextAccess;
const parseWithSource = json.parse;
