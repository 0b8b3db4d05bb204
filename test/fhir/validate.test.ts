/** The JSON form and the datatypes of FHIR (FHIR R4 §2.6.2, §2.24). */
import { describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import type { JsonObject } from '../../src/base/json.ts';
import {
  attachment,
  codeableConcept,
  coding,
  expression,
  identifier,
  meta,
  period,
  pointed,
  reference,
} from '../../src/fhir/schemas/datatypes.ts';
import { domainResource } from '../../src/fhir/schemas/domain-resource.ts';
import { element, type Members, many, maybe, one, recursive } from '../../src/fhir/schemas/element.ts';
import * as primitive from '../../src/fhir/schemas/primitives.ts';
import { domainResourceInvariants } from '../../src/fhir/validation/invariant-tables.ts';
import { brokenInvariants } from '../../src/fhir/validation/invariants.ts';
import { localReferenceProblems } from '../../src/fhir/validation/local-references.ts';
import { pointerTo, refusalOf, structureProblems } from '../../src/fhir/validation/validate.ts';

const problems = (members: Members, body: JsonObject) =>
  structureProblems(domainResource('Thing', members, 'refused'), { resourceType: 'Thing', ...body }).map(
    ({ code, pointer }) => [code, pointer],
  );
const types = { ...primitive };
const fits = (type: ZodType | primitive.Primitive, value: JsonObject[string]) =>
  problems({ it: one(type) }, { it: value }).length === 0;

describe('the JSON form (FHIR R4 §2.6.2)', () => {
  it('has no null, nothing empty and no control characters', () => {
    const members = { a: maybe(primitive.string), b: maybe(codeableConcept), c: many(codeableConcept) };
    expect(problems(members, { a: null })).toEqual([['structure', 'Thing.a']]);
    expect(problems(members, { a: '' })).toEqual([['value', 'Thing.a']]);
    expect(problems(members, { b: {} })).toEqual([['structure', 'Thing.b']]);
    expect(problems(members, { c: [] })).toEqual([['structure', 'Thing.c']]);
    expect(problems(members, { a: 'a\u0000b' })).toEqual([['value', 'Thing.a']]);
    expect(problems(members, { a: 'a\tb\r\nc' })).toEqual([]);
  });

  it('lets a primitive have a sibling with extensions (§2.6.2.3)', () => {
    const members = { a: maybe(primitive.date), l: many(primitive.dateTime), c: maybe(codeableConcept) };
    const sibling = { extension: [{ url: 'urn:absent', valueCode: 'unknown' }] };
    expect(problems(members, { _a: sibling })).toEqual([]);
    expect(problems(members, { l: ['2020', null], _l: [null, sibling] })).toEqual([]);
    expect(problems(members, { _c: sibling })).toEqual([['structure', 'Thing._c']]);
    expect(problems(members, { _a: { value: 'x' } })).toEqual([['structure', 'Thing._a.value']]);
    expect(problems({ a: one(primitive.date) }, { _a: sibling })).toEqual([['required', 'Thing.a']]);
  });

  it('has a value or children in every element (ele-1)', () => {
    const members = { a: maybe(primitive.date), l: many(primitive.dateTime), c: many(codeableConcept) };
    const extended = { id: 'x', extension: [{ url: 'urn:absent', valueCode: 'unknown' }] };
    expect(problems(members, { c: [{ text: 'a' }, { id: 'x' }] })).toEqual([['invariant', 'Thing.c[1]']]);
    expect(problems(members, { _a: { id: 'x' } })).toEqual([['invariant', 'Thing._a']]);
    expect(problems(members, { a: '2020', _a: { id: 'x' } })).toEqual([]);
    expect(problems(members, { _a: extended })).toEqual([]);
    expect(problems(members, { l: ['2020', null] })).toEqual([['invariant', 'Thing.l[1]']]);
    expect(problems(members, { l: [null, '2020'], _l: [{ id: 'x' }, { id: 'y' }] })).toEqual([
      ['invariant', 'Thing.l[0]'],
      ['invariant', 'Thing._l[0]'],
    ]);
    expect(problems(members, { l: ['2020', null], _l: [null, extended] })).toEqual([]);
  });

  it('names what is wrong by FHIRPath, whatever the name', () => {
    expect(pointerTo('Consent', ['provision', 'actor', 0, 'role'])).toBe('Consent.provision.actor[0].role');
    expect(problems({}, { 'x y`<': 1 })).toEqual([['structure', 'Thing.`x y?<`']]);
    expect(problems({ c: many(codeableConcept) }, { c: [{ text: 'a' }, { foo: 1 }] })).toEqual([
      ['structure', 'Thing.c[1].foo'],
    ]);
  });

  it('reports no more than helps', () => {
    const body = Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`x${n}`, 1]));
    expect(problems({}, body)).toHaveLength(50);
    expect(problems({}, { x: Array(900).fill('') })).toHaveLength(50);
    const parts = Array(900).fill({ code: 'value', detail: 'x' });
    expect(refusalOf('unprocessable', 'Thing', parts).parts).toHaveLength(50);
  });

  it('looks into no list of more than 10,000 and no object of more than 1,000', () => {
    const list = (length: number) => ({ c: Array(length).fill({ text: 'a' }) });
    const object = (length: number) =>
      Object.fromEntries(Array.from({ length }, (_, n) => [`x${n}`, n === 0 ? '' : 1]));
    const members = { c: many(codeableConcept) };
    expect(problems(members, list(10_000))).toEqual([]);
    expect(problems(members, list(10_001))).toEqual([['too-long', 'Thing.c']]);
    expect(problems(members, { c: object(1000) })).toEqual([['value', 'Thing.c.x0']]);
    expect(problems(members, { c: object(1001) })).toEqual([['too-long', 'Thing.c']]);
  });
});

describe('the work of looking', () => {
  const nested = (inner: unknown): unknown => ({
    inner: [inner],
    c: Array(9000).fill(1),
    d: Array(9000).fill(1),
  });
  const thing: ZodType = element({
    c: many(codeableConcept),
    d: many(primitive.date),
    inner: many(recursive(() => thing)),
  });
  const issuesIn = (body: unknown) => thing.safeParse(body).error?.issues.length;

  it.each([
    ['a list of nothing right', { c: Array(10_000).fill(1) }, 50],
    ['many such lists', { inner: Array(50).fill({ c: Array(10_000).fill(1) }) }, 50],
    ['faults of one list after another', { inner: Array(10_000).fill({ c: [1] }) }, 50],
    ['lists of primitives', { d: Array(10_000).fill('x'), _d: Array(10_000).fill(1) }, 100],
    ['such lists at every depth', Array.from({ length: 30 }).reduce(nested, {}), 30 * 100],
  ])('stops where enough is wrong: %s', (_, body, most) => {
    expect(issuesIn(body)).toBeLessThanOrEqual(most);
  });
});

describe('primitive types (FHIR R4 §2.24.0.1)', () => {
  it.each([
    [
      'date',
      ['2020', '2020-02', '2020-02-29'],
      ['20', '2020-13', '2021-02-29', '2020-2-1', '2020-01-01T00:00:00Z', '0000', 7],
    ],
    [
      'dateTime',
      ['2020', '2020-01-01T10:00:00Z', '2020-01-01T10:00:00.123+02:00'],
      ['2020-01-01T10:00', '2020-01-01T10:00:00', '2020-01-01T25:00:00Z', 'now'],
    ],
    ['instant', ['2020-01-01T10:00:00.5Z'], ['2020', '2020-01-01', '2020-01-01T10:00:00']],
    ['code', ['a', 'a b'], [' a', 'a ', 'a  b']],
    ['id', ['a-B.1', 'a'.repeat(64)], ['a_b', 'a'.repeat(65), 'a/b']],
    ['uri', ['urn:x', 'http://a/b'], ['a b']],
    ['boolean', [true, false], ['true', 1]],
    ['positiveInt', [1], [0, 1.5, '1']],
    ['unsignedInt', [0], [-1, 2 ** 31]],
    ['integer64', ['0', '9007199254740993'], [1, '01', 'x']],
    ['base64Binary', ['aGk=', 'aGVsbG8g', 'aG\nk='], ['a', 'aGk', 'a=Gk', 'aGk=aGk=']],
  ] as const)('%s', (name, good, bad) => {
    for (const value of good) expect([value, fits(types[name], value)]).toEqual([value, true]);
    for (const value of bad) expect([value, fits(types[name], value)]).toEqual([value, false]);
  });
});

describe('datatypes', () => {
  it('Period does not end before it starts, each read to its precision (per-1)', () => {
    expect(fits(period, { start: '2020-01-15', end: '2020-01' })).toBe(true);
    expect(fits(period, { start: '2020-02', end: '2020-01-31' })).toBe(false);
    expect(fits(period, { end: '2020' })).toBe(true);
  });

  it('Attachment with data says what it is, and counts its size as its version does (att-1)', () => {
    expect(fits(attachment('4.0'), { data: 'aGk=', contentType: 'text/plain', size: 2 })).toBe(true);
    expect(fits(attachment('4.0'), { data: 'aGk=' })).toBe(false);
    expect(fits(attachment('5.0'), { contentType: 'text/plain', size: 2 })).toBe(false);
    expect(fits(attachment('5.0'), { contentType: 'text/plain', size: '2', pages: 1 })).toBe(true);
  });

  it('Reference is held to its target types where it names one', () => {
    const toPatient = reference('Patient', 'Group');
    for (const good of [
      'Patient/1',
      'https://a.example/fhir/Group/1',
      '#inside',
      'urn:uuid:0',
      'Patient/1/_history/2',
    ]) {
      expect([good, fits(toPatient, { reference: good })]).toEqual([good, true]);
    }
    expect(fits(toPatient, { reference: 'Device/1' })).toBe(false);
    expect(fits(toPatient, { reference: 'https://a.example/fhir/Device/1/_history/2' })).toBe(false);
    expect(fits(toPatient, { type: 'Device', identifier: { value: '1' } })).toBe(false);
    expect(fits(reference(), { reference: 'Device/1' })).toBe(true);
  });

  it('Identifier and Reference fit into an index, counted in bytes', () => {
    const codesOf = (type: ZodType, value: JsonObject) => problems({ it: one(type) }, { it: value });
    for (const name of ['system', 'value']) {
      expect(fits(identifier, { [name]: 'x'.repeat(512) })).toBe(true);
      for (const long of ['x'.repeat(513), '😀'.repeat(129)])
        expect(codesOf(identifier, { [name]: long })).toEqual([['too-long', `Thing.it.${name}`]]);
    }
    const local = 'Patient/1';
    expect(fits(reference(), { reference: local.padStart(1024, 'x/') })).toBe(true);
    expect(codesOf(reference(), { reference: local.padStart(1025, 'x/') })).toEqual([
      ['too-long', 'Thing.it.reference'],
    ]);
  });

  it('Coding and Meta fit into an index', () => {
    const codesOf = (type: ZodType, value: JsonObject) => problems({ it: one(type) }, { it: value });
    const long = (bytes: number) => 'x'.repeat(bytes);
    expect(fits(coding, { system: long(1024), code: long(512) })).toBe(true);
    expect(codesOf(coding, { system: long(1025) })).toEqual([['too-long', 'Thing.it.system']]);
    expect(codesOf(coding, { code: `${long(510)}ü!` })).toEqual([['too-long', 'Thing.it.code']]);
    expect(fits(meta, { source: long(1024), profile: [long(1024)] })).toBe(true);
    expect(codesOf(meta, { source: long(1025) })).toEqual([['too-long', 'Thing.it.source']]);
    expect(codesOf(meta, { profile: ['a', long(1025)] })).toEqual([['too-long', 'Thing.it.profile[1]']]);
  });

  it('Expression has something to evaluate, and a name that is one (exp-1, exp-2)', () => {
    expect(fits(expression, { expression: 'true', name: 'x1' })).toBe(true);
    expect(fits(expression, { reference: 'urn:x' })).toBe(true);
    expect(fits(expression, { language: 'text/fhirpath' })).toBe(false);
    expect(fits(expression, { expression: 'true', name: '1' })).toBe(false);
  });

  it('Reference of R5 refers to something (ref-2)', () => {
    for (const good of [{ reference: 'Patient/1' }, { identifier: { value: '1' } }, { display: 'a' }])
      expect([good, fits(pointed(reference()), good)]).toEqual([good, true]);
    expect(fits(pointed(reference()), { type: 'Patient' })).toBe(false);
    expect(fits(reference(), { type: 'Patient' })).toBe(true);
  });

  it('Identifier and Reference contain each other', () => {
    expect(
      fits(identifier, {
        value: '1',
        assigner: { identifier: { value: '2', assigner: { reference: 'Organization/1' } } },
      }),
    ).toBe(true);
    expect(fits(identifier, { value: '1', assigner: { identifier: { use: 'nonsense' } } })).toBe(false);
  });

  it('Extension has either one value or extensions (ext-1)', () => {
    const withExtension = (...extension: JsonObject[]) => problems({}, { extension }).length === 0;
    expect(withExtension({ url: 'urn:x', valueString: 'a' })).toBe(true);
    expect(withExtension({ url: 'urn:x', extension: [{ url: 'y', valueQuantity: { value: 1 } }] })).toBe(
      true,
    );
    expect(withExtension({ url: 'urn:x' })).toBe(false);
    expect(withExtension({ valueString: 'a' })).toBe(false);
    expect(withExtension({ url: 'urn:x', valueString: 'a', valueCode: 'b' })).toBe(false);
    expect(withExtension({ url: 'urn:x', valueString: 'a', extension: [{ url: 'y', valueCode: 'b' }] })).toBe(
      false,
    );
    expect(withExtension({ url: 'urn:x', valueNonsense: 'a' })).toBe(false);
  });
});

describe('contained resources (dom-2 to dom-5)', () => {
  const problemsIn = (resource: JsonObject) => [
    ...brokenInvariants(domainResourceInvariants, resource).map(({ part }) => part),
    ...localReferenceProblems(resource),
  ];
  const contains = (inner: JsonObject, more: JsonObject = { party: { reference: '#o' } }) =>
    problemsIn({
      resourceType: 'Thing',
      contained: [
        { resourceType: 'Organization', id: 'o', ...inner },
        { resourceType: 'Organization', id: 'p', partOf: { reference: '#' } },
      ],
      ...more,
    });

  it('are plain and referred to', () => {
    expect(contains({ meta: { profile: ['urn:x'] } })).toEqual([]);
    expect(contains({ partOf: { reference: '#' } }, {})).toEqual([]);
    expect(contains({}, { extension: [{ url: 'urn:x', valueUri: '#o' }] })).toEqual([]);
    expect(contains({}, { text: { div: '<div><img src="#o"/></div>' } })).toEqual([]);
  });

  it.each([
    ['dom-2', { contained: [{ resourceType: 'Patient' }] }],
    ['dom-3', { identifier: [{ value: '1' }] }],
    ['dom-4', { meta: { versionId: '1' } }],
    ['dom-4', { meta: { lastUpdated: '2026-01-01T00:00:00Z' } }],
    ['dom-5', { meta: { security: [{ code: 'R' }] } }],
  ])('break %s: %j', (key, inner) => {
    expect(contains(inner, key === 'dom-3' ? {} : undefined)).toMatchObject([
      { code: 'invariant', pointer: 'Thing.contained[0]', detail: expect.stringContaining(key) },
    ]);
  });

  it('are there for whoever refers to them (ref-1)', () => {
    const parties = [{ reference: '#o' }, { reference: '#elsewhere' }, { reference: '#' }];
    expect(contains({}, { party: parties }).map(({ pointer }) => pointer)).toEqual([
      'Thing.party[1]',
      'Thing.party[2]',
    ]);
    expect(contains({ partOf: { reference: '#p' } })).toEqual([]);
    expect(contains({}, { party: { reference: '#o' }, expression: { reference: '#elsewhere' } })).toEqual([]);
  });
});
