/** Checks a resource against its schema and names every fault by its FHIRPath (fhir-consent.md §8). */
import type { ZodError, ZodType } from 'zod';
import type { Failure, FailurePart } from '../../base/failure.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { mostReported } from '../schemas/element.ts';

/** What a body that was accepted may still be told. */
export type Validated = { readonly warnings: readonly FailurePart[] };

/** 400 for structure, 422 for rules of ours. */
export const refusalOf = (
  kind: 'malformed' | 'unprocessable',
  type: string,
  parts: readonly FailurePart[],
): Failure => ({
  kind,
  code: parts[0]?.code ?? 'invalid',
  detail: `the body cannot be stored as a ${type}`,
  parts: parts.slice(0, mostReported),
});

/** Faults of the JSON form and of structure: names, cardinalities, types, required bindings. */
export function structureProblems(schema: ZodType, resource: JsonObject): readonly FailurePart[] {
  const type = resource['resourceType'];
  // As long as any name of a type is: it is repeated for every fault.
  const root = typeof type === 'string' && /^[A-Z]\w{0,63}$/.test(type) ? type : 'Resource';
  const form: FailurePart[] = [];
  lookThrough(resource, { found: form, path: [], root });
  if (form.length > 0) return form.slice(0, mostReported);
  const { error } = schema.safeParse(resource);
  const parts = error?.issues.values().flatMap((issue) => partsOf(issue, resource, root));
  return parts ? [...parts.take(mostReported)] : [];
}

export const pointerTo = (root: string, path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (so, step) => (typeof step === 'number' ? `${so}[${step}]` : `${so}.${nameIn(String(step))}`),
    root,
  );

type Issue = ZodError['issues'][number];

function partsOf(issue: Issue, resource: JsonObject, root: string): readonly FailurePart[] {
  const pointer = pointerTo(root, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        code: 'structure',
        detail: `unknown element \`${shortened(key)}\``,
        pointer: pointerTo(root, [...issue.path, key]),
      }));
    case 'invalid_type':
      return [
        isAbsent(resource, issue.path)
          ? missing(pointer)
          : { code: 'structure', detail: `must be ${withArticle(issue.expected)}`, pointer },
      ];
    case 'invalid_value':
      return [
        isAbsent(resource, issue.path)
          ? missing(pointer)
          : { code: 'code-invalid', detail: `must be one of ${issue.values.join(', ')}`, pointer },
      ];
    case 'custom':
      return [{ code: issue.params?.['fhir'] ?? 'value', detail: issue.message, pointer }];
    default:
      return [{ code: 'value', detail: lowerCased(issue.message), pointer }];
  }
}

const missing = (pointer: string): FailurePart => ({
  code: 'required',
  detail: 'required element is missing',
  pointer,
});

function isAbsent(resource: JsonObject, path: readonly PropertyKey[]): boolean {
  const reached = path.reduce<unknown>(
    (at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step],
    resource,
  );
  return reached === undefined;
}

/** Above what any Group or form of ours holds; what is larger is not looked into. */
const most = { items: 10_000, members: 1000 } as const;

/** What was found so far, and where the walk stands: a pointer is only made of it where there is a fault. */
type Walk = { readonly found: FailurePart[]; readonly path: (string | number)[]; readonly root: string };

function fault({ found, path, root }: Walk, code: string, detail: string): void {
  found.push({ code, detail, pointer: pointerTo(root, path) });
}

/** FHIR R4 §2.6.2: no null outside lists of primitives, nothing empty, no control characters; and nothing boundless. */
function lookThrough(value: Json, walk: Walk): void {
  if (typeof value === 'string') lookAtText(value, walk);
  if (typeof value !== 'object' || value === null || walk.found.length >= mostReported) return;
  const size = isObject(value) ? Object.keys(value).length : value.length;
  const limit = isObject(value) ? most.members : most.items;
  if (size === 0) fault(walk, 'structure', 'must not be empty');
  if (size > limit) fault(walk, 'too-long', `must not hold more than ${limit}`);
  else lookAtMembers(value, walk);
}

function lookAtMembers(value: JsonObject | readonly Json[], walk: Walk): void {
  for (const [name, member] of isObject(value) ? Object.entries(value) : value.entries()) {
    walk.path.push(name);
    lookThrough(member, walk);
    if (isObject(value)) lookAtElement(member, value[twinOf(String(name))], walk);
    walk.path.pop();
  }
}

/** What stands beside a primitive with its extensions, or the primitive that stands beside them (FHIR R4 §2.6.2.3). */
const twinOf = (name: string): string => (name.startsWith('_') ? name.slice(1) : `_${name}`);

/** ele-1: a value, or more than an id; of an item of a list, in one of the two lists that belong together. */
function lookAtElement(value: Json, twin: Json | undefined, walk: Walk): void {
  if (value === null) fault(walk, 'structure', 'must not be null');
  else if (!Array.isArray(value)) lookForHollow(value, twin, walk);
  else for (const [index, item] of value.entries()) lookAtItem(item, index, twin, walk);
}

function lookAtItem(item: Json, index: number, twin: Json | undefined, walk: Walk): void {
  walk.path.push(index);
  lookForHollow(item, Array.isArray(twin) ? twin[index] : undefined, walk);
  walk.path.pop();
}

function lookForHollow(value: Json, twin: Json | undefined, walk: Walk): void {
  if (holdsNothing(value) && (twin === undefined || holdsNothing(twin)))
    fault(walk, 'invariant', 'must have a value or children (ele-1)');
}

function holdsNothing(value: Json): boolean {
  if (!isObject(value)) return value === null;
  const [first, second] = Object.keys(value);
  return first === 'id' && second === undefined;
}

/** Below the space, but for those that end lines and set columns. */
const control = /(?![\t\n\r\u007f-\u009f])\p{Cc}/u;

function lookAtText(text: string, walk: Walk): void {
  if (text === '') fault(walk, 'value', 'must not be empty');
  if (control.test(text)) fault(walk, 'value', 'must not contain control characters');
}

/** A name that is no FHIRPath identifier is quoted; longer ones than any element has are cut. */
const nameIn = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) ? shortened(name) : `\`${shortened(name)}\``;
const shortened = (text: string): string => text.slice(0, 64).replaceAll(/[^\x20-\x7e]|`/g, '?');

const withArticle = (type: string): string => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
const lowerCased = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
