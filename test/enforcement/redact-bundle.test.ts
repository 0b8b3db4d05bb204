/** access-denied-and-enforcement.md §4: a Bundle as a requester may see it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { all, type Filter, none } from '../../src/decision/filter.ts';
import {
  bundle,
  confidentiality,
  entries,
  idsIn,
  inline,
  issuer,
  type Left,
  labelled,
  notRestricted,
  observation,
  ofCode,
  redact,
} from './redacted-bundles.ts';

test('what the filter hides is gone, and so is what cannot be judged', () => {
  const given = bundle([
    ...entries(observation('n'), observation('r', labelled('R'))),
    { request: { method: 'DELETE', url: 'Observation/gone' } },
    ...entries(
      {
        resourceType: 'Bundle',
        id: 'b',
        type: 'collection',
        entry: entries(observation('r2', labelled('R'))),
      },
      { resourceType: 'Parameters', id: 'p', parameter: [{ name: 'x', resource: observation('r3') }] },
      { resourceType: 'OperationOutcome', id: 'o', issue: [] },
    ),
  ]);
  expect(idsIn(redact(given))).toEqual(['n']);
  expect(redact(given, none)['entry']).toBeUndefined();
});

test('§4 total counts the matches left, and nothing that came along', () => {
  const match = (resource: JsonObject) => ({ resource, search: { mode: 'match' } });
  const include = (resource: JsonObject) => ({ resource, search: { mode: 'include' } });
  const given = bundle(
    [
      match(observation('n', { encounter: { reference: 'Encounter/e1' } })),
      match(observation('r', { ...labelled('R'), encounter: { reference: 'Encounter/e2' } })),
      include({ resourceType: 'Encounter', id: 'e1', serviceProvider: { reference: 'Organization/o1' } }),
      include({ resourceType: 'Encounter', id: 'e2', serviceProvider: { reference: 'Organization/o2' } }),
      include({ resourceType: 'Organization', id: 'o1' }),
      include({ resourceType: 'Organization', id: 'o2' }),
      include({ resourceType: 'Flag', id: 'about-n', encounter: { reference: 'Observation/n' } }),
      include({ resourceType: 'Flag', id: 'about-r', encounter: { reference: 'Observation/r' } }),
    ],
    { type: 'searchset', total: 2, link: [{ relation: 'self', url: 'https://ehr/Observation?code=hiv' }] },
  );
  const left = redact(given);
  expect(left['total']).toBe(1);
  expect(left['link']).toBeUndefined();
  expect(idsIn(left)).toEqual(['n', 'e1', 'o1', 'about-n']);
});

test('§4 of a page there is no total, since other pages may hide some', () => {
  const page = bundle(entries(observation('n')), { type: 'searchset', total: 17 });
  expect(redact(page)['total']).toBeUndefined();
  expect(redact(bundle(entries(observation('n')), { total: 1 }))['total']).toBeUndefined();
});

test('includes stay where no match went', () => {
  const given = bundle(
    [
      { resource: observation('n'), search: { mode: 'match' } },
      { resource: { resourceType: 'Library', id: 'l' }, search: { mode: 'include' } },
    ],
    { type: 'searchset' },
  );
  expect(idsIn(redact(given))).toEqual(['n', 'l']);
});

test('§4 signature, issues, links and upstream marks of the Bundle do not come along', () => {
  const given = bundle([{ ...entries(observation('n'))[0], link: [{ relation: 'x', url: 'https://x' }] }], {
    signature: { data: 'AA==' },
    issues: { resourceType: 'OperationOutcome', issue: [{ diagnostics: '1 result withheld' }] },
    link: [{ relation: 'next', url: 'https://x' }],
  });
  expect(Object.keys(redact(given)).sort()).toEqual(['entry', 'meta', 'resourceType', 'type']);
  expect(redact(given)['entry']).toEqual(entries(observation('n')));
});

test.each(['List', 'Composition', 'Provenance', 'DiagnosticReport', 'DocumentReference'])(
  'a %s that refers to something hidden is hidden, in turn as well; one that does not is shown',
  (resourceType) => {
    const given = bundle(
      entries(
        observation('r', labelled('R')),
        { resourceType, id: 'tells', about: [{ reference: 'https://ehr/fhir/Observation/r/_history/2' }] },
        {
          resourceType: 'List',
          id: 'tells-of-that',
          entry: [{ item: { reference: `${resourceType}/tells` } }],
        },
        { resourceType, id: 'innocent', about: [{ reference: 'Observation/n' }] },
        observation('n'),
      ),
    );
    expect(idsIn(redact(given))).toEqual(['innocent', 'n']);
  },
);

test('nor does a logical reference or a fullUrl tell of what is hidden', () => {
  const given = bundle([
    {
      fullUrl: 'urn:uuid:7d7c2d0e-6f5d-4d0a-8f4e-0b1f7a9d9b11',
      resource: {
        resourceType: 'Observation',
        identifier: [{ system: 'urn:lab', value: '1' }],
        ...labelled('R'),
      },
    },
    ...entries(
      { resourceType: 'List', id: 'a', entry: [{ item: { identifier: { system: 'urn:lab', value: '1' } } }] },
      {
        resourceType: 'List',
        id: 'b',
        entry: [{ item: { reference: 'urn:uuid:7d7c2d0e-6f5d-4d0a-8f4e-0b1f7a9d9b11' } }],
      },
      { resourceType: 'List', id: 'c', entry: [{ item: { identifier: { system: 'urn:lab', value: '2' } } }] },
    ),
  ]);
  expect(idsIn(redact(given))).toEqual(['c']);
});

test('of several entries under one name the stricter word holds for all', () => {
  const given = bundle(entries(observation('x'), observation('x', labelled('R')), observation('y')));
  expect(idsIn(redact(given))).toEqual(['y']);
});

test('a document that lost something is a collection, a whole one stays what it is', () => {
  const composition = {
    resourceType: 'Composition',
    id: 'c',
    section: [{ entry: [{ reference: 'Observation/r' }] }],
  };
  const cut = redact(
    bundle(entries(composition, observation('r', labelled('R')), observation('n')), { type: 'document' }),
  );
  expect([cut['type'], idsIn(cut)]).toEqual(['collection', ['n']]);
  const whole = redact(bundle(entries(composition, observation('r')), { type: 'document' }));
  expect([whole['type'], idsIn(whole)]).toEqual(['document', ['c', 'r']]);
});

const subject = (reference: string) => ({ subject: { reference } });

test('resources of other patients are hidden, and of whoever cannot be told', () => {
  const given = bundle(
    entries(
      observation('hers', subject('Patient/ann')),
      observation('hers-here', subject(`${issuer}/fhir/R4/Patient/ann/_history/3`)),
      observation('without'),
      observation('device', subject('Device/d')),
      observation('bob', subject('Patient/bob')),
      observation('elsewhere', subject('https://other.example.org/fhir/Patient/ann')),
      observation('group', subject('Group/g')),
      observation('unresolved', subject('urn:uuid:7d7c2d0e-6f5d-4d0a-8f4e-0b1f7a9d9b11')),
      observation('named', { subject: { display: 'Bob' } }),
      observation('logical', { subject: { identifier: { system: 'urn:mrn', value: '2' } } }),
      observation('mentions', { ...subject('Patient/ann'), performer: [{ reference: 'Patient/bob' }] }),
      observation('contains', {
        subject: { reference: '#p' },
        contained: [{ resourceType: 'Patient', id: 'p' }],
      }),
      { resourceType: 'Patient', id: 'ann' },
      { resourceType: 'Patient', id: 'bob' },
    ),
  );
  expect(idsIn(redact(given, all))).toEqual(['hers', 'hers-here', 'without', 'device', 'ann']);
});

test('the patient may be known by an identifier alone, through the Patient in the Bundle', () => {
  const fullUrl = 'https://ehr.example.org/fhir/Patient/123';
  const mrn = (value: string) => ({ identifier: [{ system: 'urn:mrn', value }] });
  const given = bundle([
    { fullUrl, resource: { resourceType: 'Patient', id: '123', ...mrn('1') } },
    {
      fullUrl: 'https://ehr.example.org/fhir/Patient/124',
      resource: { resourceType: 'Patient', id: '124', ...mrn('2') },
    },
    {
      fullUrl: 'https://ehr.example.org/fhir/Observation/a',
      resource: observation('a', subject('Patient/123')),
    },
    {
      fullUrl: 'https://ehr.example.org/fhir/Observation/b',
      resource: observation('b', subject('Patient/124')),
    },
    {
      fullUrl: 'https://far.example.org/fhir/Observation/c',
      resource: observation('c', subject('Patient/123')),
    },
    ...entries(observation('d', { subject: { identifier: { system: 'urn:mrn', value: '1' } } })),
  ]);
  expect(idsIn(redact(given, all, ['urn:mrn|1']))).toEqual(['123', 'a', 'd']);
});

test('a patient elsewhere with the id of ours is another', () => {
  const fullUrl = 'https://ehr.example.org/fhir/Observation/a';
  expect(
    idsIn(redact(bundle([{ fullUrl, resource: observation('a', subject('Patient/ann')) }]), all)),
  ).toEqual([]);
});

const ids = ['a', 'b', 'c'];
const codes = ['N', 'R', 'V', 'L'];
const extension = fc.option(
  fc.constantFrom(...codes).map((code) => [inline(code)]),
  { nil: undefined },
);
const someResource = fc
  .record({
    resourceType: fc.constantFrom('Observation', 'List', 'Provenance', 'Patient', 'Bundle'),
    id: fc.option(fc.constantFrom(...ids, 'ann'), { nil: undefined }),
    security: fc.array(fc.constantFrom(...codes), { maxLength: 2 }),
    about: fc.array(fc.constantFrom(...ids), { maxLength: 2 }),
    subject: fc.option(fc.constantFrom('ann', 'bob'), { nil: undefined }),
    code: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    extension,
    contained: fc.option(fc.constantFrom(...codes), { nil: undefined }),
  })
  .map(
    ({ resourceType, id, security, about, subject: of, code, extension: labels, contained }): JsonObject =>
      JSON.parse(
        JSON.stringify({
          resourceType,
          id,
          meta:
            security.length > 0
              ? { security: security.map((each) => ({ system: confidentiality, code: each })) }
              : undefined,
          about: about.map((each) => ({ reference: `Observation/${each}` })),
          subject: of && { reference: `Patient/${of}` },
          code: code && { coding: [{ system: 'urn:x', code }], extension: labels },
          text: { status: 'generated', div: '<div>x</div>' },
          contained: contained && [{ resourceType: 'Device', id: 'd', ...labelled(contained) }],
        }),
      ),
  );
const someEntry = fc
  .record({ resource: someResource, mode: fc.constantFrom('match', 'include', 'outcome', undefined) })
  .map(({ resource, mode }): JsonObject => (mode ? { resource, search: { mode } } : { resource }));
const someBundle = fc
  .record({
    type: fc.constantFrom('searchset', 'collection', 'document', 'history'),
    entry: fc.array(someEntry, { maxLength: 8 }),
    total: fc.option(fc.nat(8), { nil: undefined }),
    label: fc.option(fc.constantFrom(...codes), { nil: undefined }),
  })
  .map(
    ({ type, entry, total, label }): JsonObject =>
      bundle(entry, {
        type,
        ...(total === undefined ? {} : { total }),
        ...(label === undefined ? {} : labelled(label)),
      }),
  );
const filters: readonly Filter[] = [
  all,
  none,
  notRestricted,
  ofCode('x'),
  { op: 'and', of: [notRestricted, ofCode('x')] },
  {
    op: 'or',
    of: [{ op: 'is', atom: { kind: 'label', anyOf: [{ system: confidentiality, code: 'V' }] } }, ofCode('y')],
  },
  { op: 'not', atom: { kind: 'refers-to', anyOf: ['Observation/a'], through: 'any' } },
];

test('law: enforcing twice equals once', () => {
  fc.assert(
    fc.property(someBundle, fc.constantFrom(...filters), (given, filter) => {
      const once = redact(given, filter);
      expect(redact(once, filter)).toEqual(once);
    }),
    { numRuns: 500 },
  );
});

test('law: what is left was there, and every entry of it passes the filter by itself', () => {
  fc.assert(
    fc.property(someBundle, fc.constantFrom(...filters), (given, filter) => {
      for (const left of (redact(given, filter)['entry'] ?? []) as unknown as Left)
        expect(redact(bundle([left as unknown as JsonObject]), filter)['entry']).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});
