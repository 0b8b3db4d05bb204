/** consent-decisioning.md §4, L-2: what remains of a permit, in codes; or not at all. */
import { expect, test } from 'vitest';
import { type Atom, all, allOf, anyOf, type Filter, none } from '../../src/decision/filter.ts';
import type { AskedClass } from '../../src/enforcement/asked-class.ts';
import { renderRedact } from '../../src/enforcement/render-redact.ts';
import { labelsAtLeast } from '../../src/labeling/confidentiality.ts';

const is = (atom: Atom): Filter => ({ op: 'is', atom });
const not = (atom: Atom): Filter => ({ op: 'not', atom });
const label = (code: string): Atom => ({ kind: 'label', anyOf: [{ system: 'urn:l', code }] });
const type = (name: string): AskedClass => ({ kind: 'type', anyOf: [name] });
const code: Atom = { kind: 'code', anyOf: [{ system: 'urn:c', code: 'c' }] };
const date: Atom = { kind: 'date', within: {} };
const atMost = (bound: 'N' | 'V'): Atom => ({ kind: 'confidentiality', bound: 'at-most', code: bound });
const l = (name: string) => ({ system: 'urn:l', code: name });
const typeCode = (name: string) => ({ system: 'http://hl7.org/fhir/resource-types', code: name });

const [psy, hiv, sud] = [label('PSY'), label('HIV'), label('SUD')];

test.each<readonly [string, Filter, unknown]>([
  ['everything leaves nothing to redact', all, []],
  ['a label that hides', not(psy), [{ codes: [l('PSY')] }]],
  ['several are one list', allOf([not(psy), not(hiv)]), [{ codes: [l('PSY'), l('HIV')] }]],
  ['a label that alone shows', is(psy), [{ exceptAnyOfCodes: [l('PSY')] }]],
  ['either of two shows', anyOf([is(psy), is(hiv)]), [{ exceptAnyOfCodes: [l('PSY'), l('HIV')] }]],
  [
    'both must show: two obligations',
    allOf([is(psy), is(hiv)]),
    [{ exceptAnyOfCodes: [l('PSY')] }, { exceptAnyOfCodes: [l('HIV')] }],
  ],
  [
    'what all alternatives ask is asked once',
    anyOf([allOf([is(psy), not(sud)]), allOf([is(hiv), not(sud)])]),
    [{ codes: [l('SUD')] }, { exceptAnyOfCodes: [l('PSY'), l('HIV')] }],
  ],
  ['a type that hides', not(type('Claim')), [{ codes: [typeCode('Claim')] }]],
  ['a code that alone shows', is(code), [{ exceptAnyOfCodes: [{ system: 'urn:c', code: 'c' }] }]],
  ['at most N hides R and above, sensitivities too', is(atMost('N')), [{ codes: labelsAtLeast('R') }]],
  ['at most V hides nothing', is(atMost('V')), []],
])('%s', (_, filter, expected) => {
  expect(renderRedact(filter, 'N')).toEqual(expected);
});

test('where unlabelled data counts as R, it takes a label to be shown', () => {
  expect(renderRedact(is(atMost('N')), 'R')).toEqual([
    { codes: labelsAtLeast('R') },
    { exceptAnyOfCodes: labelsAtLeast('U') },
  ]);
  expect(renderRedact(not(atMost('N')), 'R')).toBeUndefined();
});

test.each<readonly [string, Filter]>([
  ['nothing at all', none],
  ['a date', is(date)],
  ['an author', not({ kind: 'author', anyOf: ['Practitioner/z'] })],
  ['one resource', not({ kind: 'id', anyOf: ['Observation/1'] })],
  ['an encounter', is({ kind: 'refers-to', anyOf: ['Encounter/9'], through: 'context' })],
  ['a code that must be missing, since words may say it (R-23)', not(code)],
  ['one shows or another hides', anyOf([is(psy), not(hiv)])],
  ['alternatives of two conditions each', anyOf([allOf([is(psy), is(hiv)]), is(sud)])],
  ['a date beside what can be said', allOf([not(psy), is(date)])],
])('cannot be said: %s', (_, filter) => {
  expect(renderRedact(filter, 'N')).toBeUndefined();
});

test('L-2: of the classes asked for, one may be redacted and the others not', () => {
  const filter = allOf([not(type('Claim')), not(psy)]);
  expect(renderRedact(filter, 'N', [type('Claim'), type('Observation')])).toEqual([
    { codes: [typeCode('Claim'), l('PSY')] },
  ]);
  expect(renderRedact(filter, 'N', [type('Observation')])).toEqual([{ codes: [l('PSY')] }]);
  expect(renderRedact(filter, 'N', [type('Claim')])).toBeUndefined();
});

test('classes of which different things remain cannot be said together', () => {
  const filter = anyOf([allOf([is(type('Claim')), not(psy)]), allOf([is(type('Observation')), not(hiv)])]);
  expect(renderRedact(filter, 'N', [type('Claim')])).toEqual([{ codes: [l('PSY')] }]);
  expect(renderRedact(filter, 'N', [type('Claim'), type('Observation')])).toBeUndefined();
});

test('a profile that is asked for is met, and says nothing of another', () => {
  const profile = (url: string): AskedClass => ({ kind: 'profile', anyOf: [url] });
  expect(renderRedact(is(profile('urn:p')), 'N', [profile('urn:p')])).toEqual([]);
  expect(renderRedact(not(profile('urn:p')), 'N', [profile('urn:p')])).toBeUndefined();
  expect(renderRedact(not(profile('urn:q')), 'N', [profile('urn:p')])).toEqual([
    { codes: [{ system: 'urn:ietf:rfc:3986', code: 'urn:q' }] },
  ]);
});
