/** Checks a resource against its schema and names every fault by its FHIRPath (fhir-consent.md §8). */
import type { ZodError, ZodType } from 'zod';
import type { Failure, FailurePart } from '../base/failure.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';

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
  parts,
});

/** Faults of the JSON form and of structure: names, cardinalities, types, required bindings. */
export function structureProblems(schema: ZodType, resource: JsonObject): readonly FailurePart[] {
  const root = typeof resource['resourceType'] === 'string' ? resource['resourceType'] : 'Resource';
  const form = formProblems(resource, root);
  if (form.length > 0) return form.slice(0, mostReported);
  const result = schema.safeParse(resource);
  return result.success
    ? []
    : result.error.issues.flatMap((issue) => partsOf(issue, resource, root)).slice(0, mostReported);
}

export const pointerTo = (root: string, path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (so, step) => (typeof step === 'number' ? `${so}[${step}]` : `${so}.${nameIn(String(step))}`),
    root,
  );

/** Enough to mend a body by; not enough to make the answer larger than the question. */
const mostReported = 50;

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

/** FHIR R4 §2.6.2: no null outside lists of primitives, nothing empty, no control characters. */
function formProblems(value: Json, pointer: string): readonly FailurePart[] {
  if (typeof value === 'string') return textProblems(value, pointer);
  if (typeof value !== 'object' || value === null) return [];
  const inner = Array.isArray(value)
    ? value.map((item, index): [string, Json] => [`${pointer}[${index}]`, item])
    : membersOf(value, pointer);
  if (inner.length === 0) return [{ code: 'structure', detail: 'must not be empty', pointer }];
  const nulls = Array.isArray(value) ? [] : inner.filter(([, item]) => item === null);
  return [
    ...nulls.map(([at]) => ({ code: 'structure', detail: 'must not be null', pointer: at })),
    ...inner.flatMap(([at, item]) => formProblems(item, at)),
  ];
}

const membersOf = (value: Json, pointer: string): readonly [string, Json][] =>
  isObject(value) ? Object.entries(value).map(([name, item]) => [pointerTo(pointer, [name]), item]) : [];

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
