/** Which resources a piece of JSON holds. */
import { describe, expect, it } from 'vitest';
import { resourcesIn } from '../../../src/runtime/transfer/resources-in.ts';

const found = (value: unknown) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [...resourcesIn({ line: 7, text })].map((each) =>
    'problem' in each ? `${each.line}: ${each.problem}` : JSON.parse(each.text),
  );
};

const patient = (id: string, more = {}) => ({ resourceType: 'Patient', id, ...more });
const bundle = (type: string, ...entry: readonly unknown[]) => ({ resourceType: 'Bundle', type, entry });

describe('Bundle (FHIR R4 §2.36)', () => {
  it.each(['collection', 'searchset', 'batch', 'transaction', 'document', 'message'])(
    '%s: each entry',
    (type) => {
      const given = bundle(type, { resource: patient('a') }, { resource: patient('b') });
      expect(found(given)).toEqual([patient('a'), patient('b')]);
    },
  );

  it('searchset: not what is said about the search', () => {
    const outcome = { resource: { resourceType: 'OperationOutcome' }, search: { mode: 'outcome' } };
    expect(found(bundle('searchset', outcome, { resource: patient('a') }))).toEqual([patient('a')]);
  });

  it('history: the newest version of each resource, and none of what was deleted last', () => {
    const entries = [
      { request: { method: 'DELETE', url: 'Patient/gone' } },
      { resource: patient('a', { active: true }) },
      { resource: patient('gone') },
      { resource: patient('a') },
      { resource: patient('b') },
      { request: { method: 'DELETE', url: 'https://fhir.example/Patient/b/_history/1' } },
    ];
    expect(found(bundle('history', ...entries))).toEqual([patient('a', { active: true }), patient('b')]);
  });

  it('batch: an entry without a resource is told', () => {
    const given = bundle(
      'batch',
      { request: { method: 'DELETE', url: 'Patient/a' } },
      { resource: patient('b') },
    );
    expect(found(given)).toEqual(['7: a Bundle entry without a resource', patient('b')]);
  });

  it.each([
    ['null', { resource: null }],
    ['text', { resource: 'x' }],
  ])('%s in place of a resource', (_, entry) => {
    expect(found(bundle('collection', entry, { resource: patient('b') }))[0]).toMatch(/^7: /);
  });

  it('empty', () => {
    expect([found(bundle('collection')), found({ resourceType: 'Bundle' })]).toEqual([[], []]);
  });

  it('a fault of the Bundle itself leaves nothing of it', () => {
    const text = '{"resourceType":"Bundle",\n"entry":[{"resource":{\n"resourceType":"Patient"}}],\n"type":}';
    expect(found(text)).toEqual(['7: not JSON']);
    expect(found('{"resourceType":"Bundle","type":"a","type":"b"}')).toEqual(['7: repeated member name']);
  });
});

it('a list gives its items, unless one is no resource', () => {
  expect(found([patient('a'), patient('b')])).toEqual([patient('a'), patient('b')]);
  expect(found([patient('a'), 1])).toEqual(['7: holds something that is no resource']);
  expect(found([])).toEqual([]);
});

it('a resource that contains a Bundle is one resource', () => {
  const holder = patient('a', { contained: [bundle('collection', { resource: patient('b') })] });
  expect(found(holder)).toEqual([holder]);
});
