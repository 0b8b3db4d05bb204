/** Goes through every object of a resource, so that whoever looks for one kind of thing looks everywhere. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';

/** The path is the walk's own and goes on changing: whoever keeps it makes a pointer of it. */
type Visit = (object: JsonObject, path: readonly (string | number)[]) => void;

export const eachObject = (value: Json, visit: Visit): void => walk(value, visit, []);

function walk(value: Json, visit: Visit, path: (string | number)[]): void {
  if (isObject(value)) visit(value, path);
  for (const [name, member] of membersOf(value)) {
    if (typeof member !== 'object' || member === null) continue;
    path.push(name);
    walk(member, visit, path);
    path.pop();
  }
}

const membersOf = (value: Json): Iterable<readonly [string | number, Json]> =>
  isObject(value) ? Object.entries(value) : Array.isArray(value) ? value.entries() : [];

/** The element an object stands under, whether it repeats or not. */
export const nameAt = (path: readonly (string | number)[]): string =>
  String(path.findLast((step) => typeof step === 'string') ?? '');
