/** What an explanation says, word for word, as a patient or a privacy officer reads it. */
import { describe, expect, it } from 'vitest';
import { action, by, labelled, observation, purpose, told } from './told.ts';

describe('an explanation says in plain words', () => {
  it('that a clinic may see everything but what is restricted', () => {
    const consent = {
      decision: 'deny',
      provision: [{ ...by('Practitioner/t'), ...purpose('TREAT', 'HPAYMT'), provision: [labelled('R')] }],
    };
    const candidates = [observation('pulse', 'N'), observation('test', 'V')];
    expect(told({ consents: { 'c-1': consent }, candidates })).toMatchInlineSnapshot(`
      "
      For treatment, Practitioner/t may look at part of the data.
      A consent allows it, or a right that needs no consent.
      Some records may carry labels that keep them for one purpose, for one group of people, or from patients.
      - Consent c-1 counts here. By itself it allows this request for part of the data.
        - Forbids everything, apart from any exceptions below. Here an exception to it decides, or a doubt about its meaning.
        - Allows Practitioner/t to do anything with the data for treatment or payment. It applies.
        - Forbids anyone to do anything with data labelled restricted. It applies to the data it speaks of.
      - Observation/pulse: A consent allows it, or a right that needs no consent.
      - Observation/test: A consent forbids it.
      "
    `);
  });

  it('that a consent allows other people and other purposes', () => {
    const consent = {
      decision: 'deny',
      provision: [by('Practitioner/z', 'Organization/h'), { ...purpose('HRESCH'), ...action('disclose') }],
    };
    expect(told({ consents: { 'c-1': consent } })).toMatchInlineSnapshot(`
      "
      For treatment, Practitioner/t may not look at the data.
      The consents on file allow other things, but not this.
      - Consent c-1 counts here. It allows other requests, but not this one.
        - Forbids everything, apart from any exceptions below. It applies.
        - Allows Practitioner/z or Organization/h to do anything with the data. It does not apply: it is about somebody else.
        - Allows anyone to share the data for research. It does not apply: the purpose does not fit and the use of the data does not fit.
      "
    `);
  });

  it('that two consents contradict each other, and that a third one was replaced', () => {
    const policy = {
      policyBasis: { url: 'urn:example:sharing' },
      controller: [{ reference: 'Organization/h' }],
    };
    const consents = {
      old: { ...policy, decision: 'permit', date: '2024-01-01' },
      new: { ...policy, decision: 'permit', date: '2025-01-01', period: { end: '2027-12-31T23:59:59Z' } },
      other: { decision: 'permit', provision: [purpose('TREAT')] },
    };
    expect(told({ consents })).toMatchInlineSnapshot(`
      "
      For treatment, Practitioner/t may not look at the data.
      A consent forbids it.
      Consents in force contradict each other; the privacy office should look at them.
      Replaced by others, and not counted: old.
      This may change by itself at 2027-12-31 23:59:59 UTC.
      - Consent old was replaced by new.
      - Consent new counts here. By itself it allows this request.
        - Allows everything, apart from any exceptions below. It applies.
      - Consent other counts here. By itself it forbids this request.
        - Allows everything, apart from any exceptions below. Here an exception to it decides, or a doubt about its meaning.
        - Forbids anyone to do anything with the data for treatment. It applies.
      "
    `);
  });

  it('that a consent cannot be understood, and why', () => {
    const consents = {
      sealed: { decision: 'permit', modifierExtension: [{ url: 'urn:example:unknown', valueBoolean: true }] },
    };
    expect(told({ consents })).toMatchInlineSnapshot(`
      "
      For treatment, Practitioner/t may not look at the data.
      A consent in force cannot be understood, so everything it may cover stays closed.
      - Consent sealed counts here. Everything it may cover stays closed, because it cannot be relied on: it carries a modifier that is not understood.
      "
    `);
  });

  it('that patients need no consent to see their own data, except what a clinician must hand over', () => {
    const request = {
      requester: { type: 'patient', reference: 'Patient/ann' },
      purposes: ['PATRQT'],
    } as const;
    const candidates = [observation('pulse', 'N'), observation('biopsy', 'NOPAT')];
    expect(told({ consents: {}, request, candidates })).toMatchInlineSnapshot(`
      "
      For the patient's request, Patient/ann may look at the data.
      Patients may see their own data without any consent.
      Some records may carry labels that keep them for one purpose, for one group of people, or from patients.
      - Observation/pulse: A consent allows it, or a right that needs no consent.
      - Observation/biopsy: Other data may be seen, but not this.
      "
    `);
  });

  it('that rules were overridden in an emergency, with what the receiver must heed', () => {
    const requester = {
      type: 'practitioner',
      reference: 'Practitioner/t',
      roles: [{ code: 'doctor' }],
    } as const;
    const request = {
      requester,
      purposes: ['BTG'],
      breakGlass: { reason: 'unconscious', acknowledged: true },
    };
    const consents = { 'c-1': { decision: 'deny', provision: [purpose('BTG')] } };
    const settings = { breakGlass: { allowedRoles: ['doctor'] } };
    expect(told({ consents, settings, request })).toMatchInlineSnapshot(`
      "
      For emergency access that overrides the rules (break the glass), Practitioner/t may look at the data.
      A consent allows it, or a right that needs no consent.
      This overrides the usual rules in an emergency, and is listed for review.
      Conditions for whoever receives the data: watch how it is used.
      Some records may carry labels that keep them for one purpose, for one group of people, or from patients.
      This may change by itself at 2026-06-15 12:30 UTC.
      - Consent c-1 counts here. By itself it allows this request.
        - Forbids everything, apart from any exceptions below. Here an exception to it decides, or a doubt about its meaning.
        - Allows anyone to do anything with the data for emergency access that overrides the rules (break the glass). It applies.
      "
    `);
  });
});

describe('of the elements of a rule', () => {
  const rule = (provision: object): string =>
    told({ consents: { c: { decision: 'permit', provision: [provision] } } })
      .split('\n')
      .filter((line) => line.startsWith('  - Forbids'))
      .join('');
  const coding = { system: 'http://loinc.org', code: '8480-6' };

  it.each<[string, object, string]>([
    ['a person', by('Practitioner/t'), 'Practitioner/t to do anything with the data.'],
    ['an action', action('disclose'), 'anyone to share the data.'],
    ['a label', labelled('HIV', 'MH'), 'anyone to do anything with data labelled HIV/AIDS or mental health.'],
    ['labels that are called alike, once', labelled('ETH', 'SUD'), 'data labelled substance use.'],
    [
      'a type and a code',
      {
        resourceType: [{ system: 'http://hl7.org/fhir/fhir-types', code: 'Observation' }],
        code: [{ coding: [coding] }],
      },
      'anyone to do anything with data of the kind Observation and about `8480-6`.',
    ],
    [
      'a time',
      { dataPeriod: { start: '2018-01-01', end: '2018-12-31' } },
      'data from 2018-01-01 to 2018-12-31.',
    ],
    ['a time without a beginning', { dataPeriod: { end: '2018-12-31' } }, 'data up to 2018-12-31.'],
    ['a time without an end', { dataPeriod: { start: '2018-01-01' } }, 'data from 2018-01-01 on.'],
    [
      'what belongs to something',
      { data: [{ meaning: 'related', reference: { reference: 'Encounter/9' } }], ...purpose('TREAT') },
      'anyone to do anything with what belongs to Encounter/9, for treatment.',
    ],
    [
      'an author',
      {
        actor: [
          {
            role: {
              coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'AUT' }],
            },
            reference: { reference: 'Practitioner/z' },
          },
        ],
      },
      'anyone to do anything with data written by Practitioner/z.',
    ],
    [
      'a role',
      { actor: [{ role: { coding: [{ system: 'urn:roles', code: 'nurse' }] } }] },
      'anyone in the role `nurse` to do anything with the data.',
    ],
    [
      'a role in words',
      { actor: [{ role: { text: 'my nurse' } }] },
      'somebody who is not named to do anything',
    ],
    [
      'a label in words',
      { securityLabel: [{ display: 'very private' }] },
      'data labelled something given only in words.',
    ],
    [
      'an expression',
      { expression: { language: 'text/fhirpath', expression: 'true' }, ...purpose('TREAT') },
      'anyone to do anything with the data for treatment, if a written condition is met.',
    ],
  ])('%s is said', (_, provision, words) => {
    expect(rule(provision)).toContain(words);
  });
});

it('a day of another time zone is told by the minute in which it begins and ends', () => {
  const provision = [{ dataPeriod: { start: '2018-01-01', end: '2018-12-31' } }];
  const text = told({
    consents: { c: { decision: 'permit', provision } },
    settings: { timezone: 'Asia/Tokyo' },
  });
  expect(text).toContain('data from 2017-12-31 15:00 UTC to 2018-12-31 14:59 UTC.');
});

it('no sentence has a code where there is a word, an ISO instant, or a hole', () => {
  const text = told({
    consents: {
      a: { decision: 'permit', provision: [{ ...labelled('R'), ...purpose('HMARKT'), ...action('use') }] },
      b: { decision: 'permit', period: { end: '2026-12-31' } },
    },
  });
  expect(text).not.toMatch(/TREAT|HMARKT|\dT\d|undefined|\[object| {2}[a-z]|\.\.|,\./);
  expect(text).toContain('This may change by itself at 2026-12-31 23:59:59 UTC.');
});
