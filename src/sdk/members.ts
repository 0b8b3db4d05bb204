/** Reading members of JSON that another server sent: the wanted type, or undefined. */
import { fromEpochSeconds, type Instant } from '../base/instant.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';

export const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const objectOf = (value: Json | undefined): JsonObject | undefined =>
  isObject(value) ? value : undefined;

export const listOf = (value: Json | undefined): readonly Json[] | undefined =>
  Array.isArray(value) ? value : undefined;

/** An array of which every item is a string. */
export function textsOf(value: Json | undefined): readonly string[] | undefined {
  const list = listOf(value);
  return list?.every((item) => typeof item === 'string') ? list : undefined;
}

/** An array of which every item is an object. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] | undefined {
  const list = listOf(value);
  return list?.every((item) => isObject(item)) ? list : undefined;
}

/** Later than the year 5000: a sender that counts milliseconds (D3). */
const latestEpochSeconds = 100_000_000_000;

/** A NumericDate (RFC 7519 §2): seconds, never milliseconds. */
export function momentOf(value: Json | undefined): Instant | undefined {
  const isSeconds = typeof value === 'number' && value >= 0 && value < latestEpochSeconds;
  return isSeconds ? fromEpochSeconds(value) : undefined;
}
