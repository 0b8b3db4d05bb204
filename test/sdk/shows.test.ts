/** `shows`: the residual AST as a resource server evaluates it (access-denied-and-enforcement.md §6.2, §6.6). */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { accessSettings, settingsSchema } from '../../src/access/settings.ts';
import type { Instant } from '../../src/base/instant.ts';
import { parseInstant } from '../../src/base/instant.ts';
import type { Json, JsonObject } from '../../src/base/json.ts';
import { factsOf } from '../../src/decision/facts.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { purposeLabels } from '../../src/labeling/limiting-labels.ts';
import { nhinSystem } from '../../src/labeling/nhin-purposes.ts';
import { normalized } from '../../src/labeling/read-label.ts';
import { shows } from '../../src/sdk/index.ts';
import { canonicalLabel, isUnknownPurpose } from '../../src/sdk/known-labels.ts';
import { factsOf as sdkFactsOf } from '../../src/sdk/resource-facts.ts';
import { everyLabel, resourceLabelled } from '../enforcement/arbitrary-resources.ts';

const numRuns = Number(process.env['HEADWATER_LAW_RUNS'] ?? 500);
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

const astOf = (byType: JsonObject, over: JsonObject = {}): JsonObject => ({
  v: 1,
  kind: 'CONDITIONAL',
  byType,
  unknown: 'deny',
  basedOn: ['Consent/1/_history/1'],
  ...over,
});
const every = (expression: Json): JsonObject => astOf({ '*': expression });
const observation = (over: JsonObject = {}): JsonObject => ({
  resourceType: 'Observation',
  id: '1',
  ...over,
});
const labelled = (...security: readonly JsonObject[]): JsonObject => observation({ meta: { security } });
const shown: Json = { true: 1 };
const belowR: Json = { labelNone: { in: ['R', 'V'].map((code) => ({ system: confidentiality, code })) } };

describe('the whole', () => {
  it('the expression of the type holds, else that of all types, else none', () => {
    const ast = astOf({ Observation: shown, '*': { false: 1 } });
    expect(shows(ast, observation())).toBe(true);
    expect(shows(ast, { resourceType: 'Condition', id: '1' })).toBe(false);
    expect(shows(astOf({ Condition: shown }), observation())).toBe(false);
    expect(shows(astOf({}), observation())).toBe(false);
    expect(shows(astOf({ '*': shown }), { resourceType: 'toString' })).toBe(true);
    expect(shows(astOf({}), { resourceType: 'toString' })).toBe(false);
  });

  it('of the kind ALWAYS_DENIED nothing is shown; ALWAYS_ALLOWED shows the types that it speaks of', () => {
    expect(shows(astOf({ '*': shown }, { kind: 'ALWAYS_DENIED' }), observation())).toBe(false);
    const allowed = astOf({ Condition: shown }, { kind: 'ALWAYS_ALLOWED' });
    expect(shows(allowed, observation())).toBe(false);
  });

  it('from `notAfter` on nothing is shown', () => {
    const ast = astOf({ '*': shown }, { notAfter: '2026-10-01T10:00:00.000Z' });
    const at = (text: string) => ({ at: parseInstant(text) as Instant });
    expect(shows(ast, observation(), at('2026-10-01T09:59:59Z'))).toBe(true);
    expect(shows(ast, observation(), at('2026-10-01T10:00:00Z'))).toBe(false);
    expect(shows(ast, observation())).toBe(true);
    expect(shows(astOf({ '*': shown }, { notAfter: 'soon' }), observation())).toBe(false);
  });

  it.each<[string, JsonObject]>([
    ['another version', { v: 2 }],
    ['no version', { v: '1' }],
    ['a kind nobody knows', { kind: 'SOMETIMES' }],
    ['a member nobody knows', { exceptWhen: 'never' }],
    ['another rule for what is unknown', { unknown: 'allow' }],
  ])('%s shows nothing', (_, over) => {
    expect(shows(astOf({ '*': shown }, over), observation())).toBe(false);
  });
});

describe('P5: an operator, or a member of one, that is not known shows nothing, wherever it stands', () => {
  it.each<[string, Json]>([
    ['an operator', { moon: 'full' }],
    ['two operators at once', { true: 1, moon: 'full' }],
    ['none', {}],
    ['a label compared otherwise', { label: { system: confidentiality, code: 'N', op: 'le' } }],
    ['a label without a comparison', { label: { system: confidentiality, code: 'N' } }],
    ['a list of labels with more to it', { labelNone: { in: [], unless: 'x' } }],
    ['codes by value set', { code: { valueSet: 'urn:vs' } }],
    ['codes and what lies below', { code: { in: [], isa: true } }],
    ['another date', { date: { basis: 'recorded' } }],
    ['a date that is none', { date: { ge: '2022', basis: 'clinical' } }],
    ['a compartment', { compartment: 'Patient/1' }],
    ['a list that is none', { type: { in: 'Observation' } }],
    ['a truth that is none', { true: 0 }],
    ['a list of what is no expression', { and: [true] }],
    ['an extension of another kind', { ext: { cql: 'true' } }],
    ['a name of the prototype', { constructor: 1 }],
  ])('%s', (_, expression) => {
    for (const whole of [
      expression,
      { or: [shown, expression] },
      { not: expression },
      { and: [shown, expression] },
    ])
      expect(shows(every(whole), observation()), JSON.stringify(whole)).toBe(false);
  });

  it('an expression in FHIRPath is known and not evaluated: neither it nor its opposite holds', () => {
    const ext: Json = { ext: { fhirpath: "status = 'final'" } };
    expect(shows(every(ext), observation())).toBe(false);
    expect(shows(every({ not: ext }), observation())).toBe(false);
    expect(shows(every({ or: [ext, shown] }), observation())).toBe(true);
  });
});

describe('labels', () => {
  it.each<[string, JsonObject, boolean]>([
    ['L-3: R by its old name', { system: 'http://hl7.org/fhir/v3/Confidentiality', code: 'R' }, false],
    ['L-3: R by its OID', { system: 'urn:oid:2.16.840.1.113883.5.25', code: 'R' }, false],
    ['N by its old name', { system: 'http://hl7.org/fhir/v3/Confidentiality', code: 'N' }, true],
    ['L-2: a system nobody knows', { system: 'urn:example:ours', code: 'harmless' }, false],
    ['L-2: a code without a system', { code: 'N' }, false],
    ['L-2: a confidentiality nobody knows', { system: confidentiality, code: 'X' }, false],
    [
      'L-8: the top of the sensitivities',
      { system: actCode, code: '_ActInformationSensitivityPolicy' },
      false,
    ],
    ['how to handle it', { system: actCode, code: 'NOPAT' }, true],
    ['a purpose', { system: actReason, code: 'TREAT' }, true],
    ['a label in words alone', { display: 'secret' }, true],
  ])('%s', (_, label, visible) => {
    expect(shows(every(belowR), labelled(label))).toBe(visible);
  });

  it('what counts as R for want of knowledge is R where R is asked for, too', () => {
    const isR: Json = { label: { system: confidentiality, code: 'R', op: 'eq' } };
    expect(shows(every(isR), labelled({ system: 'urn:example:ours', code: 'x' }))).toBe(true);
    expect(shows(every({ not: isR }), labelled({ system: 'urn:example:ours', code: 'x' }))).toBe(false);
  });

  it('L-16: a purpose nobody knows limits data to itself', () => {
    const unlimited: Json = { labelNone: { in: [{ system: actReason, code: 'HRESCH' }] } };
    expect(shows(every(unlimited), labelled({ system: actReason, code: 'NOBODYKNOWS' }))).toBe(false);
    expect(shows(every(unlimited), labelled({ system: actReason, code: 'HTEST' }))).toBe(true);
  });

  test('the tables of the SDK are those of the server', () => {
    expect(purposeLabels.filter((code) => isUnknownPurpose({ system: actReason, code }))).toEqual([]);
    const exchange =
      'TREATMENT PAYMENT OPERATIONS EMERGENCY PUBLICHEALTH RESEARCH REQUEST FAMILY COVERAGE MARKETING SYSADMIN FRAUD TRAINING LEGAL JUDICIAL LAW DIRECTORY DISASTER THREAT DECEASED DONATION GOVERNMENT PSYCHOTHERAPY PRESENT ABUSE OVERSIGHT WORKERSCOMP';
    const labels = [...everyLabel, ...exchange.split(' ').map((code) => ({ system: nhinSystem, code }))];
    for (const each of labels) expect(canonicalLabel(each)).toEqual(normalized(each));
  });
});

describe('what a resource leaves unknown is hidden, whichever way it is asked', () => {
  it.each<[string, Json]>([
    ['no date', { date: { ge: '2022-01-01T00:00:00.000Z', basis: 'clinical' } }],
    ['no author', { author: { in: ['Practitioner/z'] } }],
    ['no code', { code: { in: [{ system: 'http://loinc.org', code: '1' }], isa: false } }],
  ])('%s', (_, expression) => {
    expect(shows(every(expression), observation())).toBe(false);
    expect(shows(every({ not: expression }), observation())).toBe(false);
    expect(shows(every({ or: [{ not: expression }, shown] }), observation())).toBe(true);
  });
});

describe('references and versions', () => {
  const toEncounter: Json = { refTo: { in: ['Encounter/9'], paths: ['encounter', 'partOf'] } };
  const at = (reference: string): JsonObject => observation({ encounter: { reference } });

  it("R-21: an absolute reference is to a resource of one's own below one's own base alone", () => {
    expect(shows(every(toEncounter), at('Encounter/9'))).toBe(true);
    expect(shows(every(toEncounter), at('Encounter/9/_history/3'))).toBe(true);
    const absolute = at('https://ours.example/fhir/Encounter/9');
    expect(shows(every(toEncounter), absolute)).toBe(false);
    expect(shows(every(toEncounter), absolute, { ownBases: ['https://ours.example/fhir'] })).toBe(true);
  });

  it('by the paths that are named, or by any', () => {
    const elsewhere = observation({ hasMember: [{ reference: 'Encounter/9' }] });
    expect(shows(every(toEncounter), elsewhere)).toBe(false);
    expect(shows(every({ refTo: { in: ['Encounter/9'], paths: ['*'] } }), elsewhere)).toBe(true);
  });

  it('R-24: an id with a version is that version alone', () => {
    const second: Json = { id: { in: ['Observation/1/_history/2'] } };
    expect(shows(every(second), observation({ meta: { versionId: '2' } }))).toBe(true);
    expect(shows(every(second), observation({ meta: { versionId: '1' } }))).toBe(false);
    expect(shows(every(second), observation())).toBe(false);
  });
});

test('a date without a time is a day in the time zone of the policy', () => {
  const from2022InNewYork: Json = { date: { ge: '2022-01-01T05:00:00.000Z', basis: 'clinical' } };
  const newYearsEve = observation({ effectiveDateTime: '2021-12-31' });
  const newYear = observation({ effectiveDateTime: '2022-01-01' });
  const timezone = 'America/New_York';
  expect(shows(every(from2022InNewYork), newYearsEve, { timezone })).toBe(false);
  expect(shows(every(from2022InNewYork), newYear, { timezone })).toBe(true);
});

test('law: the SDK reads of a resource what the authority does, in any time zone', () => {
  fc.assert(
    fc.property(
      resourceLabelled(everyLabel),
      fc.constantFrom('UTC', 'America/New_York', 'Africa/Cairo', 'Pacific/Apia'),
      (resource, timezone) => {
        const ownBases = ['https://ours.example/fhir'];
        const settings = { ...accessSettings(settingsSchema.parse({ timezone }), []), ownBases };
        const theirs = factsOf(resource as Resource, settings);
        const own = sdkFactsOf(resource as JsonObject, { timezone, ownBases });
        expect(own).toMatchObject({ type: theirs.type, name: theirs.name, isCoded: theirs.isCoded });
        expect([own.version, own.profiles, own.period]).toEqual([
          theirs.version,
          theirs.profiles,
          theirs.period,
        ]);
        expect(own.labels).toEqual(expect.arrayContaining([...theirs.labels]));
        expect(new Set(own.codes.map(said))).toEqual(new Set(theirs.codes.map(said)));
        expect(new Set(own.references('*'))).toEqual(new Set(theirs.references));
        expect(new Set(own.authors)).toEqual(new Set(theirs.authors));
        const contexts = ['encounter', 'partOf', 'basedOn', 'context'].flatMap((path) =>
          own.references(path),
        );
        expect(new Set(contexts)).toEqual(new Set(theirs.contexts));
      },
    ),
    { numRuns },
  );
});

test('law: never throws, and shows nothing, of an AST or a resource of any shape', () => {
  const anything = fc.jsonValue().map((value) => value as Json);
  const named = fc.dictionary(
    fc.constantFrom(
      'resourceType',
      'id',
      'meta',
      'code',
      'author',
      'encounter',
      'period',
      'date',
      'security',
    ),
    anything,
  );
  const conditions: Json = {
    or: [
      belowR,
      { author: { in: ['x'] } },
      { date: { basis: 'clinical' } },
      { refTo: { in: ['x'], paths: ['*'] } },
    ],
  };
  fc.assert(
    fc.property(anything, named, (expression, resource) => {
      expect(shows(every(expression), resource)).toBe(false);
      expect([true, false]).toContain(shows(every(conditions), resource));
      expect(shows({ byType: expression }, resource)).toBe(false);
    }),
    { numRuns },
  );
});

const said = (value: object): string => JSON.stringify(Object.entries(value).toSorted());
