/** FHIR primitive types as schemas (FHIR R4 §2.24.0.1). */
import { type ZodType, z } from 'zod';
import { parseInstant } from '../../base/instant.ts';
import { spanOf } from '../civil-time.ts';

const isInstant = (text: string): boolean => parseInstant(text) !== undefined && !text.startsWith('0000');
const isDateTime = (text: string): boolean => spanOf(text, 'UTC') !== undefined && !text.startsWith('0000');
const isDate = (text: string): boolean => !text.includes('T') && isDateTime(text);

/** Told apart from other types, since in JSON a primitive may have a `_name` sibling (FHIR R4 §2.6.2.3). */
export type Primitive = { readonly primitive: ZodType };

const matching = (pattern: RegExp, name: string): Primitive => ({
  primitive: z.string().regex(pattern, { error: `not a valid ${name}`, abort: true }),
});

const passing = (test: (text: string) => boolean, name: string): Primitive => ({
  primitive: z.string().refine(test, { error: `not a valid ${name}`, params: { fhir: 'value' } }),
});

const utf8 = new TextEncoder();

/** Most text is short enough in whichever way it is encoded. */
const fitsIn = (bytes: number, text: string): boolean =>
  text.length * 3 <= bytes || utf8.encode(text).length <= bytes;

/** No longer than an index of the store takes in; counted as it counts, in bytes. */
export const upTo = (bytes: number, { primitive }: Primitive): Primitive => ({
  primitive: primitive.refine((text) => typeof text !== 'string' || fitsIn(bytes, text), {
    error: `must not be longer than ${bytes} bytes`,
    params: { fhir: 'too-long' },
  }),
});

export const boolean: Primitive = { primitive: z.boolean() };
export const string: Primitive = { primitive: z.string() };
export const code = matching(/^\S+(?:\s\S+)*$/, 'code');
export const id = matching(/^[A-Za-z0-9\-.]{1,64}$/, 'id');
export const uri = matching(/^\S*$/, 'uri');
export const url = matching(/^\S*$/, 'url');
export const canonical = matching(/^\S*$/, 'canonical');
export const date = passing(isDate, 'date');
export const dateTime = passing(isDateTime, 'dateTime');
export const instant = passing(isInstant, 'instant');
export const time = matching(/^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?$/, 'time');
export const integer: Primitive = { primitive: z.int32() };
export const unsignedInt: Primitive = { primitive: z.int32().min(0) };
export const positiveInt: Primitive = { primitive: z.int32().min(1) };
/** Carried as a string, since JSON numbers end at 53 bits (FHIR R5 §2.1.28.0.1). */
export const integer64 = matching(/^(?:0|-?[1-9]\d{0,18})$/, 'integer64');
export const decimal: Primitive = { primitive: z.number() };
export const base64Binary = passing(
  (text) =>
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replaceAll(/\s/g, '')),
  'base64Binary',
);

/** A code of a required binding. */
export const codeOf = <const Codes extends readonly string[]>(...codes: Codes): Primitive => ({
  primitive: z.enum(codes),
});
