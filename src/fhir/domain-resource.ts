/** What every resource of ours has besides its own elements (FHIR R4 §2.27, §2.28). */
import { type ZodType, z } from 'zod';
import type { FailurePart } from '../base/failure.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { meta, narrative } from './datatypes.ts';
import { extension, type Members, many, maybe, shapeOf } from './element.ts';
import { code, id, uri } from './primitives.ts';

/** `unlisted` says what becomes of members that no table names: a fault, or kept as they came. */
export function domainResource(type: string, members: Members, unlisted: 'refused' | 'kept'): ZodType {
  const shape = { resourceType: z.literal(type), ...shapeOf({ ...ofDomainResource, ...members }) };
  return unlisted === 'refused' ? z.strictObject(shape) : z.looseObject(shape);
}

const ofDomainResource: Members = {
  id: maybe(id),
  meta: maybe(meta),
  implicitRules: maybe(uri),
  language: maybe(code),
  text: maybe(narrative),
  contained: many(z.looseObject({ resourceType: z.string() })),
  extension: many(extension),
  modifierExtension: many(extension),
};

/** dom-2 to dom-5. */
export function containedProblems(resource: JsonObject): readonly FailurePart[] {
  const contained = Array.isArray(resource['contained']) ? resource['contained'].filter(isObject) : [];
  const referred = contained.length > 0 ? referencesIn(resource) : new Set<string>();
  return contained.flatMap((inner, index) =>
    faultsOf(inner, referred).map((detail) => ({
      code: 'invariant',
      detail,
      pointer: `${String(resource['resourceType'])}.contained[${index}]`,
    })),
  );
}

function faultsOf(inner: JsonObject, referred: ReadonlySet<string>): readonly string[] {
  const innerMeta = isObject(inner['meta']) ? inner['meta'] : {};
  const faults = {
    'a contained resource must not contain another (dom-2)': inner['contained'] !== undefined,
    'a contained resource must be referred to (dom-3)': !isUsed(inner, referred),
    'a contained resource must not have a version or time of its own (dom-4)':
      innerMeta['versionId'] !== undefined || innerMeta['lastUpdated'] !== undefined,
    'a contained resource must not have a security label of its own (dom-5)':
      innerMeta['security'] !== undefined,
  };
  return Object.entries(faults).flatMap(([detail, present]) => (present ? [detail] : []));
}

/** dom-3 is met as well by a contained resource that refers to the one around it. */
const isUsed = (inner: JsonObject, referred: ReadonlySet<string>): boolean =>
  referred.has(`#${String(inner['id'])}`) || referencesIn(inner).has('#');

function referencesIn(value: Json | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (part: Json | undefined): void => {
    if (typeof part === 'string' && part.startsWith('#')) found.add(part);
    else if (Array.isArray(part)) part.forEach(walk);
    else if (isObject(part)) Object.values(part).forEach(walk);
  };
  walk(value);
  return found;
}
