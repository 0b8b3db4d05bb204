import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { all, type Filter, none } from '../../src/decision/filter.ts';
import {
  actCode,
  bundle,
  confidentiality,
  entries,
  idsIn,
  inline,
  labelled,
  mark,
  notRestricted,
  observation,
  ofCode,
  redact,
  resourceAt,
} from './redacted-bundles.ts';

test('H-1, H-3: the mark is that of the most confidential entry that is left', () => {
  const given = bundle(
    entries(
      observation('l', labelled('L')),
      observation('r', labelled('R')),
      observation('m', labelled('M')),
    ),
    labelled('R'),
  );
  expect(redact(given)['meta']).toEqual({ security: [{ system: confidentiality, code: 'M' }] });
  expect(redact(given, none)['meta']).toBeUndefined();
});

test('H-4, H-5: handling is lifted unless it reveals, sensitivity is not', () => {
  const security = ['NORDSCLCD', 'MASK', 'NODSCLCD', 'HIV'].map((code) => ({ system: actCode, code }));
  const given = bundle(entries(observation('x', { meta: { security } })));
  expect(redact(given, all)['meta']).toEqual({
    security: [
      { system: confidentiality, code: 'R' },
      { system: actCode, code: 'NORDSCLCD' },
    ],
  });
});

test('a mark above all entries is the own label of the Bundle: it counts for each, and stays', () => {
  const given = bundle(entries(observation('x')), labelled('R'));
  expect(idsIn(redact(given))).toEqual([]);
  expect(redact(given, all)['meta']).toEqual(labelled('R').meta);
});

test('§8 I-1, I-2, I-3, §9 N-6: what is labelled inside goes, with the narrative, and the resource says so', () => {
  const given = observation('x', {
    text: { status: 'generated', div: '<div>HIV</div>' },
    status: 'final',
    _status: { extension: [inline('R')] },
    code: { text: 'HIV', extension: [inline('R')] },
    note: [
      { text: 'secret', extension: [inline('R')] },
      { text: 'open', extension: [inline('N')] },
    ],
    comment: ['a', 'b'],
    _comment: [null, { extension: [inline('V')] }],
    valueString: 'positive',
    _valueString: { extension: [inline('R')] },
    component: [{ valueQuantity: { value: 1, extension: [inline('R')] }, interpretation: 'x' }],
  });
  const masked = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
  };
  expect(resourceAt(redact(bundle(entries(given))))).toEqual({
    resourceType: 'Observation',
    id: 'x',
    meta: { security: [mark('REDACTED')], tag: [mark('SUBSETTED')] },
    _status: masked,
    code: masked,
    note: [{ text: 'open', extension: [inline('N')] }],
    comment: ['a'],
    _comment: [null],
    component: [{ interpretation: 'x' }],
  });
});

test('a resource of which nothing goes keeps its narrative', () => {
  const given = observation('x', {
    text: { status: 'generated', div: '<div>all</div>' },
    note: [{ extension: [inline('N')] }],
  });
  expect(redact(bundle(entries(given)))['entry']).toEqual(entries(given));
});

test('H-6, H-7: labels of what is contained count for the container, and for the mark', () => {
  const given = observation('x', { contained: [{ resourceType: 'Condition', id: 'c', ...labelled('R') }] });
  expect(idsIn(redact(bundle(entries(given))))).toEqual([]);
  expect(redact(bundle(entries(given)), all)['meta']).toEqual({
    security: [{ system: confidentiality, code: 'R' }],
  });
});

test('inline labels never open, and a resource that shows only by what was taken is hidden', () => {
  const coded = (extension: readonly JsonObject[]) =>
    observation('x', { status: 'final', code: { coding: [{ system: 'urn:x', code: 'a' }], extension } });
  const both: Filter = { op: 'and', of: [notRestricted, ofCode('a')] };
  expect(idsIn(redact(bundle(entries(coded([]))), both))).toEqual(['x']);
  expect(idsIn(redact(bundle(entries(coded([inline('R')]))), both))).toEqual([]);
});

test('more kinds of inline labels than anybody uses hide the resource', () => {
  const note = Array.from({ length: 101 }, (_, at) => ({
    extension: [{ ...inline('N'), valueCoding: { system: 'urn:x', code: `${at}` } }],
  }));
  expect(idsIn(redact(bundle(entries(observation('x', { note }))), all))).toEqual([]);
});
