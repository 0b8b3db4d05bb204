/** The resources in a piece of JSON text: one, those of a list, or those of a Bundle (FHIR R4 §2.36). */
import { isObject, type Json, type JsonObject, parseJson } from '../../base/json.ts';
import { type Cut, cutResources } from './cut-resources.ts';

/** Where a text stands in a file, by the line it begins in. */
export type Piece = { readonly line: number; readonly text: string };

export type Found = Piece | Unreadable;
export type Unreadable = { readonly line: number; readonly problem: string };

export function* resourcesIn(piece: Piece): Generator<Found, undefined> {
  if (!mayHoldSeveral.test(piece.text)) {
    yield piece;
    return;
  }
  const { shell, cuts } = cutResources(piece.text, piece.line);
  const parsed = parseJson(shell);
  if (!parsed.ok) yield { line: piece.line, problem: parsed.failure };
  else if (Array.isArray(parsed.value)) yield* among(piece, parsed.value, cuts);
  else if (isObject(parsed.value) && parsed.value['resourceType'] === 'Bundle')
    yield* inBundle(piece, parsed.value, cuts);
  else yield piece;
}

/** A list, or something that says Bundle somewhere; looking closer costs more than most resources are worth. */
const mayHoldSeveral = /^\s*\[|"resourceType"\s*:\s*"Bundle"/;

/** In place of each resource that was cut out there is `null`. */
function* among({ line }: Piece, items: readonly Json[], cuts: readonly Cut[]): Generator<Found, undefined> {
  const isWhole = items.length === cuts.length;
  yield* isWhole ? cuts : [{ line, problem: 'holds something that is no resource' }];
}

function* inBundle({ line }: Piece, bundle: JsonObject, cuts: readonly Cut[]): Generator<Found, undefined> {
  const entries = listOf(bundle['entry']);
  const filled = entries.filter((entry) => isObject(entry) && entry['resource'] === null);
  if (filled.length !== cuts.length)
    yield { line, problem: 'the Bundle holds something that is no resource' };
  else yield* bundle['type'] === 'history' ? newest(entries, cuts) : each(line, entries, cuts);
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

function* each(line: number, entries: readonly Json[], cuts: readonly Cut[]): Generator<Found, undefined> {
  let next = 0;
  for (const entry of entries) {
    const cut = isFilled(entry) ? cuts[next++] : undefined;
    if (cut && isAboutTheSearch(entry)) continue;
    yield cut ?? { line: cuts[next - 1]?.line ?? line, problem: 'a Bundle entry without a resource' };
  }
}

const isFilled = (entry: Json): boolean => isObject(entry) && entry['resource'] === null;

/** An OperationOutcome for whoever searched (FHIR R4 Bundle.entry.search.mode). */
const isAboutTheSearch = (entry: Json): boolean =>
  isObject(entry) && isObject(entry['search']) && entry['search']['mode'] === 'outcome';

/** Of a history what is current: newest first (FHIR R4 §3.1.0.11), where a deletion has no resource. */
function* newest(entries: readonly Json[], cuts: readonly Cut[]): Generator<Found, undefined> {
  const seen = new Set<string>();
  let next = 0;
  for (const entry of entries) {
    const cut = isFilled(entry) ? cuts[next++] : undefined;
    const name = cut ? nameOf(cut.text) : deletedBy(entry);
    if (name !== undefined && seen.has(name)) continue;
    if (name !== undefined) seen.add(name);
    if (cut) yield cut;
  }
}

function nameOf(text: string): string | undefined {
  const parsed = parseJson(text);
  if (!parsed.ok || !isObject(parsed.value)) return undefined;
  const { resourceType, id } = parsed.value;
  return typeof id === 'string' ? `${resourceType}/${id}` : undefined;
}

function deletedBy(entry: Json): string | undefined {
  const url = isObject(entry) && isObject(entry['request']) ? entry['request']['url'] : undefined;
  return typeof url === 'string' ? /[A-Za-z]+\/[A-Za-z0-9\-.]+(?=$|\/_history)/.exec(url)?.[0] : undefined;
}
