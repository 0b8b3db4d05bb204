/** What a residual expression may ask of a resource, read as the authority reads it. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { Period } from '../base/period.ts';
import { timeOf } from './clinical-time.ts';
import { type Coding, codingOf } from './coding.ts';
import { countsAsRestricted, isUnknownPurpose, labelsOf, restricted } from './known-labels.ts';
import { listOf, objectOf, textOf } from './members.ts';
import { identifierToken } from './residual.ts';

export type ResourceFacts = {
  readonly resource: JsonObject;
  readonly type: string;
  /** `Type/id`. */
  readonly name: string;
  readonly version: string | undefined;
  /** With R for each that nobody knows (L-2). */
  readonly labels: readonly Coding[];
  /** Kept to a use of which nobody knows what it is. */
  readonly hasUnknownPurpose: boolean;
  readonly profiles: readonly string[];
  readonly codes: readonly Coding[];
  /** What it is about is said in codes, and nowhere in words alone. */
  readonly isCoded: boolean;
  readonly period: Period | undefined;
  /** By the elements of that name, or by any where it is `*`. */
  readonly references: (path: string) => readonly string[];
  readonly authors: readonly string[];
};

/** How the authority reads what a resource leaves open. */
export type Reading = {
  /** IANA name; the authority's, in which a date without a time is a whole day. */
  readonly timezone: string;
  /** Absolute references below these, without a slash at the end, are to resources of your own. */
  readonly ownBases: readonly string[];
};

export function factsOf(resource: JsonObject, { timezone, ownBases }: Reading): ResourceFacts {
  const meta = objectOf(resource['meta']);
  const labels = labelsOf(resource);
  const type = textOf(resource['resourceType']) ?? '';
  const referencesBy = (path: string): readonly string[] =>
    path === '*'
      ? objectsIn(resource).flatMap((each) => localName(each, ownBases) ?? [])
      : elements(resource, path)
          .flatMap((each) => [each, ...elements(each, 'actor'), ...elements(each, 'encounter')])
          .flatMap((each) => namesOf(each, ownBases));
  return {
    resource,
    type,
    name: `${type}/${textOf(resource['id']) ?? ''}`,
    version: textOf(meta?.['versionId']),
    labels: labels.some(countsAsRestricted) ? [...labels, restricted] : labels,
    hasUnknownPurpose: labels.some(isUnknownPurpose),
    profiles: (listOf(meta?.['profile']) ?? []).filter((each) => typeof each === 'string'),
    codes: objectsIn({ ...resource, meta: {} }, 'meta').flatMap(codeWithSystem),
    isCoded: isCoded(resource),
    period: timeOf(resource, timezone),
    references: referencesBy,
    authors: authorElements.flatMap(referencesBy),
  };
}

const authorElements = ['author', 'performer', 'recorder', 'asserter', 'informationSource'];

/** The elements that say what a resource is about. */
const subjectElements = ['code', 'medicationCodeableConcept', 'medication', 'vaccineCode', 'type'];

function isCoded(resource: JsonObject): boolean {
  const subjects = subjectElements.flatMap((name) => elements(resource, name));
  const hasCode = (subject: JsonObject): boolean =>
    elements(subject, 'coding').flatMap(codeWithSystem).length > 0;
  return subjects.length > 0 && subjects.every(hasCode);
}

function codeWithSystem(object: JsonObject): readonly Coding[] {
  const coding = codingOf(object);
  return coding?.system === undefined ? [] : [coding];
}

/** The objects under a name, whether the element repeats or not. */
function elements(parent: JsonObject, name: string): readonly JsonObject[] {
  const value = parent[name];
  return (listOf(value) ?? [value]).filter(isObject);
}

/** Every object at any depth, but below members of that name. */
function objectsIn(value: Json | undefined, besides?: string): readonly JsonObject[] {
  const list = listOf(value);
  if (list) return list.flatMap((each) => objectsIn(each, besides));
  const object = objectOf(value);
  if (!object) return [];
  const members = Object.entries(object).filter(([name]) => name !== besides);
  return [object, ...members.flatMap(([, member]) => objectsIn(member, besides))];
}

const literal =
  /^(?<base>.*\/)?(?<local>[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** `Type/id` of a reference to a resource of one's own; another server may have the same id for another. */
function localName(element: JsonObject, ownBases: readonly string[]): string | undefined {
  const { base, local } = literal.exec(textOf(element['reference']) ?? '')?.groups ?? {};
  return !base || ownBases.some((own) => base === `${own}/`) ? local : undefined;
}

const namesOf = (element: JsonObject, ownBases: readonly string[]): readonly string[] =>
  [localName(element, ownBases), identifierToken(element['identifier'])].filter((name) => name !== undefined);
