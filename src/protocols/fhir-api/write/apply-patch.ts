/** A JSON Patch applied to a copy (RFC 6902), by the library of that name; bounded, since a patch can double what it copies. */
import { applyPatch as applyOperations, Pointer } from 'rfc6902';
import type { Failure } from '../../../base/failure.ts';
import { type Json, parseJsonObject } from '../../../base/json.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { Resource } from '../../../fhir/resource.ts';
import { malformedQuery, patchFailed } from '../failures.ts';
import { heldNumbers, isSame } from './held-numbers.ts';
import { isPlace } from './patch-pointer.ts';

export type Operation = Parameters<typeof applyOperations>[1][number];

/** As large as a body may be. */
const largest = 1024 * 1024;

export type Patched = { readonly resource: Resource; readonly text: string };

/** `written` are the operations, as they were sent. */
export function applyPatch(resource: Resource, written: string): Result<Patched, Failure> {
  const numbers = heldNumbers();
  const copy = numbers.parse(JSON.stringify(resource));
  const operations = numbers.parse(written) as unknown as readonly Operation[];
  let copied = 0;
  for (const [index, operation] of operations.entries()) {
    // Before it is carried out: behind `-` nothing is found afterwards.
    if (operation.op === 'copy' && isPlace(operation.from, copy, false))
      copied += numbers.stringify(Pointer.fromJSON(operation.from).get(copy) ?? null).length;
    if (copied > largest) return err(patchFailed('the patched resource is too large'));
    if (!operationNames.has(operation.op))
      return err(malformedQuery(`operation ${index} of the patch is none that there is`, 'structure'));
    const problem = problemWith(operation, copy);
    if (problem) return err(patchFailed(`operation ${index} of the patch fails: ${problem}`));
  }
  return readBack(numbers.stringify(copy));
}

/** Tests are not left to the library: to compare, it looks for the shortest way from one value to the other. */
function problemWith(operation: Operation, copy: Json): string | undefined {
  const { path, op } = operation;
  const { from } = operation as { readonly from?: unknown };
  if (!isPlace(path, copy, creating.has(op)) || (from !== undefined && !isPlace(from, copy, false)))
    return nowhere;
  if (op !== 'test' || !('value' in operation)) {
    const [problem] = applyOperations(copy, [operation]);
    return problem ? wordOf(problem) : undefined;
  }
  return isSame(Pointer.fromJSON(path).get(copy), operation.value) ? undefined : 'the test does not hold';
}

const operationNames: ReadonlySet<string> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);
const creating: ReadonlySet<string> = new Set(['add', 'copy', 'move']);
const nowhere = 'there is nothing at its path';

/** What a patch made is believed no more than what is sent. */
function readBack(text: string): Result<Patched, Failure> {
  if (text.length > largest) return err(patchFailed('the patched resource is too large'));
  const sound = parseJsonObject(text);
  if (!sound.ok)
    return err(malformedQuery(`the patched resource was refused: ${sound.failure}`, 'structure'));
  // Plain numbers, as in a body that was sent; their digits are in the text.
  return ok({ resource: sound.value as Resource, text });
}

/** Of the library's words only which kind: they repeat what was sent. */
const wordOf = ({ name }: Error): string =>
  name === 'MissingError' ? nowhere : 'it is not a valid operation';
