/** A resource with part of its elements: `_summary` and `_elements` (FHIR R4 §3.1.1.5.8, §3.1.1.5.9). */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { Resource } from './resource.ts';
import { isMandatory, type Summary, summaryOf } from './summary-elements.ts';
import type { FhirVersion } from './version.ts';

/** `text`: the narrative and what is mandatory; `data`: all but the narrative. */
export type AnswerShape =
  | { readonly summary: 'true' | 'text' | 'data' }
  | { readonly elements: readonly string[] };

export function shortened(resource: Resource, shape: AnswerShape, version: FhirVersion): Resource {
  const { resourceType } = resource;
  if ('elements' in shape) {
    const asked = new Set(shape.elements);
    return kept(resource, (name) => asked.has(name) || isAlwaysThere(resourceType, name, version));
  }
  switch (shape.summary) {
    case 'data':
      return kept(resource, (name) => name !== 'text');
    case 'text':
      return kept(resource, (name) => name === 'text' || isAlwaysThere(resourceType, name, version));
    case 'true':
      return summarised(resource, version);
  }
}

/** Whoever reads it must know what it is and must not miss what turns it round. */
const isAlwaysThere = (type: string, name: string, version: FhirVersion): boolean =>
  always.has(name) || isMandatory(type, name, version);
const always: ReadonlySet<string> = new Set([
  'resourceType',
  'id',
  'meta',
  'implicitRules',
  'modifierExtension',
]);

const kept = (resource: Resource, isKept: (name: string) => boolean): Resource =>
  Object.fromEntries(Object.entries(resource).filter(([name]) => isKept(name.replace(/^_/, '')))) as Resource;

function summarised(resource: Resource, version: FhirVersion): Resource {
  const summary = summaryOf(resource.resourceType, version);
  const members = Object.entries(resource).flatMap(([name, value]) => {
    if (always.has(name)) return [[name, value] as const];
    const within = summary[name.replace(/^_/, '')];
    return within === undefined ? [] : [[name, inside(value, within)] as const];
  });
  return Object.fromEntries(members) as Resource;
}

function inside(value: Json, within: true | Summary): Json {
  if (within === true) return value;
  if (Array.isArray(value)) return value.map((item) => inside(item, within));
  return isObject(value) ? partOf(value, within) : value;
}

const partOf = (element: JsonObject, within: Summary): JsonObject =>
  Object.fromEntries(
    Object.entries(element).flatMap(([name, value]) => {
      const inner = within[name.replace(/^_/, '')];
      if (name === 'modifierExtension') return [[name, value]];
      return inner === undefined ? [] : [[name, inside(value, inner)]];
    }),
  );
