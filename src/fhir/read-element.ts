/** Reading elements of a resource whose structure was checked before, without trusting that it was. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { Coding } from './coding.ts';

/** The objects under `name`, whether the element repeats or not. */
export function elements(parent: JsonObject | undefined, name: string): readonly JsonObject[] {
  const value = parent?.[name];
  const list: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.filter(isObject);
}

export function element(parent: JsonObject | undefined, name: string): JsonObject | undefined {
  return elements(parent, name)[0];
}

export function text(parent: JsonObject | undefined, name: string): string | undefined {
  const value = parent?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** The codings under an element that is a Coding or repeats. */
export function codings(parent: JsonObject | undefined, name: string): readonly Coding[] {
  return elements(parent, name).flatMap(readCoding);
}

/** The codings of the CodeableConcepts under `name`. */
export function conceptCodings(parent: JsonObject | undefined, name: string): readonly Coding[] {
  return elements(parent, name).flatMap((concept) => codings(concept, 'coding'));
}

/** Empty when it names no code. */
export function readCoding(coding: JsonObject): readonly Coding[] {
  const code = text(coding, 'code');
  const system = text(coding, 'system');
  if (code === undefined) return [];
  return [system === undefined ? { code } : { system, code }];
}
