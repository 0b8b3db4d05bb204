/** Why a decision is what it is: every consent with its standing, every rule with what became of it. */
import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../src/decision/explain.ts';
import { action, by, explained, labelled, observation, purpose, type Story } from './explaining/told.ts';

const standings = ({ consents }: Explanation) =>
  Object.fromEntries(consents.map(({ consent, standing, verdict }) => [consent, [standing, verdict]]));
const category = (code: string) => ({
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentcategorycodes', code }] }],
});
const permit = { decision: 'permit' };
const shared = { policyBasis: { url: 'urn:p' }, controller: [{ reference: 'Organization/h' }] };
const mother = {
  resourceType: 'RelatedPerson',
  id: 'mum',
  active: true,
  patient: { reference: 'Patient/ann' },
  relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'PRN' }] }],
} as const;

describe('every consent on file is named with its standing:', () => {
  it.each<[string, Story, Record<string, unknown>]>([
    ['weighed', { consents: { a: permit } }, { a: ['weighed', 'permits'] }],
    [
      'not in force yet, or any more (EV-2)',
      {
        consents: {
          a: { ...permit, period: { start: '2027-01-01' } },
          b: { ...permit, period: { end: '2025' } },
        },
      },
      { a: ['not-in-force', undefined], b: ['not-in-force', undefined] },
    ],
    [
      'superseded (C-3)',
      { consents: { a: { ...permit, ...shared, date: '2024' }, b: { ...permit, ...shared, date: '2025' } } },
      { a: ['superseded', undefined], b: ['weighed', 'permits'] },
    ],
    [
      'about care (EV-5)',
      { consents: { a: { ...permit, ...category('dnr') } } },
      { a: ['about-care', undefined] },
    ],
    [
      'of another category than was asked for (EV-5)',
      {
        consents: { a: { ...permit, ...category('research') }, b: { ...permit, ...category('npp') } },
        request: { categories: category('npp').category[0]?.coding ?? [] },
      },
      { a: ['of-another-category', undefined], b: ['weighed', 'permits'] },
    ],
    [
      'of another custodian (case 48)',
      {
        consents: { a: { ...permit, controller: [{ reference: 'Organization/b' }] } },
        settings: { custodian: 'Organization/a' },
        directory: [
          { resourceType: 'Organization', id: 'a' },
          { resourceType: 'Organization', id: 'b' },
        ],
      },
      { a: ['of-another-custodian', undefined] },
    ],
    [
      'aged out (PR-3)',
      {
        consents: { a: { ...permit, date: '2024-01-01', grantor: [{ reference: 'RelatedPerson/mum' }] } },
        directory: [{ resourceType: 'Patient', id: 'ann', birthDate: '2008-01-01' }, mother],
      },
      { a: ['aged-out', undefined] },
    ],
    [
      'older than the newest, with what it would have said (R-28)',
      {
        consents: { a: { ...permit, date: '2024' }, b: { decision: 'deny', date: '2025' } },
        settings: { combining: 'most-recent' },
      },
      { a: ['older-than-the-newest', 'permits'], b: ['weighed', 'refuses'] },
    ],
  ])('%s', (_, story, expected) => {
    expect(standings(explained(story))).toEqual(expected);
  });
});

describe('a consent that nobody can rely on says why:', () => {
  it.each<[string, Story, string]>([
    [
      'a modifier',
      { consents: { a: { ...permit, modifierExtension: [{ url: 'urn:x', valueBoolean: true }] } } },
      'it carries a modifier that is not understood',
    ],
    [
      'a grantor without authority (PR-1)',
      { consents: { a: { ...permit, grantor: [{ reference: 'RelatedPerson/aunt' }] } } },
      'no authority of its grantor is on file',
    ],
  ])('%s', (_, story, why) => {
    const { consents, decision } = explained(story);
    expect(decision.outcome).toBe('deny');
    expect(consents[0]).toMatchObject({ standing: 'weighed', verdict: 'closes' });
    expect(consents[0]?.summary.join(' ')).toContain(`because it cannot be relied on: ${why}.`);
  });
});

describe('of every rule', () => {
  const consent = {
    decision: 'deny',
    provision: [
      { ...by('Practitioner/t'), provision: [labelled('R'), { ...purpose('HMARKT'), ...action('use') }] },
      { ...by('Practitioner/z'), period: { end: '2025-12-31' } },
    ],
  };
  const rules = explained({ consents: { a: consent } }).consents[0]?.rules ?? [];

  it('it is said whether it applies and whether it decides, the base first', () => {
    expect(rules.map(({ path, effect, applies, decides }) => [path, effect, applies, decides])).toEqual([
      ['/decision', 'deny', 'yes', false],
      ['/provision/0', 'permit', 'yes', true],
      ['/provision/0/provision/0', 'deny', 'data', true],
      ['/provision/0/provision/1', 'deny', 'no', false],
      ['/provision/1', 'permit', 'no', false],
    ]);
  });

  it('and what of it the request does not meet', () => {
    expect(rules.map(({ unmet }) => unmet)).toEqual([[], [], [], ['purpose', 'action'], ['period']]);
  });
});

describe('single resources', () => {
  const consents = { a: { decision: 'permit', provision: [labelled('R')] } };
  const candidates = [observation('n', 'N'), observation('v', 'V')];

  it('are explained one by one, with the reason and the part of the consent that decided', () => {
    const { resources } = explained({ consents, candidates });
    const basis = (path: string) => [expect.objectContaining({ consent: 'a', path })];
    expect(resources).toMatchObject([
      {
        resource: 'Observation/n',
        decision: { outcome: 'permit', reason: 'permitted', basis: basis('/decision') },
      },
      {
        resource: 'Observation/v',
        decision: { outcome: 'deny', reason: 'explicit-deny', basis: basis('/provision/0') },
      },
    ]);
  });

  it('change nothing in the decision on the whole', () => {
    expect(explained({ consents, candidates }).decision).toEqual(explained({ consents }).decision);
  });
});
