/** Rewriting JSON bodies without trusting their shape: what is not an object where one belongs stays as it is. */
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { elements } from '../../fhir/read-element.ts';

/** Without the members named, nor their siblings (`_name`). */
export function without(body: JsonObject, names: readonly string[]): JsonObject {
  const gone = new Set(names.flatMap((name) => [name, `_${name}`]));
  return Object.fromEntries(Object.entries(body).filter(([name]) => !gone.has(name)));
}

/** With these members in place of any of their name; one that says nothing is left out, since FHIR knows no empty value. */
export function withMembers(
  body: JsonObject,
  members: Readonly<Record<string, Json | undefined>>,
): JsonObject {
  const said = Object.entries({ ...body, ...members }).filter(
    (entry): entry is [string, Json] => !isEmpty(entry[1]),
  );
  return Object.fromEntries(said);
}

const isEmpty = (value: Json | undefined): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** Every object under `name` rewritten, whether the element repeats or not. */
export function rewritten(
  body: JsonObject,
  name: string,
  rewrite: (value: JsonObject) => JsonObject,
): JsonObject {
  const value = body[name];
  if (isObject(value)) return { ...body, [name]: rewrite(value) };
  if (!Array.isArray(value)) return body;
  return { ...body, [name]: value.map((each: Json) => (isObject(each) ? rewrite(each) : each)) };
}

export type Holder = 'extension' | 'modifierExtension';

export const withExtensions = (body: JsonObject, holder: Holder, added: readonly JsonObject[]): JsonObject =>
  added.length === 0 ? body : { ...body, [holder]: [...elements(body, holder), ...added] };

/** The same text for whatever `sameJson` takes for equal: to find one among many without comparing it with each. */
export function canonical(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = Object.entries(value as JsonObject).map(
    ([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`,
  );
  return `{${members.sort().join()}}`;
}

/** Equal as JSON, in whatever order the members stand. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [these, those] = [a as JsonObject, b as JsonObject];
  const names = Object.keys(these);
  return (
    names.length === Object.keys(those).length && names.every((name) => sameJson(these[name], those[name]))
  );
}
