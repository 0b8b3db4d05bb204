/** What a Consent must look like to be stored, row by row (fhir-consent.md §§1, 2, 4, 8). */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/json.ts';
import { validateConsent } from '../../src/consent/validate-consent.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { FhirVersion } from '../../src/fhir/version.ts';
import { fullConsent, place, put, type Row, r4, r5, sampleOf, samples } from './consent-elements.ts';

const tables = [
  ['§1 (R4)', '4.0', r4],
  ['§1 (R4B)', '4.3', r4],
  ['§2 (R5)', '5.0', r5],
] as const;

const emptyBackbones = ['provision.provision'];

describe.each(tables)('%s', (section, version, rows) => {
  /** All rows but one of the two that exclude each other in R4, and no Backbone without anything in it. */
  const full = (row: Row) => {
    const rival = row.path === 'sourceReference' ? 'sourceAttachment' : 'sourceReference';
    const taken = rows.filter(({ path }) => version === '5.0' || path !== rival);
    const body = fullConsent(taken);
    for (const path of emptyBackbones) place(body, path).holder['provision'] = [inner(version)];
    return body;
  };
  const inner = (of: FhirVersion): object =>
    of === '5.0' ? { purpose: [samples.Coding.fits] } : { type: 'deny' };
  const verdict = (row: Row, change: (body: { [name: string]: unknown }) => void) => {
    const body = full(row);
    change(body);
    return problemsOf(body, version);
  };
  const withValue = (row: Row, value: unknown) => verdict(row, (body) => put(body, row, [value]));
  const titled = rows.map(
    (row) => [`fhir-consent.md ${section.slice(0, 2)}: ${row.path} ${row.card} ${row.type}`, row] as const,
  );

  it.each(titled)('%s', (_, row) => {
    expect(verdict(row, () => undefined)).toEqual([]);
    const absent = verdict(row, (body) => {
      const { holder, name } = place(body, row.path);
      delete holder[name];
    });
    expect(absent).toEqual(
      row.card.startsWith('1') ? [['required', pointerOf(row, rows).replace(/\[0\]$/, '')]] : [],
    );
    const { holder, name } = place(full(row), row.path);
    const value = row.card.endsWith('*') ? (holder[name] as readonly unknown[])[0] : holder[name];
    const alone = verdict(row, (body) => {
      place(body, row.path).holder[name] = row.card.endsWith('*') ? value : [value];
    });
    expect(alone[0]?.[0]).toBe(row.codes && !row.card.endsWith('*') ? 'code-invalid' : 'structure');
    if (row.card.endsWith('*')) expect(verdict(row, (body) => put(body, row, [value, value]))).toEqual([]);
  });

  it.each(titled)('%s: nothing else fits', (_, row) => {
    for (const value of samples[row.type].misfits)
      expect(withValue(row, value)[0]?.[1], JSON.stringify(value)).toContain(`${pointerOf(row, rows)}`);
  });

  it.each(titled.filter(([, row]) => row.targets))('%s: reference targets', (_, row) => {
    for (const target of row.targets ?? []) {
      expect(withValue(row, { reference: `${target}/1` })).toEqual([]);
      expect(withValue(row, { reference: `https://a.example/${target}/1/_history/2` })).toEqual([]);
      expect(withValue(row, { type: target, identifier: { value: '1' } })).toEqual([]);
    }
    for (const stranger of ['Observation', 'Binary', 'Location']) {
      const refused = [['value', pointerOf(row, rows)]];
      expect(withValue(row, { reference: `${stranger}/1` })).toEqual(refused);
      expect(withValue(row, { type: stranger, display: 'a' })).toEqual(refused);
    }
  });

  it.each(titled.filter(([, row]) => row.codes))('%s: required binding (§4)', (_, row) => {
    for (const code of row.codes ?? []) expect(withValue(row, code)).toEqual([]);
    for (const code of [`${sampleOf(row)}x`, String(sampleOf(row)).toUpperCase(), 'nonsense'])
      expect(withValue(row, code)).toEqual([['code-invalid', pointerOf(row, rows)]]);
  });

  it('§8: an element of no table is refused by its name', () => {
    for (const { path } of rows.filter(
      (row) => row.type === 'Backbone' && row.path !== 'provision.provision',
    )) {
      const row = { path: `${path}.nonsense`, card: '0..1', type: 'code' } as const;
      const problems = verdict(row, (body) => put(body, row, ['a']));
      expect(problems).toEqual([['structure', pointerOf(row, rows)]]);
    }
  });
});

describe('fhir-consent.md §8: what is 400 and what is 422', () => {
  const kindOf = (body: object, version: FhirVersion = '4.0') => {
    const result = validateConsent({ ...minimal, ...body } as Resource, version);
    return result.ok ? 'taken' : `${result.failure.kind} ${result.failure.parts?.[0]?.code}`;
  };
  const minimal = {
    resourceType: 'Consent',
    status: 'active',
    scope: { text: 'a' },
    category: [{ text: 'a' }],
    policyRule: { text: 'a' },
  };
  const div = '<div xmlns="http://www.w3.org/1999/xhtml"><script>1</script></div>';

  it.each([
    ['nothing wrong', {}, 'taken'],
    ['cardinality', { status: undefined }, 'malformed required'],
    ['type', { scope: 'a' }, 'malformed structure'],
    ['required binding', { status: 'asleep' }, 'malformed code-invalid'],
    ['ppc-1', { policyRule: undefined }, 'malformed invariant'],
    ['per-1', { provision: { period: { start: '2026', end: '2025' } } }, 'malformed invariant'],
    ['ref-1', { performer: [{ reference: '#nobody' }] }, 'malformed invariant'],
    ['too long for an index', { scope: { coding: [{ code: 'a'.repeat(513) }] } }, 'malformed too-long'],
    ['narrative', { text: { status: 'generated', div } }, 'unprocessable business-rule'],
  ])('%s', (_, body, expected) => {
    expect(kindOf(body)).toBe(expected);
  });
});

/** Where the row's one sample stands. */
function pointerOf({ path }: Row, rows: readonly Row[]): string {
  const steps = path.split('.');
  const repeats = (upTo: number) =>
    rows.some((row) => row.path === steps.slice(0, upTo + 1).join('.') && row.card.endsWith('*'));
  return [
    'Consent',
    ...steps.map((step, index) => (repeats(index) && index < steps.length ? `${step}[0]` : step)),
  ].join('.');
}

function problemsOf(body: object, version: FhirVersion): readonly (readonly [string, string | undefined])[] {
  const result = validateConsent(JSON.parse(JSON.stringify(body)) as Json as Resource, version);
  return result.ok ? [] : (result.failure.parts ?? []).map(({ code, pointer }) => [code, pointer]);
}
