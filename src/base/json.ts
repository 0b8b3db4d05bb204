/** JSON as data: its type, and reading text that a stranger sent without trusting its shape. */
import { err, ok, type Result } from './result.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [member: string]: Json };

export type JsonProblem =
  | 'not JSON'
  | 'not an object'
  | 'nested too deeply'
  | 'forbidden member name'
  | 'repeated member name'
  | 'number out of range'
  | 'NUL in a string'
  | 'lone surrogate in a string';

/** Deeper than any legal resource or request; a bound against stack exhaustion in whoever walks it. */
const deepestAllowed = 64;
/** Names that reach a prototype when code copies members without thinking. */
const forbiddenNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** As I-JSON has it (RFC 7493 §2.1–2.3), and without NUL, which no column of text takes in. */
export function parseJson(text: string): Result<Json, JsonProblem> {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return err('not JSON');
  }
  const problem = problemIn(value, 0) ?? repetition(text, value);
  return problem ? err(problem) : ok(value);
}

export function parseJsonObject(text: string): Result<JsonObject, JsonProblem> {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  return isObject(parsed.value) ? ok(parsed.value) : err('not an object');
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problemIn(value: Json, depth: number): JsonProblem | undefined {
  if (typeof value === 'string') return problemInText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'number out of range';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= deepestAllowed) return 'nested too deeply';
  if (Array.isArray(value)) return firstProblem(value, depth);
  const names = Object.keys(value);
  if (names.some((name) => forbiddenNames.has(name))) return 'forbidden member name';
  return firstProblem(names, depth) ?? firstProblem(Object.values(value), depth);
}

function firstProblem(values: readonly Json[], depth: number): JsonProblem | undefined {
  for (const value of values) {
    const problem = problemIn(value, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}

function problemInText(text: string): JsonProblem | undefined {
  if (text.includes('\0')) return 'NUL in a string';
  return /\p{Surrogate}/u.test(text) ? 'lone surrogate in a string' : undefined;
}

/** Of members with one name `JSON.parse` keeps the last, however the name was escaped: then fewer are held than written. */
const repetition = (text: string, value: Json): JsonProblem | undefined =>
  membersWritten(text) > membersHeld(value) ? 'repeated member name' : undefined;

/** The colons outside strings, of which JSON has one for each member; the text was parsed before, so that it is JSON. */
function membersWritten(text: string): number {
  let count = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') inString = !inString;
    else if (inString && char === '\\') at++;
    else if (!inString && char === ':') count++;
  }
  return count;
}

function membersHeld(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner: readonly Json[] = Object.values(value);
  return inner.reduce<number>((count, each) => count + membersHeld(each), isObject(value) ? inner.length : 0);
}
