/** FHIR datatypes as schemas, as far as the resources we check use them (FHIR R4 §2.24, R5 §2.1.28). */
import { type ZodType, z } from 'zod';
import type { JsonObject } from '../../base/json.ts';
import { readPeriod } from '../civil-time.ts';
import { type FhirVersion, isR5 } from '../version.ts';
import { element, type Members, many, maybe, one, recursive } from './element.ts';
import * as primitive from './primitives.ts';

/** What resources are found by: an entry of an index holds 2,704 bytes, of which `system|value` is one. */
const longest = { ofIdentifier: 512, ofReference: 1024, ofSystem: 1024, ofCode: 512, ofUri: 1024 } as const;

export const coding = element({
  system: maybe(primitive.upTo(longest.ofSystem, primitive.uri)),
  version: maybe(primitive.string),
  code: maybe(primitive.upTo(longest.ofCode, primitive.code)),
  display: maybe(primitive.string),
  userSelected: maybe(primitive.boolean),
});

export const codeableConcept = element({ coding: many(coding), text: maybe(primitive.string) });

export const period = element({ start: maybe(primitive.dateTime), end: maybe(primitive.dateTime) }).refine(
  (it) => {
    const { start, end } = readPeriod(it as JsonObject, 'UTC') ?? {};
    return start === undefined || end === undefined || start <= end;
  },
  { error: 'must not end before it starts (per-1)', params: { fhir: 'invariant' } },
);

export const identifier: ZodType = recursive(() => anIdentifier);

const referenceMembers: Members = {
  reference: maybe(primitive.upTo(longest.ofReference, primitive.string)),
  type: maybe(primitive.uri),
  identifier: maybe(identifier),
  display: maybe(primitive.string),
};

/** A reference to any resource, or to one of the given types alone. */
export function reference(...targets: readonly string[]): ZodType {
  const schema = element(referenceMembers);
  if (targets.length === 0) return schema;
  return schema.refine(
    (it) => [typeNamed(it), typePointedAt(it)].every((type) => !type || targets.includes(type)),
    {
      error: `must refer to ${targets.join(' or ')}`,
      params: { fhir: 'value' },
    },
  );
}

/** Since R5 a Reference refers to something, in some way (ref-2); what only extensions say is taken. */
export const pointed = (to: ZodType): ZodType =>
  to.refine((it) => ['reference', 'identifier', 'display', 'extension'].some((name) => has(it, name)), {
    error: 'must have a reference, an identifier or a display (ref-2)',
    params: { fhir: 'invariant' },
  });

/** Present also as the `_name` of a primitive that says only why it is missing. */
const has = (it: unknown, name: string): boolean =>
  Object.hasOwn(it as object, name) || Object.hasOwn(it as object, `_${name}`);

const textMember = (it: unknown, name: string): string => {
  const value = (it as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : '';
};
const typeNamed = (it: unknown): string =>
  textMember(it, 'type').replace('http://hl7.org/fhir/StructureDefinition/', '');
/** Empty for what says no type: `#contained`, `urn:uuid:…`, a reference by identifier alone. */
const typePointedAt = (it: unknown): string | undefined =>
  /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(
    textMember(it, 'reference'),
  )?.[1];

const anIdentifier = element({
  use: maybe(primitive.codeOf('usual', 'official', 'temp', 'secondary', 'old')),
  type: maybe(codeableConcept),
  system: maybe(primitive.upTo(longest.ofIdentifier, primitive.uri)),
  value: maybe(primitive.upTo(longest.ofIdentifier, primitive.string)),
  period: maybe(period),
  assigner: maybe(reference('Organization')),
});

export const meta = element({
  versionId: maybe(primitive.id),
  lastUpdated: maybe(primitive.instant),
  source: maybe(primitive.upTo(longest.ofUri, primitive.uri)),
  profile: many(primitive.upTo(longest.ofUri, primitive.canonical)),
  security: many(coding),
  tag: many(coding),
});

export const narrative = element({
  status: one(primitive.codeOf('generated', 'extensions', 'additional', 'empty')),
  div: { schema: z.string() },
});

export const expression = element({
  description: maybe(primitive.string),
  name: maybe(primitive.code),
  language: maybe(primitive.code),
  expression: maybe(primitive.string),
  reference: maybe(primitive.uri),
})
  .refine((it) => has(it, 'expression') || has(it, 'reference'), {
    error: 'must have an expression or a reference (exp-1)',
    params: { fhir: 'invariant' },
  })
  // As published the pattern may match anywhere in the name.
  .refine((it) => !textMember(it, 'name') || /[A-Za-z]/.test(textMember(it, 'name')), {
    error: 'must have a name that is one of a variable (exp-2)',
    params: { fhir: 'invariant' },
  });

export function attachment(version: FhirVersion): ZodType {
  return element({
    contentType: maybe(primitive.code),
    language: maybe(primitive.code),
    data: maybe(primitive.base64Binary),
    url: maybe(primitive.url),
    size: maybe(isR5(version) ? primitive.integer64 : primitive.unsignedInt),
    hash: maybe(primitive.base64Binary),
    title: maybe(primitive.string),
    creation: maybe(primitive.dateTime),
    ...(isR5(version) ? ofAttachmentR5 : {}),
  }).refine((it) => !textMember(it, 'data') || textMember(it, 'contentType') !== '', {
    error: 'must say its contentType when it holds data (att-1)',
    params: { fhir: 'invariant' },
  });
}

const ofAttachmentR5: Members = {
  height: maybe(primitive.positiveInt),
  width: maybe(primitive.positiveInt),
  frames: maybe(primitive.positiveInt),
  duration: maybe(primitive.decimal),
  pages: maybe(primitive.positiveInt),
};
