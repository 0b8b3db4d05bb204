/** The PCF rendering (consent-decisioning.md §2): the table of the profile, and that it never shows more than the filter. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asInstant } from '../../src/base/instant.ts';
import { overlaps, type Period } from '../../src/base/period.ts';
import type { ResourceFacts } from '../../src/decision/facts.ts';
import { type Atom, all, allOf, anyOf, type Filter, negate, none } from '../../src/decision/filter.ts';
import { isVisible } from '../../src/decision/visible.ts';
import { type PcfRule, renderPcf } from '../../src/enforcement/render-pcf.ts';
import { type Coding, codeSystems, sameCoding } from '../../src/fhir/coding.ts';
import { confidentialityOf } from '../../src/labeling/confidentiality.ts';
import type { Confidentiality } from '../../src/labeling/vocabulary.ts';
import { allows } from '../../src/sdk/allows.ts';

const day = (text: string) => asInstant(Date.parse(`${text}T00:00:00Z`));
const year2022: Period = { start: day('2022-01-01'), end: asInstant(day('2023-01-01') - 1) };
const conf = (code: string): Coding => ({ system: codeSystems.confidentiality, code });
const sens = (code: string): Coding => ({ system: codeSystems.actCode, code });

const is = (atom: Atom): Filter => ({ op: 'is', atom });
const not = (atom: Atom): Filter => ({ op: 'not', atom });
const atMost = (code: Confidentiality): Atom => ({ kind: 'confidentiality', bound: 'at-most', code });
const atLeast = (code: Confidentiality): Atom => ({ kind: 'confidentiality', bound: 'at-least', code });
const label = (...codes: readonly string[]): Atom => ({ kind: 'label', anyOf: codes.map(sens) });
const within = (period: Period): Atom => ({ kind: 'date', within: period });
const author = (name: string): Atom => ({ kind: 'author', anyOf: [name] });
const id = (name: string): Atom => ({ kind: 'id', anyOf: [name] });
const belongsTo = (name: string): Atom => ({ kind: 'refers-to', anyOf: [name], through: 'context' });
const refersTo = (name: string): Atom => ({ kind: 'refers-to', anyOf: [name], through: 'any' });
const type = (name: string): Atom => ({ kind: 'type', anyOf: [name] });

type Given = Omit<Partial<ResourceFacts>, 'labels'> & { readonly labels?: readonly Coding[] };

const resource = ({ labels: labelling = [], ...given }: Given = {}): ResourceFacts => ({
  resource: { resourceType: 'Observation' },
  budget: { left: 0 },
  answers: new Map(),
  type: 'Observation',
  name: 'Observation/1',
  version: undefined,
  profiles: [],
  documentTypes: [],
  codes: [sens('X')],
  uses: [],
  isCoded: true,
  period: { start: day('2022-05-01'), end: day('2022-05-01') },
  contexts: [],
  authors: ['Practitioner/p'],
  ...given,
  labels: labelling,
  references: given.contexts ?? [],
  confidentiality: confidentialityOf(labelling, 'N'),
});

/** A resource server that knows every fact of the resource, and carries out rules as PCF say. */
function shows(rules: readonly PcfRule[], facts: ResourceFacts): boolean {
  const matching = rules.filter((rule) => matches(rule, facts));
  return !matching.some((rule) => rule.type === 'forbid') || matching.some((rule) => rule.type === 'permit');
}

type Data = { readonly meaning: string; readonly reference: { readonly reference: string } };
type Dated = { readonly start?: string; readonly end?: string };

function matches(rule: PcfRule, facts: ResourceFacts): boolean {
  const { securityLabel, dataPeriod, data } = rule as unknown as Readonly<
    Record<string, readonly unknown[] | undefined>
  >;
  const labelled = (securityLabel as readonly Coding[] | undefined)?.some((code) =>
    facts.labels.some((other) => sameCoding(code, other)),
  );
  const dated = (dataPeriod as readonly Dated[] | undefined)?.some(
    (period) => facts.period && overlaps(facts.period, read(period)),
  );
  const named = (data as readonly Data[] | undefined)?.some((each) => isNamed(each, facts));
  return [labelled, dated, named].every((met) => met ?? true);
}

const read = ({ start, end }: Dated): Period => ({
  ...(start === undefined ? {} : { start: asInstant(Date.parse(start)) }),
  ...(end === undefined ? {} : { end: asInstant(Date.parse(end)) }),
});

function isNamed({ meaning, reference: { reference } }: Data, facts: ResourceFacts): boolean {
  if (meaning === 'authoredby') return facts.authors.includes(reference);
  return facts.name === reference || (meaning !== 'instance' && facts.contexts.includes(reference));
}

/** What the profile expects of data: an N or an R on each, R wherever something is sensitive (P-5). */
const conformant = [
  resource({ labels: [conf('N')] }),
  resource({ labels: [conf('R')] }),
  resource({ labels: [conf('R'), sens('PSY')] }),
  resource({ labels: [conf('R'), sens('SDV')] }),
  resource({ labels: [conf('R'), sens('HIV')] }),
  resource({ labels: [conf('N')], period: { start: day('2021-05-01'), end: day('2021-05-01') } }),
  resource({ labels: [conf('N')], authors: ['Practitioner/x'] }),
  resource({ labels: [conf('N')], contexts: ['Encounter/e'] }),
  resource({ labels: [conf('N')], type: 'Encounter', name: 'Encounter/e' }),
  resource({ labels: [conf('N')], name: 'Observation/o' }),
];

const forbid = (members: object = {}): PcfRule => ({ type: 'forbid', ...members });
const permit = (members: object = {}): PcfRule => ({ type: 'permit', ...members });
const labels = (...codings: readonly Coding[]) => ({ securityLabel: codings });
const data = (meaning: string, reference: string) => ({ data: [{ meaning, reference: { reference } }] });
const dates = { dataPeriod: [{ start: '2022-01-01T00:00:00.000Z', end: '2022-12-31T23:59:59.999Z' }] };

const related = (name: string): readonly Atom[] => [id(name), belongsTo(name)];

describe('the examples of the profile, on data as the profile wants it', () => {
  const examples: readonly (readonly [string, Filter, readonly PcfRule[]])[] = [
    ['basic permit', all, []],
    ['basic reject', none, [forbid()]],
    ['root dataPeriod 2022', is(within(year2022)), [forbid(), permit(dates)]],
    ['nested deny dataPeriod 2022', not(within(year2022)), [forbid(dates)]],
    [
      'root data authoredby X',
      is(author('Practitioner/x')),
      [forbid(), permit(data('authoredby', 'Practitioner/x'))],
    ],
    [
      'nested deny authoredby X',
      not(author('Practitioner/x')),
      [forbid(data('authoredby', 'Practitioner/x'))],
    ],
    [
      'root related Encounter',
      anyOf(related('Encounter/e').map(is)),
      [forbid(), permit(data('related', 'Encounter/e'))],
    ],
    [
      'nested related Encounter',
      allOf(related('Encounter/e').map(not)),
      [forbid(data('related', 'Encounter/e'))],
    ],
    ['nested deny instance', not(id('Observation/o')), [forbid(data('instance', 'Observation/o'))]],
    ['root label N', is(atMost('N')), [forbid(), permit(labels(conf('N')))]],
    [
      'root labels N, R',
      anyOf([is(atMost('N')), is(atMost('R'))]),
      [forbid(), permit(labels(conf('N'), conf('R')))],
    ],
    [
      'root N, nested deny R',
      allOf([is(atMost('N')), not(atLeast('R'))]),
      [forbid(), permit(labels(conf('N'))), forbid(labels(conf('R')))],
    ],
    [
      'root N, nested permit PSY, SDV',
      anyOf([is(atMost('N')), is(label('PSY', 'SDV'))]),
      [forbid(), permit(labels(conf('N'))), permit(labels(sens('PSY'), sens('SDV')))],
    ],
  ];

  it.each(examples)('%s', (_, filter, expected) => {
    const { residual, exact } = renderPcf(filter);
    expect(exact).toBe(true);
    for (const each of conformant)
      expect(shows(residual, each), JSON.stringify(each)).toBe(shows(expected, each));
  });

  it.each(examples.filter(([name]) => !name.includes('N')))(
    'word for word, where no confidentiality is named: %s',
    (_, filter, expected) => {
      expect(renderPcf(filter).residual).toEqual(expected);
    },
  );
});

describe('confidentiality', () => {
  it('is forbidden from a code upwards, with whatever raises data to it (L-5, L-8)', () => {
    const [rule] = renderPcf(not(atLeast('R'))).residual;
    const codes = (rule as unknown as { readonly securityLabel: readonly Coding[] }).securityLabel;
    expect(codes).toEqual(expect.arrayContaining([conf('R'), conf('V'), sens('HIV'), sens('SUD')]));
    expect(codes).not.toContainEqual(conf('N'));
    expect(codes.filter(({ code }) => code.startsWith('_'))).toEqual([]);
  });

  it.each([
    ['unlabelled data is N', [], true],
    ['L lies below N', [conf('L')], true],
    ['HIV alone counts as R', [sens('HIV')], false],
    ['HIV beside N counts as R', [conf('N'), sens('HIV')], false],
    ['V lies above R', [conf('V')], false],
  ])('%s', (_, labelling, visible) => {
    const { residual } = renderPcf(is(atMost('N')));
    expect(shows(residual, resource({ labels: labelling }))).toBe(visible);
  });

  it('V is forbidden without what is merely R', () => {
    expect(renderPcf(not(atLeast('V'))).residual).toEqual([forbid(labels(conf('V')))]);
  });

  it.each([
    [is(atMost('V')), []],
    [is(atLeast('U')), []],
    [not(atMost('V')), [forbid()]],
    [not(atLeast('U')), [forbid()]],
  ])('the ends of the order are everything or nothing: %o', (filter, residual) => {
    expect(renderPcf(filter)).toEqual({ exact: true, residual });
  });

  it('permits nothing by a code, since that would cover all that is less confidential (fhir-consent.md M-5)', () => {
    expect(renderPcf(is(atLeast('R')))).toEqual({ exact: false, residual: [forbid()] });
    expect(renderPcf(not(atMost('N')), 'R')).toEqual({ exact: false, residual: [forbid()] });
    const filter = anyOf([is(atLeast('R')), is(author('Practitioner/x'))]);
    const { residual } = renderPcf(filter);
    expect(residual).toEqual([forbid(), permit(data('authoredby', 'Practitioner/x'))]);
    expect(allows(residual, { resourceType: 'Observation', id: '1' })).toBe(false);
  });

  it('hides everything where data without a label would have to be hidden and cannot be named', () => {
    expect(renderPcf(is(atMost('N')), 'R')).toEqual({ exact: false, residual: [forbid()] });
    expect(renderPcf(is(atMost('L')))).toEqual({ exact: false, residual: [forbid()] });
  });
});

describe('what PCF cannot say hides more', () => {
  it.each([
    ['a type', is(type('Observation'))],
    ['not a type', not(type('Observation'))],
    ['a code', not({ kind: 'code', anyOf: [sens('X')] })],
    ['what nobody can know', is({ kind: 'unknown', why: 'expression' })],
    ['a condition with an exception', allOf([is(within(year2022)), not(label('PSY'))])],
    ['two labels at once', allOf([is(label('PSY')), is(label('SDV'))])],
    ['what refers to a resource, without that resource', is(refersTo('Encounter/e'))],
  ])('%s', (_, filter) => {
    expect(renderPcf(filter)).toEqual({ exact: false, residual: [forbid()] });
  });

  it('and leaves the alternatives that can be said', () => {
    const filter = anyOf([is(type('Observation')), is(author('Practitioner/x'))]);
    expect(renderPcf(filter)).toEqual({
      exact: false,
      residual: [forbid(), permit(data('authoredby', 'Practitioner/x'))],
    });
  });

  it('and gives up on a filter with too many alternatives', () => {
    const pairs = Array.from({ length: 8 }, (_, at) =>
      anyOf([is(author(`a${at}`)), is(id(`Observation/${at}`))]),
    );
    expect(renderPcf(allOf(pairs))).toEqual({ exact: false, residual: [forbid()] });
  });
});

it('an identifier is named as one', () => {
  expect(renderPcf(not(author('urn:npi|17'))).residual).toEqual([
    forbid({
      data: [{ meaning: 'authoredby', reference: { identifier: { system: 'urn:npi', value: '17' } } }],
    }),
  ]);
});

it('rules on one element join into one', () => {
  expect(renderPcf(allOf([not(label('PSY')), not(label('SDV'))])).residual).toEqual([
    forbid(labels(sens('PSY'), sens('SDV'))),
  ]);
});

describe('the law: what the rules show, the filter shows; and the other way round when they are exact', () => {
  const atoms: readonly Atom[] = [
    ...(['L', 'N', 'R', 'V'] as const).flatMap((code) => [atMost(code), atLeast(code)]),
    ...[label('PSY'), label('HIV', 'SDV'), within(year2022), within({ start: day('2021-01-01') })],
    ...[author('Practitioner/p'), author('Practitioner/x'), id('Observation/1'), id('Encounter/e')],
    ...[refersTo('Encounter/e'), type('Observation'), { kind: 'unknown', why: 'a test' } as const],
  ];
  const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...atoms).map(is),
      fc.constantFrom(...atoms).map(not),
      fc.array(tie('filter'), { maxLength: 3 }).map(allOf),
      fc.array(tie('filter'), { maxLength: 3 }).map(anyOf),
      tie('filter').map(negate),
    ),
  }));
  const facts = fc
    .record({
      labels: fc.uniqueArray(
        fc.constantFrom(conf('L'), conf('N'), conf('R'), sens('PSY'), sens('HIV'), sens('X')),
        { maxLength: 3 },
      ),
      period: fc
        .constantFrom('2020-05-01', '2021-05-01', '2022-05-01')
        .map((date) => ({ start: day(date), end: day(date) })),
      authors: fc.constantFrom(['Practitioner/p'], ['Practitioner/x'], ['Practitioner/y']),
      contexts: fc.constantFrom([], ['Encounter/e']),
      identity: fc.constantFrom(
        ['Observation', 'Observation/1'],
        ['Encounter', 'Encounter/e'],
        ['Observation', 'Observation/2'],
      ),
    })
    .map(({ identity: [kind = '', name = ''], ...rest }) => resource({ ...rest, type: kind, name }));

  it('holds for any filter and resource', () => {
    let exactOnes = 0;
    fc.assert(
      fc.property(filter, facts, (condition, each) => {
        const { residual, exact } = renderPcf(condition);
        const [shown, visible] = [shows(residual, each), isVisible(condition, each)];
        if (shown) expect(visible).toBe(true);
        if (exact) {
          exactOnes++;
          expect(shown).toBe(visible);
        }
      }),
      { numRuns: 3000 },
    );
    expect(exactOnes).toBeGreaterThan(500);
  });
});
