/** What every resource of ours has besides its own elements (FHIR R4 §2.27, §2.28). */
import { type ZodType, z } from 'zod';
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
