/** What a decision can know about one resource, and whether a condition holds of it. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { overlaps, type Period } from '../base/period.ts';
import { readPeriod, spanOf } from '../fhir/civil-time.ts';
import { type Coding, sameCoding } from '../fhir/coding.ts';
import { codings, conceptCodings, element, elements, text } from '../fhir/read-element.ts';
import { identifierToken, readReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { confidentialityOf } from '../labeling/confidentiality.ts';
import { normalized } from '../labeling/read-label.ts';
import { type Confidentiality, isConfidentiality, rankOf } from '../labeling/vocabulary.ts';
import type { Atom, Filter } from './filter.ts';
import { type Truth, truthOf } from './logic.ts';
import type { DecisionSettings } from './settings.ts';

export type ResourceFacts = {
  readonly type: string;
  /** `Type/id`. */
  readonly name: string;
  readonly version: string | undefined;
  readonly labels: readonly Coding[];
  readonly confidentiality: Confidentiality;
  readonly profiles: readonly string[];
  readonly documentTypes: readonly Coding[];
  readonly codes: readonly Coding[];
  /** Undefined when the resource bears no date at all (M-13). */
  readonly period: Period | undefined;
  readonly contexts: readonly string[];
  readonly authors: readonly string[];
};

type FactSettings = Pick<DecisionSettings, 'timezone' | 'unlabelledAs' | 'ownBases'>;

export function factsOf(resource: Resource, settings: FactSettings): ResourceFacts {
  const meta = element(resource, 'meta');
  const labels = codings(meta, 'security').map(normalized);
  const references = (names: readonly string[]) =>
    names.flatMap((name) => referencesIn(resource, name, settings));
  return {
    type: resource.resourceType,
    name: `${resource.resourceType}/${resource.id ?? ''}`,
    version: text(meta, 'versionId'),
    labels,
    confidentiality: confidentialityOf(labels, settings.unlabelledAs),
    profiles: stringsIn(meta, 'profile'),
    documentTypes: documentTypesOf(resource),
    codes: codingsAnywhere(resource),
    period: relevantPeriod(resource, settings.timezone),
    contexts: references(contextElements),
    authors: references(authorElements),
  };
}

/** Whether the filter shows the resource; what it does not say hides it (access-denied-and-enforcement.md §6.6). */
export function isVisible(filter: Filter, facts: ResourceFacts): boolean {
  return holds(filter, (atom) => testAtom(atom, facts)) === true;
}

function holds(filter: Filter, test: (atom: Atom) => Truth): Truth {
  const logic = truthOf(test);
  switch (filter.op) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'and':
      return logic.and(filter.of.map((part) => holds(part, test)));
    case 'or':
      return logic.or(filter.of.map((part) => holds(part, test)));
    case 'is':
      return test(filter.atom);
    case 'not':
      return logic.not(test(filter.atom));
  }
}

/** Undefined when the resource does not say. */
export function testAtom(atom: Atom, facts: ResourceFacts): Truth {
  switch (atom.kind) {
    case 'confidentiality':
      return testConfidentiality(atom, facts.confidentiality);
    case 'label':
      return sharesCode(atom.anyOf, facts.labels);
    case 'type':
      return atom.anyOf.includes(facts.type);
    case 'profile':
      return atom.anyOf.some((profile) => facts.profiles.includes(profile));
    case 'document-type':
      return sharesCode(atom.anyOf, facts.documentTypes);
    case 'code':
      return sharesCode(atom.anyOf, facts.codes) || (facts.codes.length === 0 ? undefined : false);
    case 'date':
      return facts.period && overlaps(facts.period, atom.within);
    case 'id':
      return (
        atom.anyOf.includes(facts.name) && (atom.version === undefined || atom.version === facts.version)
      );
    case 'refers-to':
      return atom.anyOf.some((name) => facts.contexts.includes(name));
    case 'referred-by':
    case 'unknown':
      return undefined;
    case 'author':
      return facts.authors.length === 0 ? undefined : atom.anyOf.some((name) => facts.authors.includes(name));
  }
}

function testConfidentiality(
  { bound, code }: Extract<Atom, { kind: 'confidentiality' }>,
  actual: Confidentiality,
): Truth {
  if (!isConfidentiality(code)) return undefined;
  return bound === 'at-most' ? rankOf(actual) <= rankOf(code) : rankOf(actual) >= rankOf(code);
}

const sharesCode = (wanted: readonly Coding[], present: readonly Coding[]): boolean =>
  wanted.some((code) => present.some((other) => sameCoding(code, other)));

/** Elements by which data points to the encounter, plan or episode it belongs to (M-12, R-25). */
const contextElements = ['encounter', 'partOf', 'basedOn', 'context'];
const authorElements = ['author', 'performer', 'recorder', 'asserter', 'informationSource'];

function referencesIn(resource: JsonObject, name: string, { ownBases }: FactSettings): readonly string[] {
  return elements(resource, name)
    .flatMap((each) => [each, ...elements(each, 'actor'), ...elements(each, 'encounter')])
    .map((each) => readReference(each, ownBases))
    .flatMap(({ local, identifier }) => [
      ...(local ? [local] : []),
      ...(identifier ? [identifierToken(identifier)] : []),
    ]);
}

/** The type of a document, the formats of its content and their media types (M-10). */
function documentTypesOf(resource: Resource): readonly Coding[] {
  const isDocument = ['DocumentReference', 'Composition'].includes(resource.resourceType);
  const contents = elements(resource, 'content');
  return [
    ...(isDocument ? conceptCodings(resource, 'type') : []),
    ...contents.flatMap((content) => codings(content, 'format')),
    ...contents
      .flatMap((content) => text(element(content, 'attachment'), 'contentType') ?? [])
      .map((code) => ({ system: 'urn:ietf:bcp:13', code })),
  ];
}

/** Every Coding at any depth, labels apart (M-11). */
function codingsAnywhere(value: Json): readonly Coding[] {
  if (Array.isArray(value)) return value.flatMap(codingsAnywhere);
  if (!isObject(value)) return [];
  const code = text(value, 'code');
  const system = text(value, 'system');
  const own = code !== undefined && system !== undefined ? [{ system, code }] : [];
  return [
    ...own,
    ...Object.entries(value).flatMap(([name, member]) => (name === 'meta' ? [] : codingsAnywhere(member))),
  ];
}

/** Where each type keeps its clinically relevant time, most telling first (M-13). */
const dateElements = [
  ...[
    'effectivePeriod',
    'effectiveDateTime',
    'effectiveInstant',
    'onsetPeriod',
    'onsetDateTime',
    'recordedDate',
    'authoredOn',
  ],
  ...[
    'performedPeriod',
    'performedDateTime',
    'occurrencePeriod',
    'occurrenceDateTime',
    'period',
    'actualPeriod',
    'date',
    'issued',
  ],
];

function relevantPeriod(resource: Resource, timezone: string): Period | undefined {
  const name = dateElements.find((each) => resource[each] !== undefined);
  if (name === undefined) return spanOf(text(element(resource, 'meta'), 'lastUpdated') ?? '', timezone);
  return spanOf(text(resource, name) ?? '', timezone) ?? readPeriod(element(resource, name), timezone);
}

function stringsIn(parent: JsonObject | undefined, name: string): readonly string[] {
  const value = parent?.[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
