/** One resource as a requester may see it: whole, without some of its elements, or not at all (security-labels.md §8). */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { Coding } from '../fhir/coding.ts';
import { eachObject } from '../fhir/each-object.ts';
import { codings, element, elements, text } from '../fhir/read-element.ts';
import type { Resource } from '../fhir/resource.ts';
import { pruneObject } from './prune-elements.ts';

type Shows = (resource: Resource) => boolean;

/**
 * Elements go whose inline labels hide them; what is contained counts with its container, under the labels of both.
 * Of a Bundle that bears labels of its own, `around` are those.
 *
 * INVARIANT: what comes out comes out unchanged when it is put in again.
 */
export function redactResource(
  resource: Resource,
  around: readonly Coding[],
  shows: Shows,
): Resource | undefined {
  if (!isShown(resource, around, shows) || labelSets(resource).size > mostLabelSets) return undefined;
  let current = resource;
  for (let next = withoutHidden(current, shows); next !== current; next = withoutHidden(current, shows))
    current = next;
  return isShown(current, around, shows) ? current : undefined;
}

/** Labels never open: as it stands it must be visible, and with those of what it holds as well (H-6). */
function isShown(resource: Resource, around: readonly Coding[], shows: Shows): boolean {
  const more = [...around, ...inlineLabels(resource), ...labelsContained(resource)];
  return shows(resource) && (more.length === 0 || shows(labelled(resource, more)));
}

/** Its own, those of what it contains and those of its elements (H-7). */
export const labelsWithin = (resource: JsonObject): readonly Coding[] => {
  const found: Coding[] = [...codings(element(resource, 'meta'), 'security'), ...labelsContained(resource)];
  eachObject(resource, (object) => found.push(...inlineLabels(object)));
  return found;
};

const labelsContained = (resource: JsonObject): readonly Coding[] =>
  elements(resource, 'contained').flatMap((inner) => codings(element(inner, 'meta'), 'security'));

function labelled(resource: Resource, labels: readonly Coding[]): Resource {
  const meta = element(resource, 'meta') ?? {};
  return { ...resource, meta: { ...meta, security: [...elements(meta, 'security'), ...labels] } };
}

const inlineLabel =
  'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';

const inlineLabels = (object: JsonObject): readonly Coding[] =>
  elements(object, 'extension')
    .filter((extension) => text(extension, 'url') === inlineLabel)
    .flatMap((extension) => codings(extension, 'valueCoding'));

/** Each is weighed against the whole resource; nobody labels like that but to keep us busy. */
const mostLabelSets = 100;

const keyOf = (labels: readonly Coding[]): string => JSON.stringify(labels);

/** What elements are labelled with, each combination once. */
function labelSets(resource: JsonObject): ReadonlyMap<string, readonly Coding[]> {
  const found = new Map<string, readonly Coding[]>();
  eachObject(resource, (object) => {
    const labels = inlineLabels(object);
    if (labels.length > 0) found.set(keyOf(labels), labels);
  });
  return found;
}

/** The very resource where nothing is hidden. Labels are looked for whether or not it says it has some (I-1). */
function withoutHidden(resource: Resource, shows: Shows): Resource {
  const hiding = new Set(
    [...labelSets(resource)].flatMap(([key, labels]) => (shows(labelled(resource, labels)) ? [] : [key])),
  );
  if (hiding.size === 0) return resource;
  const isHidden = (value: Json | undefined): boolean =>
    isObject(value) && hiding.has(keyOf(inlineLabels(value)));
  const { meta, ...body } = resource;
  const pruned = pruneObject(body as JsonObject, isHidden);
  if (pruned === body) return resource;
  // The words may say what was taken (I-2, N-6).
  const { text: _, ...rest } = pruned;
  return { ...rest, resourceType: resource.resourceType, meta: marked(isObject(meta) ? meta : {}) };
}

const redacted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'REDACTED' };
const subsetted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' };

function marked(meta: JsonObject): JsonObject {
  const including = (name: string, mark: Coding): readonly JsonObject[] => {
    const present = elements(meta, name);
    return present.some(({ code }) => code === mark.code) ? present : [...present, { ...mark }];
  };
  return { ...meta, security: including('security', redacted), tag: including('tag', subsetted) };
}
