/** Reads the conditions of one provision, in either FHIR version's spelling. */
import type { JsonObject } from '../base/json.ts';
import { readPeriod } from '../fhir/civil-time.ts';
import type { Coding } from '../fhir/coding.ts';
import { readExpression } from '../fhir/expression.ts';
import { conceptCodings, element, elements, readCoding, text } from '../fhir/read-element.ts';
import { readReference } from '../fhir/reference.ts';
import {
  type ActorCriterion,
  type Coded,
  type Condition,
  type Content,
  type DataCriterion,
  dataMeanings,
} from './consent.ts';
import { limitCodes } from './limits.ts';
import type { ReadingSettings } from './reading-settings.ts';

export function readCondition(provision: JsonObject, settings: ReadingSettings): Condition {
  return present({
    purposes: coded(elements(provision, 'purpose'), readCoding),
    actions: coded(elements(provision, 'action'), readConcept),
    actors: some(elements(provision, 'actor').map((actor) => readActor(actor, settings))),
    labels: coded(elements(provision, 'securityLabel'), readCoding),
    contents: some(readContents(provision)),
    codes: coded(elements(provision, 'code'), readConcept),
    dataPeriod: readDataPeriod(element(provision, 'dataPeriod'), settings),
    data: some(elements(provision, 'data').map((data) => readData(data, settings))),
    expression: expressionOf(element(provision, 'expression')),
    limits: some(readLimits(provision)),
  });
}

/** Absent only when the element is: one whose values say nothing in code is still a constraint (M-3). */
export function coded<Value>(
  values: readonly JsonObject[],
  read: (value: JsonObject) => readonly Value[],
): Coded<Value> | undefined {
  if (values.length === 0) return undefined;
  const each = values.map(read);
  return { values: each.flat(), uncoded: each.some((codes) => codes.length === 0) };
}

export const readConcept = (concept: JsonObject): readonly Coding[] =>
  elements(concept, 'coding').flatMap(readCoding);

function readDataPeriod(
  period: JsonObject | undefined,
  { timezone }: ReadingSettings,
): Condition['dataPeriod'] {
  return period && (readPeriod(period, timezone) ?? 'unreadable');
}

const expressionOf = (expression: JsonObject | undefined): Condition['expression'] =>
  expression && (readExpression(expression) ?? 'unreadable');

/** Nothing of purpose, actor, action or data is asked. */
export const isUnconditional = (condition: Condition): boolean =>
  Object.keys(condition).every((name) => name === 'limits');

const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

function present(
  members: { readonly [Member in keyof Condition]: Condition[Member] | undefined },
): Condition {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Codes that say what the actor is to the data; every other role, or none, is the recipient (§4.9). */
const parts: ReadonlyMap<string, ActorCriterion['part']> = new Map([
  ['CST', 'custodian'],
  ['AUT', 'author'],
]);

function readActor(actor: JsonObject, settings: ReadingSettings): ActorCriterion {
  const roles = conceptCodings(actor, 'role');
  const reference = element(actor, 'reference');
  return {
    part: roles.map(({ code }) => parts.get(code)).find((part) => part !== undefined) ?? 'recipient',
    roles,
    reference: reference ? readReference(reference, settings.ownBases) : undefined,
  };
}

function readData(data: JsonObject, settings: ReadingSettings): DataCriterion {
  return {
    meaning: dataMeanings.find((meaning) => meaning === text(data, 'meaning')) ?? 'unreadable',
    reference: readReference(element(data, 'reference') ?? {}, settings.ownBases),
  };
}

function readContents(provision: JsonObject): readonly Coded<Content>[] {
  const read = (name: string, isType: boolean) =>
    coded(elements(provision, name), (value) =>
      readCoding(value).map((coding) => readContent(coding, isType)),
    );
  const groups = [read('class', false), read('resourceType', true), read('documentType', false)];
  return groups.filter((group) => group !== undefined);
}

/** The same code lists name types under two systems. */
const typeSystems = ['http://hl7.org/fhir/resource-types', 'http://hl7.org/fhir/fhir-types'];

/** `resourceType` holds nothing else; in `class` a type may stand without its system. */
export function readContent(coding: Coding, isType: boolean): Content {
  if (isType || (coding.system !== undefined && typeSystems.includes(coding.system))) {
    return coding.code.startsWith('http') ? profileOrType(coding.code) : { kind: 'type', type: coding.code };
  }
  if (coding.code.startsWith('http://hl7.org/fhir/StructureDefinition/')) return profileOrType(coding.code);
  if (coding.system === 'urn:ietf:rfc:3986') return { kind: 'profile', url: coding.code };
  if (coding.system === undefined && typeName.test(coding.code)) return { kind: 'type', type: coding.code };
  return { kind: 'document-type', coding };
}

const typeName = /^[A-Z][A-Za-z]+$/;

/** The canonical of a base resource is the type itself; any other definition is a profile. */
function profileOrType(url: string): Content {
  const name = url.slice(url.lastIndexOf('/') + 1);
  const isBase = url === `http://hl7.org/fhir/StructureDefinition/${name}` && typeName.test(name);
  return isBase ? { kind: 'type', type: name } : { kind: 'profile', url };
}

const readLimits = (provision: JsonObject): readonly string[] =>
  elements(provision, 'modifierExtension').flatMap((extension) => limitCodes(extension) ?? []);
