/** Bodies as text, with members in any order and numbers that mean more than they amount to; and how they are read back. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/base/json.ts';
import type { Submission } from './consent-corpus.ts';

/** ECMAScript 2026; the compiler's library does not have it yet. */
const json = JSON as unknown as { rawJSON(digits: string): JsonObject; isRawJSON(value: unknown): boolean };

/** All of them are 1, 10, 0 or close to it, and none of them is written as JavaScript would. */
const digits = fc.constantFrom(
  '1.0',
  '1.00',
  '1.10',
  '10e0',
  '1E1',
  '0.000',
  '-0',
  '0.10000000000000000000001',
  '1e-7',
  '12345678901234567.0',
);
const decimal = digits.map((value) => ({ url: 'urn:decimal', valueDecimal: json.rawJSON(value) }));
const words = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => /^\S(.*\S)?$/su.test(text) && !/\p{Cc}/u.test(text));
const text = words.map((valueString) => ({ url: 'urn:text', valueString }));
const extensions = fc.array(fc.oneof(decimal, text), { minLength: 1, maxLength: 3 });

type Sent = { readonly base: string; readonly text: string };

/** A consent of the shape of the base, in an order that the seed decides. */
export const verbatim = (submissions: fc.Arbitrary<Submission>, base: string): fc.Arbitrary<Sent> =>
  fc
    .tuple(
      submissions.filter(({ release }) => (release === 'R5') === (base === 'R5')),
      extensions,
      fc.infiniteStream(fc.nat()),
    )
    .map(([{ resource }, extension, chance]) => {
      const own = (resource['extension'] ?? []) as readonly Json[];
      return {
        base,
        text: JSON.stringify(shuffled({ ...resource, extension: [...own, ...extension] }, chance)),
      };
    });

function shuffled(value: Json, chance: Iterator<number>): Json {
  if (Array.isArray(value)) return value.map((each: Json) => shuffled(each, chance));
  if (typeof value !== 'object' || value === null || json.isRawJSON(value)) return value;
  const members = Object.entries(value as JsonObject).map(([name, member]) => ({
    at: Number(chance.next().value),
    member: [name, shuffled(member, chance)] as const,
  }));
  return Object.fromEntries(members.toSorted((a, b) => a.at - b.at).map(({ member }) => member));
}

/** Type, id and meta come first, with what the server assigns; all else stands as it was sent. */
export function asItIsRead(
  text: string,
  { id, versionId, lastUpdated }: Readonly<Record<string, string>>,
): string {
  const sent = JSON.parse(text, keepDigits) as JsonObject;
  const { resourceType = null, id: _, meta, ...rest } = sent;
  const assigned = { ...(meta as JsonObject | undefined), versionId, lastUpdated };
  return JSON.stringify({ resourceType, id, meta: assigned, ...rest });
}

const keepDigits = ((_name: string, value: unknown, { source }: { readonly source?: string }) =>
  typeof value === 'number' && source !== undefined ? json.rawJSON(source) : value) as never;
