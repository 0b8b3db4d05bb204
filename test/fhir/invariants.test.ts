/** What is enforced in a faster form says what the published FHIRPath says (fhir-consent.md §1, FHIR R4 §2.24, R5 §2.1.28). */
import fc from 'fast-check';
import fhirpath from 'fhirpath';
import r4Model from 'fhirpath/fhir-context/r4';
import r5Model from 'fhirpath/fhir-context/r5';
import { describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import type { Json, JsonObject } from '../../src/base/json.ts';
import { consentInvariants } from '../../src/consent/invariants.ts';
import { attachment, expression, period, pointed, reference } from '../../src/fhir/schemas/datatypes.ts';
import { domainResource } from '../../src/fhir/schemas/domain-resource.ts';
import { extension, many, maybe } from '../../src/fhir/schemas/element.ts';
import { string } from '../../src/fhir/schemas/primitives.ts';
import { brokenInvariants, holds } from '../../src/fhir/validation/invariants.ts';
import { localReferenceProblems } from '../../src/fhir/validation/local-references.ts';
import { structureProblems } from '../../src/fhir/validation/validate.ts';

/** As published, with the type they are a constraint of. */
const published = {
  'ele-1': 'hasValue() or (children().count() > id.count())',
  'ext-1': 'extension.exists() != value.exists()',
  'att-1': 'data.empty() or contentType.exists()',
  'per-1 (R4)': 'start.hasValue().not() or end.hasValue().not() or (start <= end)',
  'per-1 (R5)':
    'start.hasValue().not() or end.hasValue().not() or (start.lowBoundary() <= end.highBoundary())',
  'exp-1': 'expression.exists() or reference.exists()',
  // But for the backslash before the underscore, which JavaScript's expressions refuse.
  'exp-2': "name.hasValue() implies name.matches('[A-Za-z][A-Za-z0-9_]{0,63}')",
  'ref-1 (R5)':
    "reference.exists() implies (reference.startsWith('#').not() or (reference.substring(1).trace('url') in " +
    "%rootResource.contained.id.trace('ids')) or (reference='#' and %rootResource!=%resource))",
  'ref-2': 'reference.exists() or identifier.exists() or display.exists() or extension.exists()',
  // R4 writes `as(canonical)` of many items, which FHIRPath came to forbid; R5 corrected it to this.
  'dom-3':
    "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().ofType(canonical) | " +
    '%resource.descendants().ofType(uri) | %resource.descendants().ofType(url))) or ' +
    "descendants().where(reference = '#').exists() or descendants().where(ofType(canonical) = '#').exists() or " +
    "descendants().where(ofType(canonical) = '#').exists()).not()).trace('unmatched', id).empty()",
} as const;

type Key = keyof typeof published;
const quiet = { async: false, traceFn: () => undefined } as const;

const answers = (key: Key, value: JsonObject, base: string, around: JsonObject = value, model = r5Model) => {
  const evaluate = fhirpath.compile(
    base ? { base, expression: published[key] } : published[key],
    model,
    quiet,
  );
  const [answer]: readonly unknown[] = evaluate(value, { resource: around, rootResource: around });
  return answer;
};
const fits = (schema: ZodType, value: JsonObject) => schema.safeParse(value).success;

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const present = (value: object): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));

describe('a schema agrees with the invariant as published', () => {
  const extended = [{ url: 'urn:y', valueString: 'a' }];

  it.each([
    [
      'ext-1',
      extension,
      'Extension',
      {
        url: fc.constant('urn:x'),
        extension: some(fc.constant(extended)),
        valueString: some(fc.constant('a')),
        id: some(fc.constant('i')),
      },
    ],
    [
      'att-1',
      attachment('5.0'),
      'Attachment',
      {
        data: some(fc.constant('aGk=')),
        contentType: some(fc.constant('text/plain')),
        title: some(fc.constant('a')),
      },
    ],
    [
      'exp-1',
      expression,
      'Expression',
      {
        expression: some(fc.constant('true')),
        reference: some(fc.constant('urn:x')),
        language: fc.constant('text/fhirpath'),
      },
    ],
    [
      'exp-2',
      expression,
      'Expression',
      { expression: fc.constant('true'), name: some(fc.stringMatching(/^[A-Za-z0-9_-]{1,5}$/)) },
    ],
    [
      'ref-2',
      pointed(reference()),
      'Reference',
      {
        reference: some(fc.constant('Patient/1')),
        type: some(fc.constant('Patient')),
        display: some(fc.constant('a')),
        identifier: some(fc.constant({ value: '1' })),
        extension: some(fc.constant(extended)),
      },
    ],
  ] as const)('%s', (key, schema, type, members) => {
    fc.assert(
      fc.property(fc.record(members as Record<string, fc.Arbitrary<unknown>>).map(present), (value) => {
        expect(fits(schema, value)).toBe(answers(key, value, type) === true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('per-1', () => {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = fc
    .tuple(
      fc.integer({ min: 2024, max: 2025 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 28 }),
    )
    .map(([y, m, d]) => [String(y), `${y}-${two(m)}`, `${y}-${two(m)}-${two(d)}`] as const);
  const moment = fc
    .tuple(day, fc.integer({ min: 0, max: 23 }), fc.constantFrom('Z', '+02:00', '-05:00'))
    .map(([[, , date], hour, zone]) => `${date}T${two(hour)}:30:00${zone}`);
  const date = fc
    .tuple(day, fc.integer({ min: 0, max: 2 }))
    .map(([forms, precision]) => forms[precision] ?? '');
  const pairs = fc.oneof(fc.tuple(moment, moment), fc.tuple(date, date));

  it('is refused where the expression of R4 is false, and taken where it is true or cannot tell', () => {
    fc.assert(
      fc.property(pairs, ([start, end]) => {
        const answer = answers('per-1 (R4)', { start, end }, 'Period', undefined, r4Model);
        expect(fits(period, { start, end })).toBe(answer !== false);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused wherever the expression of R5 is false', () => {
    fc.assert(
      fc.property(pairs, ([start, end]) => {
        if (answers('per-1 (R5)', { start, end }, 'Period') === false)
          expect(fits(period, { start, end })).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('holds where either end is missing', () => {
    for (const open of [{ start: '2024' }, { end: '2024' }]) {
      expect(fits(period, open)).toBe(true);
      expect(answers('per-1 (R5)', open, 'Period')).toBe(true);
    }
  });
});

describe('ele-1', () => {
  const schema = domainResource('Consent', { language: maybe(string), note: many(extension) }, 'kept');

  it('is refused where the expression is not true', () => {
    const element = fc
      .record({ id: some(fc.constant('i')), display: some(fc.constant('a')) })
      .map(present)
      .filter((value) => Object.keys(value).length > 0);
    fc.assert(
      fc.property(element, (subject) => {
        const resource = { resourceType: 'Consent', subject };
        const broken = structureProblems(schema, resource).some(({ code }) => code === 'invariant');
        expect(broken).toBe(answers('ele-1', subject, 'Reference') !== true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('references between a resource and what it contains', () => {
  const id = fc.constantFrom('a', 'b', 'c');
  const target = fc.oneof(
    id.map((it) => `#${it}`),
    fc.constantFrom('#', 'Organization/1', 'a'),
  );
  const inner = fc
    .tuple(id, some(target))
    .map(([own, partOf]) =>
      present({ resourceType: 'Organization', id: own, partOf: partOf && { reference: partOf } }),
    );
  const consent = fc
    .record({
      contained: fc.uniqueArray(inner, { maxLength: 3, selector: (it) => it['id'] }),
      grantor: fc.array(target.map((it) => ({ reference: it }))),
      valueUri: some(target),
      valueCanonical: some(target),
    })
    .map(({ contained, grantor, valueUri, valueCanonical }) => {
      const extension = [present({ url: 'urn:x', valueUri, valueCanonical })];
      return { resourceType: 'Consent', contained, grantor, extension } as const;
    });
  const detailsOf = (resource: JsonObject, key: string) =>
    localReferenceProblems(resource).filter(({ detail }) => detail.includes(key));

  it.each([
    ['R4', r4Model],
    ['R5', r5Model],
  ])('dom-3 is refused where the expression is not true (%s)', (_, model) => {
    fc.assert(
      fc.property(consent, (resource) => {
        const answer = answers('dom-3', resource, '', resource, model);
        expect(detailsOf(resource, 'dom-3').length === 0).toBe(answer === true);
      }),
      { numRuns: 60 },
    );
  });

  it('ref-1 is refused where the expression is not true', () => {
    fc.assert(
      fc.property(consent, (resource) => {
        const wrong = resource.grantor.flatMap((it, index) =>
          answers('ref-1 (R5)', it, 'Reference', resource) === true ? [] : [`Consent.grantor[${index}]`],
        );
        const named = detailsOf(resource, 'ref-1').flatMap(({ pointer = '' }) =>
          pointer.startsWith('Consent.grantor') ? [pointer] : [],
        );
        expect(named).toEqual(wrong);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what is evaluated only where it may fail', () => {
  const scope = fc
    .constantFrom('patient-privacy', 'research', 'adr', 'treatment', 'other')
    .map((code) => ({ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code }] }));
  const contained = fc.constantFrom<Json>(
    { id: 'a' },
    { meta: { versionId: '1' } },
    { meta: { security: [{ code: 'R' }] } },
    { contained: [{ resourceType: 'Patient' }] },
  );
  const consent = fc
    .record({
      resourceType: fc.constant('Consent'),
      scope,
      patient: some(fc.constant({ reference: 'Patient/1' })),
      policyRule: some(fc.constant({ text: 'a' })),
      policy: some(fc.constant([{ uri: 'urn:x' }])),
      text: some(fc.constant({ status: 'generated', div: '<div>a</div>' })),
      decision: some(fc.constant('deny')),
      provision: some(fc.constant([{ period: { start: '2024' } }])),
      contained: some(fc.array(contained, { minLength: 1, maxLength: 3 })),
    })
    .map(present);

  it.each(['4.0', '5.0'] as const)('says the same as evaluating everything: %s', (version) => {
    const table = consentInvariants(version, true);
    fc.assert(
      fc.property(consent, (resource) => {
        const frozen = deeplyFrozen(resource);
        const broken = brokenInvariants(table, frozen).map(({ part }) => /\((\S+)\)$/.exec(part.detail)?.[1]);
        const wrong = table.filter((invariant) => !holds(invariant, frozen)).map(({ key }) => key);
        expect([...new Set(broken)]).toEqual(wrong);
      }),
    );
  });

  it('names the contained resource at fault', () => {
    const resource = {
      resourceType: 'Consent',
      contained: [{ id: 'a' }, { meta: { versionId: '1' } }, { meta: { lastUpdated: 'x' } }],
    };
    expect(brokenInvariants(consentInvariants('5.0', false), resource)).toMatchObject([
      { severity: 'error', part: { pointer: 'Consent.contained[1]' } },
      { severity: 'error', part: { pointer: 'Consent.contained[2]' } },
      { severity: 'warning', part: { code: 'invariant', pointer: 'Consent.text' } },
    ]);
  });
});

function deeplyFrozen<T extends Json>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deeplyFrozen);
  return Object.freeze(value);
}
