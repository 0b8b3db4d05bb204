/** Builds the schema of an element from its table: members, cardinalities, and nothing besides. */
import { type ZodType, z } from 'zod';
import type { Primitive } from './primitives.ts';
import * as primitives from './primitives.ts';

/** What stands under one name, and under `_name` when the type is primitive. */
export type Member = { readonly schema: ZodType; readonly sibling?: ZodType };
export type Members = Readonly<Record<string, Member>>;
type Type = ZodType | Primitive;

/** 0..1 */
export const maybe = (type: Type): Member =>
  'primitive' in type
    ? { schema: type.primitive.optional(), sibling: onPrimitive.optional() }
    : { schema: type.optional() };

/** 1..1; of a primitive the value itself, for an extension does not stand in for what the engine reads. */
export const one = (type: Type): Member =>
  'primitive' in type ? { schema: type.primitive, sibling: onPrimitive.optional() } : { schema: type };

/** 0..*, or no more than `most` */
export const many = (type: Type, most = Number.POSITIVE_INFINITY): Member =>
  'primitive' in type
    ? {
        schema: listOf(type.primitive.nullable(), most).optional(),
        sibling: listOf(onPrimitive.nullable(), most).optional(),
      }
    : { schema: listOf(type, most).optional() };

/** 1..*, or no more than `most` */
export const some = (type: ZodType, most = Number.POSITIVE_INFINITY): Member => ({
  schema: listOf(type, most),
});

/** Enough to mend a body by; not enough to make the answer larger than the question. */
export const mostReported = 50;

/** An array that is not looked at any further once enough is wrong with it: a fault costs more to name than to send. */
const listOf = (item: ZodType, most: number): ZodType =>
  z.array(z.unknown()).check(({ value, issues }) => {
    if (value.length > most) {
      issues.push({ ...tooLong(most), input: value });
      return;
    }
    for (const [index, input] of value.entries()) {
      if (issues.length >= mostReported) return;
      for (const issue of item.safeParse(input).error?.issues ?? [])
        issues.push({ ...issue, path: [index, ...issue.path], input } as (typeof issues)[number]);
    }
  });

const tooLong = (most: number) => ({
  code: 'custom' as const,
  message: `must not hold more than ${most}`,
  params: { fhir: 'too-long' },
});

/** An Element: what every datatype may carry besides its own members. */
export const element = (members: Members): ZodType => z.strictObject(shapeOf({ ...ofElement, ...members }));

/** A BackboneElement. */
export const backbone = (members: Members): ZodType =>
  z.strictObject(shapeOf({ ...ofElement, modifierExtension: many(extension), ...members }));

/** An element of which we check what we read, and keep the rest as it came. */
export const open = (members: Members): ZodType => z.looseObject(shapeOf({ ...ofElement, ...members }));

/** For a type that contains itself. */
export const recursive = (type: () => ZodType): ZodType => z.lazy(type);

export function shapeOf(members: Members): Record<string, ZodType> {
  const named = Object.entries(members).flatMap(([name, { schema, sibling }]): [string, ZodType][] =>
    sibling
      ? [
          [name, schema],
          [`_${name}`, sibling],
        ]
      : [[name, schema]],
  );
  return Object.fromEntries(named);
}

/** FHIR R4 §2.24.0.7: a url, and either a value or extensions (ext-1). */
export const extension: ZodType = recursive(() => anExtension);

/** Loosely: an extension of a type that no rule of ours reads is kept as it came. */
const anyObject = z.record(z.string(), z.unknown());

const onPrimitive: ZodType = recursive(() => z.strictObject(shapeOf(ofElement)));
const ofElement: Members = { id: { schema: z.string().optional() }, extension: many(extension) };

const primitiveTypes = {
  Base64Binary: primitives.base64Binary,
  Boolean: primitives.boolean,
  Canonical: primitives.canonical,
  Code: primitives.code,
  Date: primitives.date,
  DateTime: primitives.dateTime,
  Decimal: primitives.decimal,
  Id: primitives.id,
  Instant: primitives.instant,
  Integer: primitives.integer,
  Integer64: primitives.integer64,
  Markdown: primitives.string,
  Oid: primitives.uri,
  PositiveInt: primitives.positiveInt,
  String: primitives.string,
  Time: primitives.time,
  UnsignedInt: primitives.unsignedInt,
  Uri: primitives.uri,
  Url: primitives.url,
  Uuid: primitives.uri,
} as const;

/** R4 and R5 together. */
const complexTypes =
  'Address Age Annotation Attachment Availability CodeableConcept CodeableReference Coding ContactDetail ContactPoint ' +
  'Contributor Count DataRequirement Distance Dosage Duration Expression ExtendedContactDetail HumanName Identifier Meta ' +
  'Money MonetaryComponent ParameterDefinition Period Quantity Range Ratio RatioRange Reference RelatedArtifact ' +
  'SampledData Signature Timing TriggerDefinition UsageContext VirtualServiceDetail';

const values: Members = {
  ...Object.fromEntries(Object.entries(primitiveTypes).map(([name, type]) => [`value${name}`, maybe(type)])),
  ...Object.fromEntries(complexTypes.split(' ').map((name) => [`value${name}`, maybe(anyObject)])),
};
const valueNames: ReadonlySet<string> = new Set(Object.keys(values));

const anExtension = z.strictObject(shapeOf({ ...ofElement, url: one(primitives.uri), ...values })).refine(
  (it: Readonly<Record<string, unknown>>) => {
    const held = new Set(Object.keys(it).map((name) => name.replace('_', '')));
    return held.intersection(valueNames).size + (held.has('extension') ? 1 : 0) === 1;
  },
  { error: 'must have either extensions or one value (ext-1)', params: { fhir: 'invariant' } },
);
