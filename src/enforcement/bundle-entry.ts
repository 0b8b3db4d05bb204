/** What an entry of a Bundle is called, and what it refers to. */
import { isObject, type JsonObject } from '../base/json.ts';
import { eachObject } from '../fhir/each-object.ts';
import { element, elements, text } from '../fhir/read-element.ts';
import { identifierToken, readIdentifier } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';

export type BundleEntry = {
  readonly entry: JsonObject;
  readonly resource: Resource | undefined;
  /** Under which it may be referred to; empty when it is called nothing. */
  readonly names: ReadonlySet<string>;
  /** What it refers to, under every name that may mean it. */
  readonly refersTo: ReadonlySet<string>;
};

export function readEntry(entry: JsonObject): BundleEntry {
  const inside = element(entry, 'resource');
  const resource = inside && text(inside, 'resourceType') !== undefined ? (inside as Resource) : undefined;
  return {
    entry,
    resource,
    names: new Set(resource ? namesOf(resource, text(entry, 'fullUrl')) : []),
    refersTo: new Set(resource ? referredTo(resource) : []),
  };
}

export const tokensOf = (resource: JsonObject): readonly string[] =>
  elements(resource, 'identifier')
    .flatMap((each) => readIdentifier(each) ?? [])
    .map(identifierToken);

/** Identifiers are kept apart by type: one may be used for an order and for its report. */
const namesOf = (resource: Resource, fullUrl: string | undefined): readonly string[] => [
  ...(typeof resource.id === 'string' && resource.id !== ''
    ? [`${resource.resourceType}/${resource.id}`]
    : []),
  ...(fullUrl === undefined || fullUrl === '' ? [] : [fullUrl]),
  ...tokensOf(resource),
];

function referredTo(resource: Resource): readonly string[] {
  const found: string[] = [];
  eachObject(resource, (object) => {
    const literal = text(object, 'reference');
    if (literal !== undefined) found.push(...spellings(literal));
    const identifier = isObject(object['identifier']) ? readIdentifier(object['identifier']) : undefined;
    if (identifier) found.push(identifierToken(identifier));
  });
  return found;
}

/** As written, and as `Type/id` whatever the server and the version. */
function spellings(literal: string): readonly string[] {
  const plain = literal.replace(/\/_history\/[^/]+$/, '');
  const local = /(?:^|\/)(?<local>[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/.exec(plain)?.groups?.['local'];
  return local === undefined ? [plain] : [plain, local];
}
