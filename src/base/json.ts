/** JSON as data: its type, and reading text that a stranger sent without trusting its shape. */
import { err, ok, type Result } from './result.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [member: string]: Json };

export type JsonProblem = 'not JSON' | 'not an object' | 'nested too deeply' | 'forbidden member name';

/** Deeper than any legal resource or request; a bound against stack exhaustion in whoever walks it. */
const deepestAllowed = 64;
/** Names that reach a prototype when code copies members without thinking. */
const forbiddenNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export function parseJson(text: string): Result<Json, JsonProblem> {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return err('not JSON');
  }
  const problem = problemIn(value, 0);
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
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= deepestAllowed) return 'nested too deeply';
  if (Array.isArray(value)) return firstProblem(value, depth);
  if (Object.keys(value).some((name) => forbiddenNames.has(name))) return 'forbidden member name';
  return firstProblem(Object.values(value), depth);
}

function firstProblem(values: readonly Json[], depth: number): JsonProblem | undefined {
  for (const value of values) {
    const problem = problemIn(value, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}
