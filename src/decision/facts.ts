/** What a decision can know about one resource. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { lazily } from '../base/lazily.ts';
import type { Period } from '../base/period.ts';
import { readPeriod, spanOf } from '../fhir/civil-time.ts';
import { type Coding, codeSystems } from '../fhir/coding.ts';
import { codings, conceptCodings, element, elements, text } from '../fhir/read-element.ts';
import { namesOfReference, readReference, referencesAnywhere } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { confidentialityOf } from '../labeling/confidentiality.ts';
import { normalized } from '../labeling/read-label.ts';
import type { Confidentiality } from '../labeling/vocabulary.ts';
import type { DecisionSettings } from './settings.ts';
import type { Truth } from './truth.ts';

/** What expressions may still cost, shared by all resources that are asked about together. */
export type Budget = { left: number };

/** Some tens of milliseconds. */
export const usualBudget = (): Budget => ({ left: 200_000 });

export type ResourceFacts = {
  readonly resource: Resource;
  readonly budget: Budget;
  /** What expressions said of it: whoever asks again gets the same answer, and pays nothing. */
  readonly answers: Map<string, Truth>;
  readonly type: string;
  /** `Type/id`. */
  readonly name: string;
  readonly version: string | undefined;
  readonly labels: readonly Coding[];
  /** Purposes on the label, which limit what the data may be used for. */
  readonly uses: readonly string[];
  readonly confidentiality: Confidentiality;
  readonly profiles: readonly string[];
  readonly documentTypes: readonly Coding[];
  readonly codes: readonly Coding[];
  /** What it is about is said in codes, and nowhere in words or in codes without a system alone. */
  readonly isCoded: boolean;
  /** Undefined when the resource bears no date at all (M-13). */
  readonly period: Period | undefined;
  /** What it belongs to: encounter, plan, whole. */
  readonly contexts: readonly string[];
  /** Everything it refers to. */
  readonly references: readonly string[];
  readonly authors: readonly string[];
};

type FactSettings = Pick<DecisionSettings, 'timezone' | 'unlabelledAs' | 'ownBases'>;

/**
 * What a decision may ask of a resource, its labels as they stand (cases/README.md: no labelling by code runs).
 * Whatever takes a walk through the resource is found when it is asked for.
 */
export function factsOf(
  resource: Resource,
  settings: FactSettings,
  budget: Budget = usualBudget(),
): ResourceFacts {
  const meta = element(resource, 'meta');
  const labels = codings(meta, 'security').map(normalized);
  return Object.assign(factsWithin(resource, settings), {
    resource,
    budget,
    answers: new Map(),
    type: resource.resourceType,
    name: `${resource.resourceType}/${resource.id ?? ''}`,
    version: text(meta, 'versionId'),
    labels,
    uses: labels.filter(limitsUse).map(({ code }) => code),
    confidentiality: confidentialityOf(labels, settings.unlabelledAs),
  });
}

const factsWithin = (resource: Resource, settings: FactSettings) =>
  lazily({
    profiles: () => stringsIn(element(resource, 'meta'), 'profile').flatMap(withoutVersion),
    documentTypes: () => documentTypesOf(resource),
    codes: () => codingsAnywhere(resource),
    isCoded: () => isCoded(resource),
    period: () => relevantPeriod(resource, settings.timezone),
    contexts: () => contextElements.flatMap((name) => referencesIn(resource, name, settings)),
    references: () => referencesAnywhere(resource, settings.ownBases).flatMap(({ local }) => local ?? []),
    authors: () => authorElements.flatMap((name) => referencesIn(resource, name, settings)),
  });

/** A canonical with a version names the profile as well. */
const withoutVersion = (profile: string): readonly string[] => {
  const bar = profile.indexOf('|');
  return bar < 0 ? [profile] : [profile, profile.slice(0, bar)];
};

/** HTEST marks test data and limits nothing (L-4). */
const limitsUse = ({ system, code }: Coding): boolean => system === codeSystems.actReason && code !== 'HTEST';

/** Elements by which data points to the encounter, plan or episode it belongs to (M-12, R-25). */
const contextElements = ['encounter', 'partOf', 'basedOn', 'context'];
const authorElements = ['author', 'performer', 'recorder', 'asserter', 'informationSource'];

function referencesIn(resource: JsonObject, name: string, { ownBases }: FactSettings): readonly string[] {
  return elements(resource, name)
    .flatMap((each) => [each, ...elements(each, 'actor'), ...elements(each, 'encounter')])
    .map((each) => readReference(each, ownBases))
    .flatMap(namesOfReference);
}

/** The elements that say what a resource is about. */
const subjectElements = ['code', 'medicationCodeableConcept', 'medication', 'vaccineCode', 'type'];

function isCoded(resource: Resource): boolean {
  const subjects = subjectElements.flatMap((name) => elements(resource, name));
  return (
    subjects.length > 0 &&
    subjects.every((subject) => codings(subject, 'coding').some(({ system }) => system))
  );
}

/** The type of a document, the formats of its content and their media types (M-10). */
function documentTypesOf(resource: Resource): readonly Coding[] {
  const isDocument = ['DocumentReference', 'Composition'].includes(resource.resourceType);
  const isBinary = resource.resourceType === 'Binary';
  const contents = elements(resource, 'content');
  return [
    ...(isDocument ? conceptCodings(resource, 'type') : []),
    ...contents.flatMap((content) => codings(content, 'format')),
    ...contents.flatMap((content) =>
      elements(content, 'profile').flatMap((each) => codings(each, 'valueCoding')),
    ),
    ...[...contents.map((content) => element(content, 'attachment')), ...(isBinary ? [resource] : [])]
      .flatMap((attachment) => text(attachment, 'contentType') ?? [])
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

/** Where each type keeps its clinically relevant time, most telling first; `[x]` in any spelling (M-13). */
const dateElements = [
  ...['effective', 'onset', 'recordedDate', 'authoredOn', 'performed', 'occurrence'],
  ...['period', 'actualPeriod', 'date', 'issued'],
];

const spellings = ['', 'Period', 'DateTime', 'Instant', 'Timing', 'Age', 'Range', 'String'];

/** The first element that is there decides; one that cannot be read leaves the time unknown. */
function relevantPeriod(resource: Resource, timezone: string): Period | undefined {
  const names = dateElements.flatMap((name) => spellings.map((spelling) => name + spelling));
  const value = names.map((name) => resource[name]).find((each) => each !== undefined);
  if (value === undefined) return spanOf(text(element(resource, 'meta'), 'lastUpdated') ?? '', timezone);
  if (typeof value === 'string') return spanOf(value, timezone);
  return isObject(value) && ('start' in value || 'end' in value) ? readPeriod(value, timezone) : undefined;
}

function stringsIn(parent: JsonObject | undefined, name: string): readonly string[] {
  const value = parent?.[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
