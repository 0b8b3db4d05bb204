import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/base/json.ts';
import { allows } from '../../src/sdk/index.ts';

const numRuns = Number(process.env['HEADWATER_LAW_RUNS'] ?? 500);
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const systemOf: Readonly<Record<string, string>> = {
  ETH: actCode,
  PSY: actCode,
  SDV: actCode,
  NORDSCLCD: actCode,
};

const label = (code: string): JsonObject => ({ system: systemOf[code] ?? confidentiality, code });
const labelled = (...codes: readonly string[]): JsonObject => ({
  resourceType: 'Observation',
  id: '1',
  meta: { security: codes.map(label) },
});
const forbid = (criteria: JsonObject = {}): JsonObject => ({ type: 'forbid', ...criteria });
const permit = (criteria: JsonObject = {}): JsonObject => ({ type: 'permit', ...criteria });
const labels = (...codes: readonly string[]): JsonObject => ({ securityLabel: codes.map(label) });

describe('the examples of IHE PCF (consent-decisioning.md §2)', () => {
  const onlyN = [forbid(), permit(labels('N'))];
  const peculiar = [...onlyN, permit(labels('PSY', 'SDV'))];
  it.each([
    ['basic permit: nothing is left to check', [], labelled('R'), true],
    ['root label N shows N', onlyN, labelled('N'), true],
    ['root label N hides R', onlyN, labelled('R'), false],
    ['root label N, R shows R', [forbid(), permit(labels('N', 'R'))], labelled('R'), true],
    ['a forbid below a permit of other data hides', [...onlyN, forbid(labels('R'))], labelled('R'), false],
    ['a permit of PSY shows it', peculiar, labelled('R', 'PSY'), true],
    ['a permit of PSY shows no ETH', peculiar, labelled('R', 'ETH'), false],
    ['forbid everything', [forbid()], labelled('N'), false],
    ['deny means forbid', [{ type: 'deny', ...labels('R') }], labelled('R'), false],
    ['permit overrides forbid, whatever the order', [permit(labels('R')), forbid()], labelled('R'), true],
  ] satisfies readonly [string, readonly Json[], JsonObject, boolean][])(
    '%s',
    (_, residual, resource, expected) => {
      expect(allows(residual, resource)).toBe(expected);
    },
  );
});

describe('security labels', () => {
  it.each([
    ['forbid R hides V', forbid(labels('R')), ['V'], false],
    ['forbid R shows N', forbid(labels('R')), ['N'], true],
    ['forbid R shows what has no label', forbid(labels('R')), [], true],
    ['forbid R hides a sensitivity code on its own', forbid(labels('R')), ['PSY'], false],
    ['forbid R shows a handling caveat on its own', forbid(labels('R')), ['NORDSCLCD'], true],
    ['the highest of two codes counts', forbid(labels('R')), ['N', 'R'], false],
    ['a confidentiality code nobody knows is the highest', forbid(labels('R')), ['X'], false],
    ['a forbid of a code nobody knows hides', forbid(labels('X')), ['N'], false],
    ['forbid ETH hides ETH', forbid(labels('ETH')), ['R', 'ETH'], false],
    ['forbid ETH shows PSY', forbid(labels('ETH')), ['R', 'PSY'], true],
  ])('%s', (_, rule, codes, expected) => {
    expect(allows([rule], labelled(...codes))).toBe(expected);
  });

  it.each([
    ['shows L', ['L'], true],
    ['shows what has no label', [], true],
    ['hides a sensitivity code on its own', ['PSY'], false],
  ])('a permit of N %s', (_, codes, expected) => {
    expect(allows([forbid(), permit(labels('N'))], labelled(...codes))).toBe(expected);
  });

  it('reads the older names of the code systems', () => {
    const old = { system: 'http://hl7.org/fhir/v3/Confidentiality', code: 'R' };
    expect(allows([forbid(labels('R'))], { ...labelled(), meta: { security: [old] } })).toBe(false);
    expect(allows([forbid({ securityLabel: [old] })], labelled('R'))).toBe(false);
  });

  it('compares system and code, and takes an unknown label for a restriction', () => {
    const local = { ...labelled(), meta: { security: [{ system: 'urn:local', code: 'N' }] } };
    expect(allows([forbid({ securityLabel: [{ system: 'urn:other', code: 'N' }] })], local)).toBe(true);
    expect(allows([forbid(labels('R'))], local)).toBe(false);
  });

  it('hides what has labels that cannot be read', () => {
    expect(allows([forbid(labels('R'))], { ...labelled(), meta: { security: 'R' } })).toBe(false);
    expect(allows([forbid(), permit(labels('N'))], { ...labelled(), meta: { security: ['N'] } })).toBe(false);
  });
});

describe('periods of data', () => {
  const in2022 = { dataPeriod: [{ start: '2022-01-01', end: '2022-12-31' }] };
  const dated = (effectiveDateTime: string): JsonObject => ({ ...labelled(), effectiveDateTime });
  it.each([
    ['forbid 2022 hides its last moment', [forbid(in2022)], dated('2022-12-31T23:59:59Z'), false],
    ['forbid 2022 shows 2023', [forbid(in2022)], dated('2023-01-01'), true],
    ['a year overlaps', [forbid(in2022)], dated('2022'), false],
    ['only 2022 shows 2022', [forbid(), permit(in2022)], dated('2022-06'), true],
    ['only 2022 hides 2021', [forbid(), permit(in2022)], dated('2021-12-31'), false],
    ['forbid 2022 hides what has no date', [forbid(in2022)], labelled(), false],
    ['only 2022 hides what has no date', [forbid(), permit(in2022)], labelled(), false],
    ['forbid hides a date that cannot be read', [forbid(in2022)], dated('last year'), false],
    [
      'a single period without its array',
      [forbid({ dataPeriod: { start: '2022-01-01' } })],
      dated('2024'),
      false,
    ],
    ['one bound alone', [forbid({ dataPeriod: [{ end: '2022-12-31' }] })], dated('2023'), true],
  ] satisfies readonly [string, readonly Json[], JsonObject, boolean][])(
    '%s',
    (_, residual, resource, expected) => {
      expect(allows(residual, resource)).toBe(expected);
    },
  );

  it('takes periods and the last update where there is no better date', () => {
    const period = { ...labelled(), effectivePeriod: { start: '2021-12-01', end: '2022-01-02' } };
    expect(allows([forbid(in2022)], period)).toBe(false);
    expect(allows([forbid(in2022)], { ...labelled(), meta: { lastUpdated: '2022-03-01T10:00:00Z' } })).toBe(
      false,
    );
  });
});

describe('data by reference', () => {
  const data = (meaning: string, reference: string): JsonObject => ({
    data: [{ meaning, reference: { reference } }],
  });
  const observation: JsonObject = {
    ...labelled(),
    encounter: { reference: 'Encounter/9' },
    performer: [{ reference: 'Practitioner/z' }],
    derivedFrom: [{ reference: 'Observation/7' }],
  };
  it.each([
    ['instance', forbid(data('instance', 'Observation/1')), false],
    ['another instance', forbid(data('instance', 'Observation/2')), true],
    ['one version of it', forbid(data('instance', 'Observation/1/_history/3')), false],
    ['the same under another base', forbid(data('instance', 'https://a.example/fhir/Observation/1')), false],
    ['its encounter', forbid(data('related', 'Encounter/9')), false],
    ['something that might refer to it', forbid(data('related', 'CarePlan/1')), false],
    ['what it refers to', forbid(data('dependents', 'Observation/7')), false],
    ['what it does not refer to', forbid(data('dependents', 'Observation/8')), true],
    ['its author', forbid(data('authoredby', 'Practitioner/z')), false],
    ['another author', forbid(data('authoredby', 'Practitioner/y')), true],
  ])('forbid %s', (_, rule, expected) => {
    expect(allows([rule], observation)).toBe(expected);
  });

  it('holds a missing author against the data', () => {
    expect(allows([forbid(data('authoredby', 'Practitioner/z'))], labelled())).toBe(false);
    expect(allows([forbid(), permit(data('authoredby', 'Practitioner/z'))], labelled())).toBe(false);
  });

  it('asks what a named resource refers to, where it can', () => {
    const rule = forbid(data('related', 'CarePlan/1'));
    expect(allows([rule], observation, () => ['Observation/1'])).toBe(false);
    expect(allows([rule], observation, () => ['Observation/2'])).toBe(true);
    expect(allows([rule], observation, () => undefined)).toBe(false);
  });

  it('compares identifiers with identifiers, and holds it against the data when there is none', () => {
    const identifier = { system: 'urn:npi', value: '1' };
    const byNpi = (value: string): JsonObject => ({
      data: [{ meaning: 'authoredby', reference: { identifier: { system: 'urn:npi', value } } }],
    });
    const signed = { ...labelled(), performer: [{ reference: 'Practitioner/z', identifier }] };
    expect(allows([forbid(byNpi('1'))], signed)).toBe(false);
    expect(allows([forbid(byNpi('2'))], signed)).toBe(true);
    expect(allows([forbid(byNpi('2'))], observation)).toBe(false);
    expect(allows([forbid(), permit(byNpi('1'))], signed)).toBe(true);
    expect(allows([forbid(), permit(byNpi('1'))], observation)).toBe(false);
    const own = { data: [{ meaning: 'instance', reference: { identifier } }] };
    expect(allows([forbid(own)], { ...labelled(), identifier: [identifier] })).toBe(false);
    expect(allows([forbid(own)], { ...labelled(), identifier: [{ ...identifier, value: '2' }] })).toBe(true);
  });

  it('permits by the exact reference alone', () => {
    const only = (reference: string) => allows([forbid(), permit(data('instance', reference))], observation);
    expect(only('Observation/1')).toBe(true);
    expect(only('https://a.example/fhir/Observation/1')).toBe(false);
    expect(only('Observation/1/_history/3')).toBe(false);
  });
});

describe('the shape of a rule', () => {
  it('wants all elements, and any value of each', () => {
    const rule = forbid({ ...labels('R', 'PSY'), dataPeriod: [{ start: '2022-01-01' }] });
    expect(allows([rule], { ...labelled('R'), effectiveDateTime: '2023' })).toBe(false);
    expect(allows([rule], { ...labelled('R'), effectiveDateTime: '2021' })).toBe(true);
    expect(allows([rule], { ...labelled('N'), effectiveDateTime: '2023' })).toBe(true);
  });

  it.each([
    ['an unknown type', { type: 'allow' }],
    ['no type', labels('R')],
    ['a type that every object has', { type: 'constructor' }],
    ['an unknown member', permit({ type: 'permit', purpose: ['TREAT'] })],
    ['an empty list', permit({ securityLabel: [] })],
    ['a label without a code', permit({ securityLabel: [{ system: confidentiality }] })],
    ['a period that ends never', permit({ dataPeriod: [{ end: 'never' }] })],
    ['a string', 'forbid'],
  ] satisfies readonly [string, Json][])('that is not understood (%s) shows nothing', (_, rule) => {
    expect(allows([permit(), rule], labelled('N'))).toBe(false);
  });
});

describe('laws', () => {
  const code = fc.constantFrom('N', 'R', 'V', 'ETH', 'PSY');
  const rule = fc
    .record({
      type: fc.constantFrom('forbid', 'permit'),
      codes: fc.option(fc.array(code, { minLength: 1 }), { nil: undefined }),
    })
    .map(({ type, codes }): JsonObject => ({ type, ...(codes ? labels(...codes) : {}) }));
  const residual = fc.array(rule, { maxLength: 5 });
  const resource = fc.array(code, { maxLength: 3 }).map((codes) => labelled(...codes));

  it('another forbid never shows more, another permit never shows less', () => {
    fc.assert(
      fc.property(residual, rule, resource, (rules, extra, one) => {
        const [before, after] = [allows(rules, one), allows([...rules, extra], one)];
        expect(extra['type'] === 'forbid' ? before || !after : after || !before).toBe(true);
      }),
      { numRuns },
    );
  });

  it('the order of rules does not matter', () => {
    fc.assert(
      fc.property(residual, resource, (rules, one) => {
        expect(allows([...rules].reverse(), one)).toBe(allows(rules, one));
      }),
      { numRuns },
    );
  });

  it('a further label never shows more under forbids alone', () => {
    const forbids = residual.map((rules) => rules.filter(({ type }) => type === 'forbid'));
    fc.assert(
      fc.property(forbids, fc.array(code, { maxLength: 2 }), code, (rules, codes, extra) => {
        expect(allows(rules, labelled(...codes)) || !allows(rules, labelled(...codes, extra))).toBe(true);
      }),
      { numRuns },
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (rules, one) => {
        expect(typeof allows(rules as readonly Json[], one as JsonObject)).toBe('boolean');
      }),
      { numRuns },
    );
  });
});
