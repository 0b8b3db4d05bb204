/** A resource without some of its elements, each taken with all that FHIR keeps of it in JSON. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';

type IsHidden = (value: Json | undefined) => boolean;

/** The very object where nothing is hidden. A primitive has its extensions beside it, under `_name`: both go (I-3). */
export function pruneObject(object: JsonObject, isHidden: IsHidden): JsonObject {
  const pruned: Record<string, Json> = {};
  let isChanged = false;
  for (const name of new Set(Object.keys(object).map((each) => each.replace(/^_/, '')))) {
    const [value, sibling] = [object[name], object[`_${name}`]];
    const left = pruneMember(name, value, sibling, isHidden);
    isChanged ||= left.value !== value || left.sibling !== sibling;
    if (left.value !== undefined) pruned[name] = left.value;
    if (left.sibling !== undefined) pruned[`_${name}`] = left.sibling;
  }
  return isChanged ? pruned : object;
}

type Member = { readonly value: Json | undefined; readonly sibling: Json | undefined };

function pruneMember(
  name: string,
  value: Json | undefined,
  sibling: Json | undefined,
  isHidden: IsHidden,
): Member {
  if (Array.isArray(value) || Array.isArray(sibling)) return pruneList(value, sibling, isHidden);
  if (isHidden(value) || isHidden(sibling)) return withheld(name, value);
  return { value: isObject(value) ? pruneObject(value, isHidden) : value, sibling };
}

function pruneList(value: Json | undefined, sibling: Json | undefined, isHidden: IsHidden): Member {
  const [items, beside] = [listOf(value), listOf(sibling)];
  const kept = Array.from({ length: Math.max(items.length, beside.length) }, (_, at) => at).filter(
    (at) => !isHidden(items[at]) && !isHidden(beside[at]),
  );
  const left = kept.map((at) => pruneItem(items[at] ?? null, isHidden));
  const isSame =
    left.length === Math.max(items.length, beside.length) &&
    left.every((item, at) => item === (items[at] ?? null));
  if (isSame) return { value, sibling };
  const all = (list: readonly Json[]): Json | undefined => (list.length === 0 ? undefined : list);
  return {
    value: value === undefined ? undefined : all(left),
    sibling: sibling === undefined ? undefined : all(kept.map((at) => beside[at] ?? null)),
  };
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const pruneItem = (item: Json, isHidden: IsHidden): Json =>
  isObject(item) ? pruneObject(item, isHidden) : item;

/** Where some type demands the element, it says that it was withheld (I-2); that tells no more than the mark does. */
function withheld(name: string, value: Json | undefined): Member {
  if (!demanded.has(name)) return { value: undefined, sibling: undefined };
  return isObject(value) ? { value: masked, sibling: undefined } : { value: undefined, sibling: masked };
}

const masked: Json = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
};

/** Elements with cardinality 1..1 in some type, patients' own data foremost. */
const demanded: ReadonlySet<string> = new Set([
  ...['status', 'code', 'subject', 'patient', 'beneficiary', 'intent', 'class', 'type', 'use', 'content'],
  ...['medicationCodeableConcept', 'medicationReference', 'medication', 'vaccineCode', 'occurrenceDateTime'],
  ...['occurrenceString', 'relationship', 'lifecycleStatus', 'description', 'recorded', 'date', 'title'],
  ...[
    'mode',
    'provider',
    'insurer',
    'created',
    'outcome',
    'priority',
    'attachment',
    'scope',
    'documentation',
  ],
]);
