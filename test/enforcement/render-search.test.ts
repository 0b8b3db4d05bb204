/** A filter as FHIR search (access-denied-and-enforcement.md §6.4), atom by atom: exact, less, or nothing and why. */
import { describe, expect, it } from 'vitest';
import { asInstant } from '../../src/base/instant.ts';
import { type Atom, all, allOf, anyOf, type Filter, none } from '../../src/decision/filter.ts';
import { renderSearch, type SearchedServer } from '../../src/enforcement/render-search.ts';
import { type Coding, codeSystems } from '../../src/fhir/coding.ts';
import type { Confidentiality } from '../../src/labeling/vocabulary.ts';

const conf = (code: string): Coding => ({ system: codeSystems.confidentiality, code });
const sens = (code: string): Coding => ({ system: codeSystems.actCode, code });
const use = (code: string): Coding => ({ system: codeSystems.actReason, code });
const is = (atom: Atom): Filter => ({ op: 'is', atom });
const not = (atom: Atom): Filter => ({ op: 'not', atom });
const day = (text: string) => asInstant(Date.parse(`${text}T00:00:00Z`));
const year2018 = { start: day('2018-01-01'), end: asInstant(day('2019-01-01') - 1) };

const labels = [conf('N'), conf('R'), sens('MH'), sens('PSY'), sens('NOPAT')];
const render = (
  filter: Filter,
  type = 'Encounter',
  server: SearchedServer = { labels },
  version: '4.0' | '5.0' = '4.0',
  unlabelledAs: Confidentiality = 'N',
) => renderSearch(filter, type, version, unlabelledAs, server);
const exactly = (...parameters: readonly (readonly [string, string])[]) => ({
  shows: 'matching',
  exact: true,
  why: [],
  parameters,
});
const refused = { shows: 'nothing', exact: false, parameters: [] };

const token = ({ system, code }: Coding) => `${system}|${code}`;
const mentalHealth: Atom = { kind: 'label', anyOf: ['MH', 'PSY', 'PSYTHPN'].map(sens) };

describe('labels', () => {
  it('§6.7: none of several is `:not` for each that the server has, repeated', () => {
    expect(render(not(mentalHealth))).toEqual(
      exactly(['_security:not', token(sens('MH'))], ['_security:not', token(sens('PSY'))]),
    );
  });

  it('one of several is a list', () => {
    expect(render(is(mentalHealth))).toEqual(
      exactly(['_security', `${token(sens('MH'))},${token(sens('PSY'))}`]),
    );
  });

  it('a label that the server has not hides nothing, and finds nothing', () => {
    const sud: Atom = { kind: 'label', anyOf: [sens('SUD')] };
    expect(render(not(sud))).toMatchObject({ shows: 'all', exact: true, parameters: [] });
    expect(render(is(sud))).toMatchObject({ shows: 'nothing', exact: true });
  });

  it('L-3: labels under old names are asked for by those, as the server writes them', () => {
    const old = { system: 'http://hl7.org/fhir/v3/ActCode', code: 'PSY' };
    const retired = { system: 'http://hl7.org/fhir/v3/Confidentiality', code: 'PSY' };
    expect(render(not(mentalHealth), 'Encounter', { labels: [old, retired] }).parameters).toEqual([
      ['_security:not', token(old)],
      ['_security:not', token(retired)],
    ]);
  });

  it('L-2, L-8: what counts as R is left out with R, a label nobody knows as well', () => {
    const strange = { system: 'urn:example:ours', code: 'secret,or|not' };
    const filter = is({ kind: 'confidentiality', bound: 'at-most', code: 'N' });
    expect(render(filter, 'Encounter', { labels: [...labels, strange] })).toEqual(
      exactly(
        ...[conf('R'), sens('MH'), sens('PSY')].map((each) => ['_security:not', token(each)] as const),
        ['_security:not', 'urn:example:ours|secret\\,or\\|not'],
      ),
    );
  });

  it('L-5: where unlabelled data counts as R it must bear a label that says less', () => {
    const filter = is({ kind: 'confidentiality', bound: 'at-most', code: 'N' });
    const { exact, parameters } = render(filter, 'Encounter', { labels }, '4.0', 'R');
    expect(exact).toBe(true);
    expect(parameters[0]).toEqual([
      '_security',
      [conf('N'), conf('R'), sens('MH'), sens('PSY')].map(token).join(','),
    ]);
  });

  it.each([
    ['at most V', is({ kind: 'confidentiality', bound: 'at-most', code: 'V' }), 'all'],
    ['at least U', is({ kind: 'confidentiality', bound: 'at-least', code: 'U' }), 'all'],
    ['above V', not({ kind: 'confidentiality', bound: 'at-most', code: 'V' }), 'nothing'],
    ['below U', not({ kind: 'confidentiality', bound: 'at-least', code: 'U' }), 'nothing'],
  ])('the ends of the order are everything or nothing: %s', (_, filter, shows) => {
    expect(render(filter)).toMatchObject({ shows, exact: true });
  });

  const forTreatment: Atom = { kind: 'use', purposes: ['TREAT'], explicitOnly: [] };
  it('L-16: purposes on labels: none there, only others there, and both, where a search has no "or"', () => {
    expect(render(is(forTreatment))).toMatchObject({ shows: 'all', exact: true });
    expect(render(is(forTreatment), 'Encounter', { labels: [use('HRESCH'), use('HTEST')] })).toEqual(
      exactly(['_security:not', token(use('HRESCH'))]),
    );
    expect(render(is(forTreatment), 'Encounter', { labels: [use('HRESCH'), use('TREAT')] })).toMatchObject({
      exact: false,
      parameters: [['_security:not', token(use('HRESCH'))]],
    });
    expect(render(is(forTreatment), 'Encounter', { labels: [use('TREAT')] })).toMatchObject({ shows: 'all' });
  });

  it('of a server whose labels nobody knows, only what bears none is shown, and that is less', () => {
    expect(render(not(mentalHealth), 'Encounter', {})).toEqual({
      shows: 'matching',
      exact: false,
      parameters: [['_security:missing', 'true']],
      why: ['it is not known what labels the data of the server bears'],
    });
    expect(render(is(mentalHealth), 'Encounter', {})).toMatchObject(refused);
  });
});

describe('dates (M-13)', () => {
  const within2018: Atom = { kind: 'date', within: year2018 };

  it('outside a period, by the prefixes that let no overlapping Period through', () => {
    const outside = 'eb2018-01-01T00:00:00.000Z,sa2018-12-31T23:59:59.999Z';
    expect(render(not(within2018), 'Composition')).toEqual(exactly(['date', outside]));
  });

  it('within a period, counting what only touches it', () => {
    expect(render(is(within2018), 'Composition')).toEqual(
      exactly(['date', 'gt2017-12-31T23:59:59.999Z'], ['date', 'lt2019-01-01T00:00:00.000Z']),
    );
  });

  it.each([
    ['Encounter', '4.0', 'date'],
    ['Condition', '4.0', 'onset-date'],
    ['MedicationRequest', '5.0', 'authoredon'],
    ['DocumentReference', '4.0', 'date'],
    ['DocumentReference', '5.0', 'period'],
  ] as const)('%s in %s by `%s`: exact once it is known that each bears its time', (type, version, name) => {
    const found = render(is(within2018), type, { labels }, version);
    expect(found).toMatchObject({ exact: false, shows: 'matching' });
    expect(found.parameters[0]?.[0]).toBe(name);
    expect(render(is(within2018), type, { labels, datedTypes: [type] }, version)).toMatchObject({
      exact: true,
      parameters: found.parameters,
    });
  });

  it('by when it was last changed, where a type has no time of its own', () => {
    const { exact, parameters } = render(is(within2018), 'Organization');
    expect([exact, parameters[0]?.[0]]).toEqual([true, '_lastUpdated']);
  });

  it.each([
    ['Observation', '4.0'],
    ['Procedure', '5.0'],
    ['AllergyIntolerance', '4.0'],
  ] as const)('%s in %s: a search would find what we cannot read, so it is not rendered', (type, version) => {
    expect(render(is(within2018), type, { labels }, version)).toMatchObject(refused);
    expect(render(not(within2018), type, { labels }, version)).toMatchObject(refused);
  });
});

describe('what else there is', () => {
  const e9: Atom = { kind: 'refers-to', anyOf: ['Encounter/9'], through: 'context' };
  it.each<[string, Filter, string, readonly (readonly [string, string])[]]>([
    [
      'an id',
      is({ kind: 'id', anyOf: ['Encounter/1', 'Condition/2', 'Encounter/3'] }),
      'Encounter',
      [['_id', '1,3']],
    ],
    ['an encounter', is(e9), 'Observation', [['encounter', 'Encounter/9']]],
    ['the whole an encounter is part of', is(e9), 'Encounter', [['part-of', 'Encounter/9']]],
    ['a plan', is({ ...e9, anyOf: ['CarePlan/1'] }), 'Observation', [['based-on', 'CarePlan/1']]],
    [
      'an author',
      is({ kind: 'author', anyOf: ['Practitioner/z'] }),
      'Composition',
      [['author', 'Practitioner/z']],
    ],
    ['a profile', is({ kind: 'profile', anyOf: ['urn:p'] }), 'Observation', [['_profile', 'urn:p']]],
    [
      'the kind of a document',
      not({ kind: 'document-type', anyOf: [{ system: 'urn:ietf:bcp:13', code: 'text/plain' }] }),
      'DocumentReference',
      [
        ['type:not', 'urn:ietf:bcp:13|text/plain'],
        ['format:not', 'urn:ietf:bcp:13|text/plain'],
        ['contenttype:not', 'text/plain'],
      ],
    ],
  ])('%s, exactly', (_, filter, type, parameters) => {
    expect(render(filter, type)).toEqual(exactly(...parameters));
  });

  it.each<[string, Filter, string]>([
    ['all but an id', not({ kind: 'id', anyOf: ['Encounter/1'] }), 'Encounter'],
    ['one version', is({ kind: 'id', anyOf: ['Encounter/1'], version: '2' }), 'Encounter'],
    ['all but an encounter', not(e9), 'Observation'],
    ['all but an author', not({ kind: 'author', anyOf: ['Practitioner/z'] }), 'Observation'],
    ['all but a code', not({ kind: 'code', anyOf: [sens('X')] }), 'Observation'],
    ['all but a profile', not({ kind: 'profile', anyOf: ['urn:p'] }), 'Observation'],
    ['an author known by an identifier', is({ kind: 'author', anyOf: ['urn:npi|1'] }), 'Observation'],
    ['an encounter without a parameter', is(e9), 'AllergyIntolerance'],
  ])('%s is not rendered, and says why', (_, filter, type) => {
    const found = render(filter, type);
    expect(found).toMatchObject(refused);
    expect(found.why.length).toBe(1);
  });

  it('a code is found in one element of those where it may stand: less', () => {
    const found = render(
      is({ kind: 'code', anyOf: [{ system: 'http://loinc.org', code: '1' }] }),
      'Observation',
    );
    expect(found).toMatchObject({ exact: false, parameters: [['code', 'http://loinc.org|1']] });
  });

  it.each([
    ['of the type', is({ kind: 'type', anyOf: ['Encounter'] }), 'all'],
    ['not of the type', not({ kind: 'type', anyOf: ['Encounter'] }), 'nothing'],
    ['everything', all, 'all'],
    ['nothing', none, 'nothing'],
    ['what nobody can know', not({ kind: 'unknown', why: 'a test' }), 'nothing'],
    ['an id of another type', is({ kind: 'id', anyOf: ['Condition/1'] }), 'nothing'],
  ])('%s needs no parameter', (_, filter, shows) => {
    expect(render(filter)).toMatchObject({ shows, exact: true, parameters: [] });
  });
});

describe('conditions together', () => {
  const id = (name: string): Filter => is({ kind: 'id', anyOf: [`Encounter/${name}`] });
  const psy: Filter = not({ kind: 'label', anyOf: [sens('PSY')] });

  it('alternatives of one parameter are a list, within a conjunction too', () => {
    expect(render(anyOf([id('1'), id('2')]))).toEqual(exactly(['_id', '1,2']));
    expect(render(anyOf([allOf([psy, id('1')]), allOf([psy, id('2')])]))).toMatchObject({ exact: false });
    expect(render(allOf([psy, anyOf([id('1'), id('2')])]))).toEqual(
      exactly(['_security:not', token(sens('PSY'))], ['_id', '1,2']),
    );
  });

  it('alternatives across parameters are left out but one, which is less', () => {
    expect(render(anyOf([psy, id('1')]))).toEqual({
      ...exactly(['_security:not', token(sens('PSY'))]),
      exact: false,
      why: ['a search knows no alternatives across parameters'],
    });
  });

  it('alternatives of `:not` are none: with a list it denies each', () => {
    const mh: Filter = not({ kind: 'label', anyOf: [sens('MH')] });
    expect(render(anyOf([psy, mh]))).toMatchObject({
      exact: false,
      parameters: [['_security:not', token(sens('PSY'))]],
    });
  });

  it('what cannot be rendered hides what is joined with it, unless that finds nothing anyway', () => {
    const unsayable = not({ kind: 'id', anyOf: ['Encounter/1'] });
    expect(render(allOf([psy, unsayable]))).toMatchObject(refused);
    expect(render(allOf([unsayable, is({ kind: 'type', anyOf: ['Condition'] })]))).toMatchObject({
      shows: 'nothing',
      exact: true,
    });
    expect(render(anyOf([unsayable, psy]))).toMatchObject({ shows: 'matching', exact: false });
  });
});
