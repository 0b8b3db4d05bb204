/** Cross-version extensions: an element of one FHIR version, carried in a body of another that has no place for it (§5). */
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { elements, text } from '../../fhir/read-element.ts';
import { type Holder, sameJson, withMembers } from './rewrite.ts';

export type Release = '4.0' | '5.0';

export type Carrier = {
  readonly url: string;
  /** Of the element it carries. */
  readonly name: string;
  /** `valueReference` */
  readonly value: string;
  readonly repeats: boolean;
  /** A modifier where whoever passes over it could decide otherwise (EV-3). */
  readonly holder: Holder;
};

export const urlOf = (release: Release, path: string): string =>
  `http://hl7.org/fhir/${release}/StructureDefinition/extension-Consent${path && `.${path}`}`;

export const carrier = (
  release: Release,
  path: string,
  type: string,
  { repeats = false, modifies = false } = {},
): Carrier => ({
  url: urlOf(release, path),
  name: path.slice(path.lastIndexOf('.') + 1),
  value: `value${type}`,
  repeats,
  holder: modifies ? 'modifierExtension' : 'extension',
});

/** Nothing where there is nothing to carry. */
export function carry(
  { url, value }: Carrier,
  content: Json | undefined,
  sibling?: Json,
): readonly JsonObject[] {
  const carried = withMembers({}, { [value]: content, [`_${value}`]: sibling });
  return Object.keys(carried).length > 0 ? [{ url, ...carried }] : [];
}

/** The element with what it carries put in place; what is not carried as we would carry it stays an extension. */
export function unpacked(element: JsonObject, carriers: readonly Carrier[]): JsonObject {
  return carriers.reduce(unpackedOf, element);
}

function unpackedOf(element: JsonObject, carrier: Carrier): JsonObject {
  const { name, value, holder, repeats } = carrier;
  const all = elements(element, holder);
  const { carried = [], others = [] } = Object.groupBy(all, (each) =>
    isCarried(each, carrier) ? 'carried' : 'others',
  );
  const isTwice = carried.length > 1 || element[name] !== undefined || element[`_${name}`] !== undefined;
  if (carried.length === 0 || (!repeats && isTwice)) return element;
  const contents = carried.flatMap((each) => each[value] ?? []);
  return withMembers(element, {
    [holder]: others,
    ...(repeats
      ? { [name]: [...elements(element, name), ...contents] }
      : { [name]: contents[0], [`_${name}`]: carried[0]?.[`_${value}`] }),
  });
}

const primitiveValues: ReadonlySet<string> = new Set(['valueCode', 'valueDateTime', 'valueUri']);

function isCarried(extension: JsonObject, { url, value }: Carrier): boolean {
  if (text(extension, 'url') !== url) return false;
  const content = extension[value];
  const isPrimitive = primitiveValues.has(value);
  const allowed = isPrimitive ? ['url', value, `_${value}`] : ['url', value];
  return (
    Object.keys(extension).every((name) => allowed.includes(name)) &&
    (isPrimitive ? typeof content === 'string' : isObject(content))
  );
}

export const absentReason = (reason: string): JsonObject => ({
  url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
  valueCode: reason,
});

/** Says that the other version's element is not there, where what stands here would speak of one. */
export const absence = (release: Release, path: string, reason = 'not-applicable'): JsonObject => ({
  url: urlOf(release, path),
  extension: [absentReason(reason)],
});

/** The element without an extension of exactly this content; undefined where there is none. */
export function stripped(element: JsonObject, holder: Holder, gone: JsonObject): JsonObject | undefined {
  const all = elements(element, holder);
  const kept = all.filter((each) => !sameJson(each, gone));
  return kept.length === all.length ? undefined : withMembers(element, { [holder]: kept });
}
