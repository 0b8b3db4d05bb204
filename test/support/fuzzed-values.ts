/** What nobody should send: values and texts that have broken servers before. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/base/json.ts';

const nested = (depth: number, inner: Json = 1): Json =>
  Array.from({ length: depth }).reduce<Json>(
    (value, _, n) => (n % 2 ? [value] : { provision: value }),
    inner,
  );

/** An own member of that name, as `JSON.parse` would make it. */
const reaching = (name: string): JsonObject => Object.fromEntries([[name, { isAdmin: true }]]);

const numbers = [0, -0, -1, 1e308, 5e-324, 2 ** 31, 2 ** 53 + 1, 0.1 + 0.2, 1e21];
const texts = [
  '',
  ' ',
  '\t',
  '\n',
  '\0',
  '\u0007',
  '\u001f',
  '\u007f',
  '\u0085',
  '\ufeff',
  '\u202e',
  '\ud800',
  '\udc00\ud800',
].concat(
  ...['é', 'e\u0301', '𝔘', 'null', 'NaN', '__proto__', 'constructor', 'hasOwnProperty', '../../etc/passwd'],
  ...[
    "'; drop table resource; --",
    '<script>alert(1)</script>',
    '$' + '{7*7}',
    '%00',
    '%s%n',
    '{{7*7}}',
    '\\',
    '"',
    '{"a":"b\\\\c"}',
    '\\x00',
  ],
  ...[
    '2026-02-30',
    '2026-13',
    '0000',
    '9999-12-31T23:59:59.999+14:00',
    '2026-06-15T12:00:60Z',
    '2026-06-15T24:00:00Z',
  ],
  ...[
    'Patient/',
    'Patient/ann/_history/',
    'Patient/../x',
    '#',
    '#a',
    'urn:uuid:x',
    'http://',
    'https://[::1',
    'javascript:alert(1)',
  ],
);
const long = [300, 2700, 9000, 70_000].flatMap((length) => [
  'x'.repeat(length),
  '€'.repeat(length),
  'a b,'.repeat(length / 4),
]);

export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...texts) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.constantFrom(...long) },
);

export const anyValue: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<Json>(null, true, false, [], {}, [null], [[]], [{}], { '': '' }, ...numbers),
  },
  { weight: 3, arbitrary: anyText },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Json>(
      nested(10),
      nested(63),
      nested(70),
      nested(3000),
      reaching('__proto__'),
      reaching('constructor'),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Json>(
      { reference: 'Patient/ann' },
      { coding: [{ code: 'x' }] },
      { start: '2026', end: '2025' },
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 2, max: 12_000 })
      .map((length) => Array.from({ length }, () => ({ code: 'a' }))),
  },
  { weight: 2, arbitrary: fc.jsonValue() as fc.Arbitrary<Json> },
);

const memberNames = [
  'resourceType',
  'id',
  'meta',
  'text',
  'contained',
  'extension',
  'modifierExtension',
  '_status',
  'status',
  'fhir_comments',
].concat(
  ...[
    'implicitRules',
    'language',
    'patient',
    'subject',
    'provision',
    'decision',
    'scope',
    'category',
    'policy',
    'policyRule',
    'identifier',
  ],
  ...[
    'sourceAttachment',
    'sourceReference',
    'period',
    'purpose',
    'actor',
    'securityLabel',
    'class',
    'data',
    'expression',
    'valueDecimal',
  ],
);
const anyName = fc.oneof(fc.constantFrom(...memberNames), anyText);

/** One change, at whichever place `where` happens to mean in the body it meets. */
export type Mutation = {
  readonly kind: 'say' | 'delete' | 'replace' | 'double' | 'wrap' | 'unwrap' | 'add' | 'graft';
  readonly where: number;
  readonly from: number;
  readonly name: string;
  readonly value: Json;
};

const kinds: readonly Mutation['kind'][] = ['delete', 'replace', 'double', 'wrap', 'unwrap', 'add', 'graft'];
const mutation = (kind: fc.Arbitrary<Mutation['kind']>, value: fc.Arbitrary<Json>): fc.Arbitrary<Mutation> =>
  fc.record({ kind, where: fc.nat(999), from: fc.nat(999), name: anyName, value });
/** Unusual and mostly legal, so that it gets further than to the door. */
const legal = fc.constantFrom(
  ...[
    'é',
    '𝔘',
    'a|b,c$',
    '%00',
    'null',
    '__proto__',
    'x'.repeat(300),
    '€'.repeat(9000),
    'TREAT',
    'R',
    'active',
    'permit',
  ],
  ...[
    'Patient/ann',
    'Patient/bob',
    'Organization/h',
    'https://elsewhere.example/fhir/Organization/1/_history/2',
    'urn:uuid:x',
  ],
  ...[
    '2026',
    '2026-06-15',
    '2026-06-15T12:00:00.123456789+14:00',
    '0001-01-01',
    '9999-12-31',
    '9999-12-31T23:59:59-12:00',
  ],
);
const said = mutation(
  fc.constant('say'),
  fc.oneof({ weight: 1, arbitrary: anyText }, { weight: 2, arbitrary: legal }),
);

export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(mutation(fc.constantFrom(...kinds), anyValue), { minLength: 1, maxLength: 3 }),
  },
  { weight: 3, arbitrary: fc.array(said, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.tuple(said, mutation(fc.constant('delete'), anyValue)) },
);

type Place = readonly (string | number)[];

function placesIn(value: Json, at: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null || at.length > 12) return [at];
  const inner: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [at, ...inner.slice(0, 40).flatMap(([step, member]) => placesIn(member, [...at, step]))];
}

const valueAt = (value: Json, place: Place): Json =>
  place.reduce<Json>((at, step) => (at as Readonly<Record<string | number, Json>>)[step] ?? null, value);

/** With what `change` makes of the value there; undefined takes it away. */
function changed(
  value: Json,
  [step, ...rest]: Place,
  change: (there: Json) => Json | undefined,
): Json | undefined {
  if (step === undefined) return change(value);
  if (Array.isArray(value))
    return value.flatMap((each: Json, at) => {
      const kept = at === step ? changed(each, rest, change) : each;
      return kept === undefined ? [] : [kept];
    });
  return Object.fromEntries(
    Object.entries(value as JsonObject).flatMap(([name, member]): [string, Json][] => {
      const kept = name === step ? changed(member, rest, change) : member;
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}

export function mutated(body: Json, changes: readonly Mutation[]): Json {
  return changes.reduce<Json>((value, { kind, where, from, name, value: given }) => {
    const all = placesIn(value);
    const words = all.filter((place) => typeof valueAt(value, place) === 'string');
    const places = kind === 'say' && words.length > 0 ? words : all;
    const place = places[where % places.length] ?? [];
    const graft = valueAt(value, places[from % places.length] ?? []);
    return changed(value, place, (there) => remade(kind, there, { name, given, graft })) ?? null;
  }, body);
}

type With = { readonly name: string; readonly given: Json; readonly graft: Json };

function remade(kind: Mutation['kind'], there: Json, { name, given, graft }: With): Json | undefined {
  const isObject = typeof there === 'object' && there !== null && !Array.isArray(there);
  switch (kind) {
    case 'delete':
      return undefined;
    case 'say':
    case 'replace':
      return given;
    case 'double':
      return Array.isArray(there)
        ? [...(there as readonly Json[]), ...(there as readonly Json[])]
        : [there, there];
    case 'wrap':
      return isObject ? [there] : { [name]: there };
    case 'unwrap':
      return Array.isArray(there)
        ? ((there as readonly Json[])[0] ?? null)
        : (Object.values(there ?? {})[0] as Json);
    case 'add':
      return isObject ? Object.fromEntries([...Object.entries(there), [name, given]]) : [there, given];
    case 'graft':
      return graft;
  }
}

/** A text cut, repeated or mixed with what does not belong there. */
export type Damage = {
  readonly at: number;
  readonly length: number;
  readonly insert: string;
  readonly times: number;
};

const pieces = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\',
  '\\u0000',
  '\\ud800',
  '\ufeff',
  '\0',
  '1e999',
  '-',
  '01',
  'NaN',
  'tru',
  '/*',
  '"__proto__":{"a":1},',
].concat(
  ...[
    '"status":"draft",',
    '"resourceType":"Patient",',
    '1'.repeat(5000),
    '['.repeat(5000),
    '{"a":'.repeat(5000),
    '\r\n',
    ' '.repeat(5000),
  ],
);

export const damages: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.record({
    at: fc.nat(99_999),
    length: fc.oneof(fc.constant(0), fc.nat(60)),
    insert: fc.oneof(
      fc.constant(''),
      fc.constantFrom(...pieces),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    times: fc.constantFrom(1, 1, 1, 2, 50),
  }),
  { minLength: 1, maxLength: 3 },
);

export const damaged = (text: string, all: readonly Damage[]): string =>
  all.reduce((damagedText, { at, length, insert, times }) => {
    const from = at % (damagedText.length + 1);
    return damagedText.slice(0, from) + insert.repeat(times) + damagedText.slice(from + length);
  }, text);
