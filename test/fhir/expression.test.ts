/** Expressions in FHIRPath, asked of a resource and a request (fhir-consent.md M-14). */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { parseVerbatim } from '../../src/base/verbatim-json.ts';
import { effortOf, mostEffort } from '../../src/fhir/expression/effort.ts';
import { isParsable } from '../../src/fhir/expression/parsable.ts';
import { plainData } from '../../src/fhir/expression/plain-data.ts';
import { evaluateExpression, evaluation, readExpression } from '../../src/fhir/expression.ts';
import type { Resource } from '../../src/fhir/resource.ts';

const read = (text: string) => readExpression({ language: 'text/fhirpath', expression: text });

const expressionOf = (text: string) => {
  const expression = read(text);
  if (!expression) throw new Error(`not supported: ${text}`);
  return expression;
};

const observation: Resource = {
  resourceType: 'Observation',
  id: 'o',
  status: 'final',
  meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }] },
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '56888-1' }], text: 'HIV 1' },
  subject: { reference: 'Patient/ann' },
  effectiveDateTime: '2019-05-05T23:30:00Z',
  performer: [{ reference: 'Practitioner/dora' }],
  valueQuantity: { value: 5, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
};
const request: JsonObject = {
  at: '2026-01-01T00:00:00Z',
  purpose: [{ code: 'TREAT' }],
  actor: { reference: 'Practitioner/dora' },
};
const ask = (text: string, resource: Resource = observation) =>
  evaluateExpression(expressionOf(text), resource, request);

describe('an expression (M-14)', () => {
  it.each([
    ["code.coding.where(system = 'http://loinc.org' and code = '56888-1').exists()", true],
    ["Observation.category.coding.code = 'vital-signs'", false],
    ["meta.security.exists(code = 'HIV')", true],
    ["descendants().where(code = 'HIV').exists()", true],
    ["(code | category).coding.code contains 'laboratory'", true],
    ["%resource.id = 'o' and %context.id = 'o'", true],
    ["code.text.lower().startsWith('hiv')", true],
    ['code\n  .coding // a comment\n  /* and\n another */ .exists()', true],
    ["code.`text` = 'HIV 1'", true],
    ["code.text = 'now() or \\'x\\' // {'", false],
    ['performer.count() > -1', true],
  ] as const)('is asked of the resource: %s is %s', (text, answer) => {
    expect(ask(text)).toBe(answer);
    expect(expressionOf(text).usesRequest).toBe(false);
  });

  it.each([
    ["%request.purpose.code contains 'TREAT'", true],
    ['performer.where(reference = %request.actor.reference).exists()', true],
    ['effective > %request.at.toDateTime()', false],
  ] as const)('and of the request: %s is %s', (text, answer) => {
    expect(ask(text)).toBe(answer);
    expect(expressionOf(text).usesRequest).toBe(true);
  });

  it.each([
    ['value.exists()', true],
    ['value is Quantity', true],
    ['value.ofType(Quantity).value >= 5', true],
    ['value.ofType(CodeableConcept).exists()', false],
    ['effective < @2020-01-01T00:00:00Z', true],
  ] as const)('knows the elements of R5 that have several types: %s is %s', (text, answer) => {
    expect(ask(text)).toBe(answer);
  });

  it('reads numbers that kept their digits', () => {
    const precise = parseVerbatim(
      '{"resourceType":"Observation","valueQuantity":{"value":1.10}}',
    ) as Resource;
    expect(ask('value.value = 1.1', precise)).toBe(true);
  });

  it('leaves the resource as it was', () => {
    const frozen = Object.freeze({ ...observation });
    expect(ask("code.text = 'HIV 1'", frozen)).toBe(true);
    expect(JSON.stringify(frozen)).toBe(JSON.stringify(observation));
  });

  it('is read once: the same text is the same expression', () => {
    expect(read('id.exists()')).toBe(read('id.exists()'));
    const copy = { ...expressionOf('id.exists()') };
    expect(evaluateExpression(copy, observation, {})).toBe(true);
  });
});

describe('unknown is', () => {
  it.each([
    ['nothing', 'code.coding.display'],
    ['a comparison with nothing', "code.coding.display.startsWith('HIV')"],
    ['a text', 'status'],
    ['an object', 'code'],
    ['several', 'category.exists() | code.empty()'],
    ['a fault', "value > 'a'"],
    ['one of many', 'descendants().single()'],
    ['a member of every text', 'id.link.exists()'],
    ['a day against an instant, which the time zone of the machine would decide', 'effective < @2020-01-01'],
  ])('%s', (_, text) => {
    expect(ask(text)).toBeUndefined();
  });

  it('what a resource with strange names or endless units says', () => {
    const with_ = (members: object) => ask('id.exists()', { ...observation, ...members } as Resource);
    expect(with_({})).toBe(true);
    const own = (name: string) => JSON.parse(`{"${name}":{"path":"x"}}`) as object;
    for (const name of ['__path__', '__proto__', 'constructor', 'toString', 'a b'])
      expect(ask('id.exists()', Object.assign(Object.create(null), observation, { inner: own(name) }))).toBe(
        undefined,
      );
    expect(with_({ list: [[1]] })).toBeUndefined();
    expect(with_({ valueQuantity: { value: 1, code: 'mg.'.repeat(30) } })).toBeUndefined();
  });

  it('a time without a zone, in whatever is compared', () => {
    const unzoned = { ...observation, effectiveDateTime: '2019-05-05T10:00:00' };
    expect(ask('effective < @2020-01-01T00:00:00Z', unzoned)).toBeUndefined();
    expect(ask('effective = effective', unzoned)).toBeUndefined();
    expect(ask('effective.exists()', unzoned)).toBe(true);
  });

  it('no comparison that is sound for each item by itself', () => {
    const dated = (valueDateTime: string) => ({ valueDateTime });
    const component = ['2019', '2019-05-05T10:00:00Z', '2020-01'].map(dated);
    expect(ask('component.all(value = value)', { resourceType: 'Observation', component })).toBe(true);
  });

  it('never decided by where the machine stands', () => {
    const script = `
      import { evaluateExpression, readExpression } from './src/fhir/expression.ts';
      const texts = ['effective < @2019-05-06', 'effective <= @2019-05-05', 'effective = @2019-05-05',
        'effective < @2019-05-05T12:00:00Z', 'effective < %request.at.toDateTime()', 'effective > @2018',
        'effective.toDate() = @2019-05-05', '(effective | %request.at).exists()', 'effective ~ %request.at'];
      const dates = ['2019', '2019-05', '2019-05-05', '2019-05-05T23:30:00Z', '2019-05-05T23:30:00-11:00', '2019-05-05T10:00:00'];
      console.log(JSON.stringify(texts.map((expression) => dates.map((effectiveDateTime) => String(evaluateExpression(
        readExpression({ language: 'text/fhirpath', expression }), { resourceType: 'Observation', effectiveDateTime },
        { at: '2019-05-06T02:00:00Z' })))))); `;
    const at = (TZ: string) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, TZ },
        encoding: 'utf8',
      });
    const here = at('UTC');
    expect(here).toContain('true');
    for (const zone of ['America/New_York', 'Pacific/Kiritimati']) expect(at(zone)).toBe(here);
  });
});

describe('not supported is', () => {
  it.each([
    { expression: 'true' },
    { language: 'text/cql', expression: 'true' },
    { language: 'application/x-fhir-query', expression: 'Observation?code=a' },
    { language: 'text/fhirpath', reference: 'http://example.org/logic' },
    { language: 'text/fhirpath', expression: '' },
  ])('another language, or an expression elsewhere: %j', (element) => {
    expect(readExpression(element)).toBeUndefined();
  });

  it.each([
    ...['now() > effective', 'today().exists()', 'timeOfDay().exists()'],
    ...["code.memberOf('x')", "code.subsumes('x')", "conformsTo('x')", 'subject.resolve().exists()'],
    ...['%rootResource.exists()', '%terminologies.exists()', "%factory.Coding('a', 'b').exists()"],
    ...['%constructor.exists()', "%'request'.exists()", '%`request`.exists()', '%`vs-a`.exists()'],
    ...["id.matches('(a+)+b')", "id.matchesFull('a')", "id.replaceMatches('(a+)+b', '').exists()"],
    ...["trace('a').exists()", "defineVariable('a').exists()", 'repeat(item).exists()', 'iif(true, true)'],
    ...['aggregate($this | $total).exists()', "id.replace('a', 'aa').exists()", "id.split('').exists()"],
    ...["id.join('').exists()", 'id.toChars().exists()', 'sort().exists()', '`sort`().exists()'],
    ...['code.combine(code).exists()', 'code.union(code).exists()', 'code.distinct().exists()'],
    ...["'a' & 'b' = 'ab'", '1 + 1 = 2', '2 * 2 = 4', '9L = 9', '$index = 0', '$total.exists()'],
    ...["Coding{code: 'a'}.exists()", "1 'mg' < value", '1 day = 1 day', '@T10:00 = @T10:00'],
    ...['@2019-05-05T10:00:00 < effective', '@2019T < effective', '-id = 1', 'id.startsWith(status)'],
    ...['`where`(true).exists()', 'exists(a, b)', 'where()', 'constructor()', "id.toString() = 'a'"],
    ...['code is Nonsense', '@2019-02-30 < effective'],
  ])('what knows the clock or the world, matches patterns, or lets things grow: %s', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each([
    ...['constructor', '__proto__', 'toString', 'hasOwnProperty', '_id', '__path__'].flatMap((name) => [
      `${name}.exists()`,
      `code.\`${name}\`.exists()`,
      `%resource.${name} = 1`,
      `code is ${name}`,
      `ofType(${name}).exists()`,
      `ofType(FHIR.\`${name}\`).exists()`,
    ]),
    'code.`\\u0063onstructor`.exists()',
  ])('the name of what every object has: %s', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each(['exists(', 'a b', "'open", '`open', '/* open', 'a ? b', '', ' ', '// a', '(]', 'a..b', '\u0000'])(
    'no FHIRPath: %j',
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );

  it.each([
    ['long', `id = '${'a'.repeat(993)}'`, `id = '${'a'.repeat(994)}'`],
    ['of many words', `id${' or id'.repeat(79)}`, `id${' or id'.repeat(80)}`],
    ['deep', `${'('.repeat(8)}id${')'.repeat(8)}`, `${'('.repeat(9)}id${')'.repeat(9)}`],
    ['full of indexers', `id${'[0]'.repeat(4)}`, `id${'[0]'.repeat(5)}`],
    ['iterating in iterations', nested(3), nested(4)],
  ])('too %s', (_, last, next) => {
    expect(read(last)).toBeDefined();
    expect(read(next)).toBeUndefined();
  });
});

function nested(depth: number): string {
  return `${'code.where('.repeat(depth)}true${')'.repeat(depth)}`;
}

describe('an evaluation does no more than it may', () => {
  const codings = Array.from({ length: 1200 }, (_, i) => ({ system: `s${i}`, code: `c${i}`, display: 'd' }));
  const wide: Resource = { resourceType: 'Observation', id: 'w', code: { coding: codings } };
  const names: Resource = {
    resourceType: 'Patient',
    name: [{ given: Array.from({ length: 4900 }, (_, i) => `n${i}`) }],
  };
  const deepest = (depth: number): JsonObject =>
    depth === 0 ? { url: 'urn:x' } : { url: 'urn:x', extension: [deepest(depth - 1)] };
  const deep: Resource = { resourceType: 'Basic', id: 'd', ...deepest(31) };
  const quantity = (value: number) => ({ value, unit: 'mg', code: '(mg.(g.(mg.(g.(mg.(g.(mg.(g.m))))))))' });
  const measured: Resource = {
    resourceType: 'Observation',
    component: Array.from({ length: 500 }, (_, i) => ({ valueQuantity: quantity(i) })),
    valueQuantity: quantity(1000),
  };
  const long: Resource = {
    resourceType: 'DocumentReference',
    content: [{ attachment: { data: 'A'.repeat(900_000) } }],
    description: 'B'.repeat(90_000),
  };

  it.each<readonly [string, Resource]>([
    ['descendants().where(descendants().where(descendants().exists()).exists()).exists()', wide],
    ['descendants().select(%resource).descendants().exists()', wide],
    ['descendants().select(%resource).code.coding.code.exists()', wide],
    ['descendants().descendants().descendants().exists()', wide],
    ['descendants().children().children().exists()', wide],
    ['(descendants() | descendants()).exists()', wide],
    ['(id | id | id | descendants() | id).exists()', wide],
    ['descendants() = descendants()', wide],
    ['descendants() ~ descendants()', wide],
    ['code.coding.select(%resource.code.coding).exists()', wide],
    ["code.coding.all(%resource.code.coding.exists(code = 'none').not())", wide],
    ['(Patient.name.given | %resource.name.given).exists()', names],
    ['Patient.name.given.where($this in %resource.name.given).exists()', names],
    ["Patient.name.given.where(lower().upper().lower().upper().contains('none')).exists()", names],
    ['descendants().descendants().descendants().descendants().exists()', deep],
    ['descendants().select(%resource.descendants()).descendants().exists()', deep],
    ['component.where(value > %resource.value).exists()', measured],
    ['component.where(value = %resource.value).exists()', measured],
    ['component.value contains value', measured],
    ['content.attachment.data ~ description', long],
    ["content.attachment.data.lower().upper().lower().upper().lower().contains('none')", long],
  ])('%s is ended', (text, resource) => {
    const { answer, effort } = evaluation(expressionOf(text), resource, request) ?? {};
    expect(answer).toBeUndefined();
    expect(effort).toBeGreaterThan(mostEffort);
  });

  it('is paid for before it is done: by what a result brings to whoever takes it', () => {
    const data = [plainData(wide)];
    expect(effortOf(data, undefined)).toBe(2);
    expect(effortOf([plainData({ list: [1, 2, 3] })], 'navigated')).toBe(5);
    expect(effortOf(data, 'walked')).toBeGreaterThan(1200 * 4);
    const walk = evaluation(expressionOf('%resource.children().exists()'), wide, request);
    expect(walk?.effort).toBeGreaterThan(1200 * 4);
    expect(effortOf(data, 'compared')).toBeGreaterThan(1200 * 4);
    expect(effortOf(['a', 'b', 'c'], 'united')).toBeGreaterThan(4 + 9);
    const few: Resource = {
      resourceType: 'Patient',
      name: [{ given: Array.from({ length: 1500 }, String) }],
    };
    expect(ask('name.given.exists()', few)).toBe(true);
    expect(ask('(name.given | name.given).exists()', few)).toBeUndefined();
  });

  it('is not even parsed when a bracket is open', () => {
    expect(isParsable('(((((')).toBe(false);
    expect(isParsable('a.where(b[0])')).toBe(true);
  });

  it('what people write is far from the bound', () => {
    const effort = (text: string) => evaluation(expressionOf(text), observation, request)?.effort;
    expect(effort("code.coding.where(system = 'http://loinc.org').exists()")).toBeLessThan(100);
    expect(effort("descendants().where(code = 'HIV').exists()")).toBeLessThan(1000);
    expect(ask('(value | value).exists()')).toBe(true);
  });

  it('is ended even when the library would go on', () => {
    expect(ask('name.given.exists() or true', names)).toBe(true);
    expect(ask('(name.given | name.given).exists() or true', names)).toBeUndefined();
  });

  it('is not begun on a resource too large or too deep', () => {
    const small = { resourceType: 'Basic', id: 'a' };
    const list = (length: number) => ({ ...small, code: Array.from({ length }, () => 1) });
    expect(ask('id.exists()', list(4990))).toBe(true);
    expect(ask('id.exists()', list(5000))).toBeUndefined();
    expect(ask('id.exists()', { ...small, ...deepest(31) })).toBe(true);
    expect(ask('id.exists()', { ...small, ...deepest(40) })).toBeUndefined();
    expect(ask('id.exists()', { ...small, code: 'a'.repeat(1_000_000) })).toBeUndefined();
  });

  it('nor for a request too large, where it is asked', () => {
    const huge = { list: Array.from({ length: 5001 }, () => 1) };
    expect(evaluateExpression(expressionOf('%request.exists()'), observation, huge)).toBeUndefined();
    expect(evaluateExpression(expressionOf('id.exists()'), observation, huge)).toBe(true);
  });

  it('keeps a bounded number of expressions, and those in use work on', () => {
    const first = expressionOf("id = 'o'");
    for (let i = 0; i < 600; i++) read(`id = 'n${i}'`);
    expect(read("id = 'o'")).not.toBe(first);
    expect(evaluateExpression(first, observation, {})).toBe(true);
  });
});
