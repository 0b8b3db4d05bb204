/** A filter as SQL (access-denied-and-enforcement.md §6.5): what is bound, what is indexed, what unknown does. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { accessSettings, settingsSchema } from '../../src/access/settings.ts';
import { asInstant } from '../../src/base/instant.ts';
import { factsOf } from '../../src/decision/facts.ts';
import { type Atom, allOf, anyOf, type Filter, none } from '../../src/decision/filter.ts';
import { renderSql } from '../../src/enforcement/render-sql.ts';
import { indexFacts } from '../../src/enforcement/sql/index-facts.ts';
import { codeSystems } from '../../src/fhir/coding.ts';
import { readExpression } from '../../src/fhir/expression.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { type FactTables, openFactTables } from './fact-tables.ts';

const settings = accessSettings(settingsSchema.parse({}), []);
const is = (atom: Atom): Filter => ({ op: 'is', atom });
const not = (atom: Atom): Filter => ({ op: 'not', atom });
const psy: Atom = { kind: 'label', anyOf: [{ system: codeSystems.actCode, code: 'PSY' }] };
const in2022: Atom = {
  kind: 'date',
  within: { start: asInstant(Date.UTC(2022, 0, 1)), end: asInstant(Date.UTC(2023, 0, 1) - 1) },
};

describe('the text', () => {
  it('binds every value that comes from a consent, whatever it is', () => {
    const hostile = "'; drop table fact_label; --";
    const atoms: readonly Atom[] = [
      { kind: 'label', anyOf: [{ system: hostile, code: hostile }] },
      { kind: 'code', anyOf: [{ system: hostile, code: hostile }] },
      { kind: 'type', anyOf: [hostile] },
      { kind: 'profile', anyOf: [hostile] },
      { kind: 'id', anyOf: [hostile], version: hostile },
      { kind: 'refers-to', anyOf: [hostile], through: 'any' },
      { kind: 'author', anyOf: [hostile] },
      { kind: 'document-type', anyOf: [{ system: hostile, code: hostile }] },
    ];
    const { text, values } = renderSql(anyOf([...atoms.map(is), ...atoms.map(not)]), 'N');
    expect(text).not.toContain(hostile);
    expect(text.match(/\$\d+/g)?.length).toBe(values.length);
  });

  it('numbers its parameters behind those of the statement around it, under any alias and any prefix', () => {
    const { text, values } = renderSql(is(psy), 'N', {
      key: 'enc.name',
      tables: 'phr.fact',
      parametersBefore: 2,
    });
    expect(text).toBe(
      'exists (select 1 from phr.fact_resource f where f.resource = enc.name and ' +
        '(exists (select 1 from phr.fact_label x where x.resource = f.resource and (x.system, x.code) in (($3, $4)))))',
    );
    expect(values).toEqual([codeSystems.actCode, 'PSY']);
  });

  it.each(['r.id or true', 'R.id', '', 'r;'])('takes no key but a name: `%s`', (key) => {
    expect(() => renderSql(none, 'N', { key })).toThrow('no name in SQL');
  });

  it('says that it hides more where an expression is asked', () => {
    const expression = readExpression({ language: 'text/fhirpath', expression: 'code.exists()' });
    if (!expression) throw new Error('not read');
    const filter = anyOf([is({ kind: 'expression', expression, request: {} }), is(psy)]);
    expect(renderSql(filter, 'N')).toMatchObject({ exact: false, why: [expect.any(String)] });
  });
});

describe('the rows', () => {
  const rowsOf = (resource: object) => indexFacts(factsOf(resource as Resource, settings));

  it('say what was said, each once, under the names of today', () => {
    const old = { system: 'http://hl7.org/fhir/v3/ActCode', code: 'PSY' };
    const { label, resource } = rowsOf({
      resourceType: 'Observation',
      id: '1',
      meta: { security: [old, { ...old, system: codeSystems.actCode }, { code: 'x' }] },
    });
    expect(label).toEqual([
      { resource: 'Observation/1', system: codeSystems.actCode, code: 'PSY' },
      { resource: 'Observation/1', system: ' ', code: 'x' },
    ]);
    expect(resource[0]).toMatchObject({ confidentiality: 4, starts: null, ends: null, coded: false });
  });

  it('L-5: leave open how confidential is what no label says, so that nobody has to index again', () => {
    const unlabelled = rowsOf({ resourceType: 'Observation', id: '1' });
    expect(unlabelled.resource[0].confidentiality).toBeNull();
    const handling = [{ system: codeSystems.actCode, code: 'NOPAT' }];
    const handled = rowsOf({ resourceType: 'Observation', id: '1', meta: { security: handling } });
    expect(handled.resource[0].confidentiality).toBeNull();
  });

  it('of a Period without a bound reach to the end of the calendar', () => {
    const { resource } = rowsOf({ resourceType: 'Encounter', id: '1', period: { start: '2022' } });
    expect(resource[0]).toMatchObject({
      starts: '2022-01-01T00:00:00.000Z',
      ends: '9999-12-31T23:59:59.999Z',
    });
  });
});

describe('what a resource leaves unknown is hidden, whichever way it is asked (§6.3 rule 6)', () => {
  let tables: FactTables;
  const resources = [
    { resourceType: 'Observation', id: 'bare' },
    { resourceType: 'Observation', id: 'words', code: { text: 'in words' } },
    {
      resourceType: 'Observation',
      id: 'full',
      code: { coding: [{ system: 'http://loinc.org', code: '1' }] },
      effectiveDateTime: '2022-05-05',
      performer: [{ reference: 'Practitioner/z' }],
    },
  ];
  beforeAll(async () => {
    tables = await openFactTables();
    await tables.write(resources.map((each) => factsOf(each as Resource, settings)));
  });
  afterAll(() => tables.close());
  const shown = (filter: Filter) => tables.shown(renderSql(filter, 'N', { key: 'r.resource' }));

  it.each<[string, Atom, boolean]>([
    ['a date', in2022, true],
    ['an author', { kind: 'author', anyOf: ['Practitioner/z'] }, true],
    ['a code', { kind: 'code', anyOf: [{ system: 'http://loinc.org', code: '1' }] }, true],
    ['what nobody can know', { kind: 'unknown', why: 'a test' }, false],
  ])('%s', async (_, atom, isFull) => {
    expect(await shown(is(atom))).toEqual(isFull ? ['Observation/full'] : []);
    expect(await shown(not(atom))).toEqual([]);
    expect(await shown(allOf([not(atom)]))).toEqual([]);
  });

  test('and so can the predicate itself be denied: it is never null', async () => {
    const { text, values } = renderSql(not(in2022), 'N', { key: 'r.resource' });
    expect((await tables.shown({ text: `not (${text})`, values })).length).toBe(3);
  });
});
