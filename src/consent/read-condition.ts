/** Reads the conditions of one provision, in either FHIR version's spelling. */
import type { JsonObject } from '../base/json.ts';
import { readPeriod } from '../fhir/civil-time.ts';
import type { Coding } from '../fhir/coding.ts';
import { codings, conceptCodings, element, elements, text } from '../fhir/read-element.ts';
import { readReference } from '../fhir/reference.ts';
import type { ActorCriterion, Condition, Content, DataCriterion, DataMeaning } from './consent.ts';
import { limitExtension } from './limits.ts';
import type { ReadingSettings } from './reading-settings.ts';

export function readCondition(provision: JsonObject, settings: ReadingSettings): Condition {
  return present({
    purposes: some(codings(provision, 'purpose')),
    actions: some(conceptCodings(provision, 'action')),
    actors: some(elements(provision, 'actor').map((actor) => readActor(actor, settings))),
    labels: some(codings(provision, 'securityLabel')),
    contents: some(readContents(provision)),
    codes: some(conceptCodings(provision, 'code')),
    dataPeriod: readPeriod(element(provision, 'dataPeriod'), settings.timezone),
    data: some(elements(provision, 'data').map((data) => readData(data, settings))),
    expression: element(provision, 'expression')
      ? (text(element(provision, 'expression'), 'expression') ?? '')
      : undefined,
    limits: some(readLimits(provision)),
  });
}

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
const parts: Readonly<Record<string, ActorCriterion['part']>> = { CST: 'custodian', AUT: 'author' };

function readActor(actor: JsonObject, settings: ReadingSettings): ActorCriterion {
  const roles = conceptCodings(actor, 'role');
  const reference = element(actor, 'reference');
  return {
    part: roles.map(({ code }) => parts[code]).find((part) => part !== undefined) ?? 'recipient',
    roles,
    reference: reference ? readReference(reference, settings.ownBases) : undefined,
  };
}

function readData(data: JsonObject, settings: ReadingSettings): DataCriterion {
  return {
    meaning: (text(data, 'meaning') ?? 'instance') as DataMeaning,
    reference: readReference(element(data, 'reference') ?? {}, settings.ownBases),
  };
}

function readContents(provision: JsonObject): readonly (readonly Content[])[] {
  const groups = [
    codings(provision, 'class'),
    codings(provision, 'resourceType'),
    codings(provision, 'documentType'),
  ];
  return groups.filter((group) => group.length > 0).map((group) => group.map(readContent));
}

/** The same code lists name types under two systems. */
const typeSystems = ['http://hl7.org/fhir/resource-types', 'http://hl7.org/fhir/fhir-types'];

function readContent(coding: Coding): Content {
  if (coding.system !== undefined && typeSystems.includes(coding.system))
    return { kind: 'type', type: coding.code };
  if (coding.code.startsWith('http://hl7.org/fhir/StructureDefinition/')) return profileOrType(coding.code);
  if (coding.system === 'urn:ietf:rfc:3986') return { kind: 'profile', url: coding.code };
  return { kind: 'document-type', coding };
}

/** The canonical of a base resource is the type itself; any other definition is a profile. */
function profileOrType(url: string): Content {
  const name = url.slice(url.lastIndexOf('/') + 1);
  return /^[A-Z][A-Za-z]+$/.test(name) ? { kind: 'type', type: name } : { kind: 'profile', url };
}

function readLimits(provision: JsonObject): readonly string[] {
  return elements(provision, 'modifierExtension')
    .filter((extension) => text(extension, 'url') === limitExtension)
    .flatMap((extension) => elements(extension, 'extension'))
    .filter((part) => text(part, 'url') === 'control')
    .flatMap((control) => conceptCodings(control, 'valueCodeableConcept'))
    .map(({ code }) => code);
}
