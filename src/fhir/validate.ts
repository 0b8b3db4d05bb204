/** Checks a resource against its schema and names every fault by its FHIRPath (fhir-consent.md §8). */
import type { ZodError, ZodType } from 'zod';
import type { Failure, FailurePart } from '../base/failure.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { mostReported } from './element.ts';

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
  const root = typeof resource['resourceType'] === 'string' ? resource['resourceType'] : 'Resource';
  const form = [...formProblems(resource, root).take(mostReported)];
  if (form.length > 0) return form;
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

/** FHIR R4 §2.6.2: no null outside lists of primitives, nothing empty, no control characters; and nothing boundless. */
function* formProblems(value: Json, pointer: string): Generator<FailurePart, undefined> {
  if (typeof value === 'string') yield* textProblems(value, pointer);
  if (typeof value !== 'object' || value === null) return;
  const size = isObject(value) ? Object.keys(value).length : value.length;
  const limit = isObject(value) ? most.members : most.items;
  if (size === 0) yield { code: 'structure', detail: 'must not be empty', pointer };
  if (size > limit) yield { code: 'too-long', detail: `must not hold more than ${limit}`, pointer };
  else if (isObject(value)) yield* membersProblems(value, pointer);
  else for (const [index, item] of value.entries()) yield* formProblems(item, `${pointer}[${index}]`);
}

function* membersProblems(value: JsonObject, pointer: string): Generator<FailurePart, undefined> {
  for (const [name, item] of Object.entries(value)) {
    const at = pointerTo(pointer, [name]);
    if (item === null) yield { code: 'structure', detail: 'must not be null', pointer: at };
    else yield* formProblems(item, at);
  }
}

function textProblems(text: string, pointer: string): readonly FailurePart[] {
  if (text === '') return [{ code: 'value', detail: 'must not be empty', pointer }];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)
    ? [{ code: 'value', detail: 'must not contain control characters', pointer }]
    : [];
}

/** A name that is no FHIRPath identifier is quoted; longer ones than any element has are cut. */
const nameIn = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) ? shortened(name) : `\`${shortened(name)}\``;
const shortened = (text: string): string => text.slice(0, 64).replaceAll(/[^\x20-\x7e]|`/g, '?');

const withArticle = (type: string): string => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
const lowerCased = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
