/** A user's search under a filter (access-denied-and-enforcement.md §6.4 CF-1..3, §3.1 AP-1). */
import { describe, expect, it, test } from 'vitest';
import { narrowSearch, type Parameter } from '../../src/enforcement/narrow-search.ts';
import type { RenderedSearch } from '../../src/enforcement/render-search.ts';

const exact: RenderedSearch = {
  shows: 'matching',
  parameters: [['_security:not', 's|PSY']],
  exact: true,
  why: [],
};
const less: RenderedSearch = { ...exact, exact: false, why: ['a test'] };

test('CF-2: the parameters of the filter follow those of the user, of which none is replaced', () => {
  const asked: readonly Parameter[] = [
    ['_security:not', 's|SUD'],
    ['class', 'IMP'],
    ['_summary', 'count'],
  ];
  expect(narrowSearch(asked, exact)).toEqual({ ok: true, value: [...asked, ['_security:not', 's|PSY']] });
});

describe('CF-3: what would tell of hidden data is refused, by name', () => {
  it.each<Parameter>([
    ['_has:Observation:patient:code', '1'],
    ['subject.name', 'Ann'],
    ['subject:Patient.name', 'Ann'],
    ['_filter', 'code eq 1'],
    ['_content', 'hiv'],
    ['_list', '42'],
    ['code-value-quantity', 'loinc|1$gt5'],
    ['_include', 'Observation:encounter'],
    ['_include', '*'],
    ['_include:iterate', 'Observation:encounter:Encounter'],
    ['_revinclude', 'Provenance:target'],
  ])('%s=%s', (name, value) => {
    const answer = narrowSearch(
      [
        ['status', 'final'],
        [name, value],
      ],
      exact,
    );
    expect(answer).toMatchObject({ ok: false, failure: { parameter: name } });
  });

  it('but includes of types of which nothing is hidden, and what is escaped', () => {
    const asked: readonly Parameter[] = [
      ['_include', 'Observation:performer:Practitioner'],
      ['_revinclude', 'Practitioner:x'],
      ['name', 'US\\$'],
    ];
    expect(narrowSearch(asked, exact, ['Practitioner']).ok).toBe(true);
  });
});

describe('CF-1: counting needs an exact filter', () => {
  it.each<Parameter>([
    ['_summary', 'count'],
    ['_total', 'accurate'],
    ['_total', 'estimate'],
    ['_count', '0'],
  ])('%s=%s', (name, value) => {
    expect(narrowSearch([[name, value]], less)).toMatchObject({ ok: false, failure: { parameter: name } });
    expect(narrowSearch([[name, value]], exact).ok).toBe(true);
  });

  it('a search that counts nothing only finds less', () => {
    expect(
      narrowSearch(
        [
          ['_count', '10'],
          ['_total', 'none'],
        ],
        less,
      ).ok,
    ).toBe(true);
  });
});
