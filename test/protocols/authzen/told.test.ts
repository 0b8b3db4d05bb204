/** Told facts never show more than the resource itself would; a law over the filters that consents make. */
import { expect, test } from 'vitest';
import { accessSettings, settingsSchema } from '../../../src/access/settings.ts';
import { factsOf } from '../../../src/decision/facts.ts';
import { type Atom, all, type Filter, none } from '../../../src/decision/filter.ts';
import { isVisible } from '../../../src/decision/visible.ts';
import { remainsOf, toldOf } from '../../../src/protocols/authzen/told.ts';

const settings = accessSettings(settingsSchema.parse({}), []);
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const resource = {
  resourceType: 'Observation',
  id: 'o1',
  meta: { security: [{ system: confidentiality, code: 'N' }], profile: ['p'] },
  code: { coding: [{ system: 'http://loinc.org', code: '1-1' }] },
  encounter: { reference: 'Encounter/9' },
  author: [{ reference: 'Practitioner/z' }],
  date: '2026-01-02',
};
const properties = {
  security_labels: ['N'],
  codes: ['http://loinc.org|1-1'],
  author: 'Practitioner/z',
  created: '2026-01-02',
};
const atoms: readonly Atom[] = [
  { kind: 'label', anyOf: [{ system: confidentiality, code: 'N' }] },
  { kind: 'label', anyOf: [{ system: confidentiality, code: 'R' }] },
  { kind: 'confidentiality', bound: 'at-most', code: 'N' },
  { kind: 'use', purposes: ['TREAT'], explicitOnly: [] },
  { kind: 'type', anyOf: ['Observation'] },
  { kind: 'profile', anyOf: ['p'] },
  { kind: 'code', anyOf: [{ system: 'http://loinc.org', code: '1-1' }] },
  { kind: 'code', anyOf: [{ system: 'http://loinc.org', code: '2-2' }] },
  { kind: 'id', anyOf: ['Observation/o1'] },
  { kind: 'id', anyOf: ['Observation/o1'], version: '3' },
  { kind: 'refers-to', anyOf: ['Encounter/9'], through: 'context' },
  { kind: 'author', anyOf: ['Practitioner/z'] },
  { kind: 'unknown', why: 'a test' },
];
type Leaf = Extract<Filter, { readonly atom: Atom }>;
const leaves = atoms.flatMap((atom): readonly Leaf[] => [
  { op: 'is', atom },
  { op: 'not', atom },
]);
const filters = leaves.flatMap((one) =>
  leaves.flatMap((other): readonly Filter[] => [
    one,
    { op: 'and', of: [one, other] },
    { op: 'or', of: [one, other] },
  ]),
);
/** Each alone, none and all of them. */
const tellings = [{}, properties, ...Object.entries(properties).map(([name, value]) => ({ [name]: value }))];

test('what remains shows the resource if and only if the filter does, however much of it was told', () => {
  const facts = factsOf(resource, settings);
  for (const telling of tellings) {
    const told = toldOf('Observation', 'o1', telling, settings);
    for (const filter of filters) {
      const remains = remainsOf(filter, told);
      expect([telling, filter, isVisible(remains, facts)]).toEqual([
        telling,
        filter,
        isVisible(filter, facts),
      ]);
    }
  }
});

test('nothing is settled by what was not told', () => {
  const told = toldOf('Observation', undefined, {}, settings);
  for (const filter of leaves) {
    const { atom } = filter;
    expect([filter, remainsOf(filter, told)]).toEqual([
      filter,
      atom.kind === 'type' ? (filter.op === 'is' ? all : none) : filter,
    ]);
  }
});
