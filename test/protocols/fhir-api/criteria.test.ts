/** What a search means, by what it finds, whatever its type; what is no search (fhir-consent.md §7; FHIR R4 §3.1.1.4). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { directorySearchParameters } from '../../../src/fhir/search/directory-search-parameters.ts';
import { inBoth } from '../../../src/fhir/search/search-parameter.ts';
import { matchesQuestion } from '../../support/matches-question.ts';
import {
  actReason,
  asked,
  bare,
  consent,
  finds,
  parameters,
  question,
  sample,
  stored,
} from './criteria-asked.ts';

describe(':missing', () => {
  it.each(['category', 'date', 'actor', 'identifier', '_source', 'patient'])(
    'of %s tells there from not there',
    (name) => {
      expect(finds(`${name}:missing=false`, sample)).toBe(true);
      expect(finds(`${name}:missing=true`, sample)).toBe(false);
      expect(finds(`${name}:missing=true`, bare)).toBe(true);
      expect(finds(`${name}:missing=false`, bare)).toBe(false);
    },
  );
});

describe('of a resource that reads differently in two versions', () => {
  const actor = (id: string) => [{ reference: { reference: `Organization/${id}` } }];
  const both = stored('Consent', parameters, {
    R4: {
      status: 'proposed',
      dateTime: '2026-05-10T10:00:00Z',
      provision: { actor: actor('four') },
    } as JsonObject,
    R5: { status: 'draft', date: '2026-05-10', provision: [{}] } as JsonObject,
  });

  it.each([
    ['status=proposed', true, false],
    ['status=draft', false, true],
    ['status:not=draft', true, false],
    ['actor=four', true, false],
    ['actor:missing=true', false, true],
    ['date=2026-05-10T10:00:00Z', true, false],
    ['date=2026-05-10', true, true],
    ['provision-actor=four', true, false],
  ])('%s finds in R4: %s, in R5: %s', (query, r4, r5) => {
    expect([finds(query, both, '4.0'), finds(query, both, '4.3'), finds(query, both, '5.0')]).toEqual([
      r4,
      r4,
      r5,
    ]);
  });

  it('what cannot be said in a version is not found there', () => {
    const ofGroup = consent({ status: 'active', subject: { reference: 'Group/g' } }, 'R5');
    expect(finds('status=active', ofGroup, '5.0')).toBe(true);
    expect(finds('status=active', ofGroup, '4.0')).toBe(false);
    expect(finds('', ofGroup, '4.3')).toBe(false);
  });
});

describe('the directory', () => {
  const table = directorySearchParameters.Patient;
  it('is asked without regard to versions', () => {
    const patient = stored('Patient', table, inBoth({ active: true }));
    for (const version of ['4.0', '5.0'] as const)
      expect(matchesQuestion(question('active=true', version, table, 'Patient'), patient)).toBe(true);
    expect(question('', '4.0', table, 'Patient').all).toEqual([]);
  });

  it('finds by id', () => {
    expect(question('_id=a,b', '4.0', table, 'Patient').all).toEqual([{ kind: 'id', any: ['a', 'b'] }]);
  });
});

describe('a search is refused', () => {
  it.each([
    ['date=yesterday', 'value'],
    ['date=2026-13', 'value'],
    ['date=0000', 'value'],
    ['date=', undefined],
    ['date=xx2026', 'value'],
    ['status=|', 'value'],
    ['status=,', 'value'],
    ['identifier:of-type=urn:types|MR', 'value'],
    ['identifier:of-type=|MR|1', 'value'],
    ['identifier:of-type=urn:types|MR|1|2', 'value'],
    ['category:missing=perhaps', 'value'],
    ['category:missing=true,false', 'value'],
    ['purpose:in=urn:unknown', 'not-supported'],
    ['purpose:below=urn:unknown|x', 'not-supported'],
    ['purpose:below=', undefined],
    [`purpose:below=${actReason}|`, 'value'],
    ['purpose:exact=x', 'not-supported'],
    ['unknown=x', 'not-supported'],
    [`status=${Array.from({ length: 501 }, () => 'a').join(',')}`, 'too-costly'],
    [Array.from({ length: 51 }, () => 'status=a').join('&'), 'too-costly'],
    [Array.from({ length: 21 }, () => 'patient.identifier=a').join('&'), 'too-costly'],
    [`status=${Array.from({ length: 500 }, () => 'a').join(',')}`, undefined],
  ])('for %.60s: %s', (query, code) => {
    const read = asked(query);
    expect(read.ok ? undefined : read.failure.code).toBe(code);
    if (!read.ok) expect(read.failure.kind).toBe('malformed');
  });

  it('in words that show what was written, made harmless', () => {
    const read = asked(`date=${encodeURIComponent('`<\u202e>'.repeat(40))}`);
    expect(!read.ok && read.failure.detail).toMatch(
      /^`[\x20-\x5f\x61-\x7e]{64}` cannot be a value of `date`/,
    );
  });
});

describe('whatever is filed and asked', () => {
  const system = fc.constantFrom(undefined, 'urn:a', 'urn:a|b', 'urn:b');
  const code = fc.constantFrom('x', 'b|x', 'y,z', ' x');
  const coding = fc.record({ system, code });
  const reference = fc.constantFrom(
    'Organization/1',
    'Organization/2',
    'Patient/1',
    'https://else.example/Patient/1',
    '#1',
  );
  const body = fc.record({
    category: fc.array(fc.array(coding, { maxLength: 2 }), { maxLength: 2 }),
    actor: fc.array(reference, { maxLength: 2 }),
  });
  const escaped = (text: string) => text.replaceAll(/[\\,|$]/g, String.raw`\$&`);

  const asConsent = ({ category, actor }: { category: object[][]; actor: string[] }) => ({
    category: category.map((each) => ({ coding: JSON.parse(JSON.stringify(each)) as object[] })),
    provision: { actor: actor.map((each) => ({ reference: { reference: each } })) },
  });

  it('a token is found exactly where one looks through them', () => {
    fc.assert(
      fc.property(
        body,
        fc.array(coding, { minLength: 1, maxLength: 2 }),
        fc.boolean(),
        fc.boolean(),
        (filed, sought, bareCode, not) => {
          const written = sought.map((each) =>
            bareCode ? escaped(each.code) : `${escaped(each.system ?? '')}|${escaped(each.code)}`,
          );
          const query = new URLSearchParams({ [not ? 'category:not' : 'category']: written.join(',') });
          const expected = filed.category
            .flat()
            .some((has) =>
              sought.some((each) => has.code === each.code && (bareCode || has.system === each.system)),
            );
          expect(finds(String(query), consent(asConsent(filed)))).toBe(expected !== not);
        },
      ),
    );
  });

  it('a reference is found exactly where one looks through them', () => {
    fc.assert(
      fc.property(
        body,
        fc.array(fc.oneof(reference, fc.constantFrom('1', '2', '3')), { minLength: 1, maxLength: 2 }),
        (filed, sought) => {
          const expected = filed.actor.some(
            (has) =>
              !has.startsWith('#') &&
              sought.some((each) => each === has || (!has.includes(':') && has.endsWith(`/${each}`))),
          );
          expect(
            finds(String(new URLSearchParams({ actor: sought.join(',') })), consent(asConsent(filed))),
          ).toBe(expected);
        },
      ),
    );
  });
});
