/** A residual in our own wire form, carried out as whoever holds the data does (access-denied-and-enforcement.md §6.2). */

import { parseInstant } from '../../../src/base/instant.ts';
import { isObject, type Json, type JsonObject } from '../../../src/base/json.ts';
import { overlaps, type Period } from '../../../src/base/period.ts';
import { type Coding, codeSystems, sameCoding } from '../../../src/fhir/coding.ts';
import { evaluateExpression } from '../../../src/fhir/expression.ts';
import { codings, element, elements, text } from '../../../src/fhir/read-element.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { normalized } from '../../../src/labeling/read-label.ts';
import { dateTimeOf, periodOf } from '../../../src/sdk/fhir-time.ts';

type Truth = boolean | undefined;

/** What it does not understand and what the resource does not say hides it (§6.6 P5). */
export function isShown(ast: JsonObject, resource: JsonObject): boolean {
  const byType = element(ast, 'byType');
  const expression = byType?.[text(resource, 'resourceType') ?? ''] ?? byType?.['*'];
  return expression !== undefined && truth(expression, resource) === true;
}

function truth(json: Json | undefined, resource: JsonObject): Truth {
  if (!isObject(json)) throw new Error(`no expression: ${JSON.stringify(json)}`);
  const [operator, operand] = Object.entries(json)[0] ?? [];
  const evaluate = operators[operator ?? ''];
  if (!evaluate || operand === undefined) throw new Error(`unknown operator in ${JSON.stringify(json)}`);
  return evaluate(operand, resource);
}

type Evaluate = (operand: Json, resource: JsonObject) => Truth;

const operators: Readonly<Record<string, Evaluate>> = {
  true: () => true,
  false: () => false,
  and: (parts, resource) => every(listOf(parts).map((part) => truth(part, resource))),
  or: (parts, resource) => negated(every(listOf(parts).map((part) => negated(truth(part, resource))))),
  not: (part, resource) => negated(truth(part, resource)),
  label: (wanted, resource) => has(labelsOf(resource), objectOf(wanted)),
  labelNone: (set, resource) =>
    !codings(objectOf(set), 'in').some((wanted) => has(labelsOf(resource), { ...wanted })),
  type: (set, resource) => named(set).includes(text(resource, 'resourceType') ?? ''),
  profile: (set, resource) =>
    listOf(element(resource, 'meta')?.['profile']).some((profile) => named(set).includes(String(profile))),
  code: (set, resource) => hasCode(codings(objectOf(set), 'in'), resource),
  date: (bounds, resource) => isWithin(objectOf(bounds), resource),
  id: (set, resource) => named(set).some((name) => isNamed(name, resource)),
  refTo: (set, resource) => refersTo(objectOf(set), resource),
  author: (set, resource) => isBy(named(set), resource),
  ext: (operand, resource) => {
    const expression = { text: text(objectOf(operand), 'fhirpath') ?? '', usesRequest: false };
    return evaluateExpression(expression, resource as Resource, {});
  },
};

const negated = (value: Truth): Truth => (value === undefined ? undefined : !value);
const every = (values: readonly Truth[]): Truth =>
  values.includes(false) ? false : values.includes(undefined) ? undefined : true;
const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const objectOf = (value: Json): JsonObject => (isObject(value) ? value : {});
const named = (set: Json): readonly string[] => listOf(objectOf(set)['in']).map(String);

/** A label of which nobody here knows what it means counts as R (L-2). */
function labelsOf(resource: JsonObject): readonly Coding[] {
  const labels = codings(element(resource, 'meta'), 'security').map(normalized);
  const isKnown = ({ system }: Coding): boolean => knownSystems.has(system);
  return labels.every(isKnown) ? labels : [...labels, { system: codeSystems.confidentiality, code: 'R' }];
}

const knownSystems: ReadonlySet<string | undefined> = new Set([
  ...[codeSystems.confidentiality, codeSystems.actCode, codeSystems.actReason],
  'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
]);

const has = (labels: readonly Coding[], wanted: JsonObject): boolean =>
  labels.some(({ system, code }) => system === wanted['system'] && code === wanted['code']);

function isNamed(name: string, resource: JsonObject): boolean {
  const [itself, version] = name.split('/_history/');
  const own = `${text(resource, 'resourceType')}/${text(resource, 'id')}`;
  return (
    itself === own && (version === undefined || text(element(resource, 'meta'), 'versionId') === version)
  );
}

/** Undefined where the code is only in words. */
function hasCode(wanted: readonly Coding[], resource: JsonObject): Truth {
  const subjects = ['code', 'medicationCodeableConcept', 'medication', 'vaccineCode', 'type'];
  const isCoded = (concept: JsonObject) =>
    codings(concept, 'coding').some(({ system }) => system !== undefined);
  const concepts = subjects.flatMap((name) => elements(resource, name));
  if (codingsIn(resource).some((coding) => wanted.some((each) => sameCoding(each, coding)))) return true;
  return concepts.length > 0 && concepts.every(isCoded) ? false : undefined;
}

function codingsIn(value: Json): readonly Coding[] {
  if (Array.isArray(value)) return value.flatMap(codingsIn);
  if (!isObject(value)) return [];
  const own = codings({ it: value }, 'it').filter(({ system }) => system !== undefined);
  return [
    ...own,
    ...Object.entries(value).flatMap(([name, member]) => (name === 'meta' ? [] : codingsIn(member))),
  ];
}

const dates = [
  ...['effective', 'onset', 'recordedDate', 'authoredOn', 'performed', 'occurrence'],
  ...['period', 'actualPeriod', 'date', 'issued'],
].flatMap((name) => ['', 'Period', 'DateTime', 'Instant'].map((spelling) => name + spelling));

function timeOf(resource: JsonObject): Period | undefined {
  const stated = dates.map((name) => resource[name]).find((value) => value !== undefined);
  const value = stated ?? element(resource, 'meta')?.['lastUpdated'];
  return dateTimeOf(value) ?? periodOf(value);
}

function isWithin(bounds: JsonObject, resource: JsonObject): Truth {
  const [from, until] = ['ge', 'lt'].map((name) => parseInstant(text(bounds, name) ?? ''));
  const time = timeOf(resource);
  if (!time) return undefined;
  // Our end is the last moment inside, theirs the first outside.
  return overlaps(time, {
    ...(from === undefined ? {} : { start: from }),
    ...(until === undefined ? {} : { end: (until - 1) as typeof until }),
  });
}

function referencesIn(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  const own = text(value, 'reference');
  return [...(own === undefined ? [] : [own]), ...Object.values(value).flatMap(referencesIn)];
}

function refersTo(operand: JsonObject, resource: JsonObject): boolean {
  const paths = listOf(operand['paths']).map(String);
  const found = paths.includes('*')
    ? referencesIn(resource)
    : paths.flatMap((path) => referencesIn(resource[path]));
  return named(operand).some((name) => found.includes(name));
}

function isBy(wanted: readonly string[], resource: JsonObject): Truth {
  const stated = ['author', 'performer', 'recorder', 'asserter', 'informationSource'].flatMap((name) =>
    referencesIn(resource[name]),
  );
  return stated.length === 0 ? undefined : wanted.some((name) => stated.includes(name));
}
