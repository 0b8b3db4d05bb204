/** What a scope asks of a consent: actions and types; and that unknown words ask nothing. */
import { describe, expect, it } from 'vitest';
import { meaningOf } from '../../../src/protocols/uma/permission/scope-meaning.ts';

describe('a SMART scope', () => {
  it.each([
    ['patient/Observation.rs', { actions: ['access'], types: ['Observation'] }],
    ['patient/Observation.r', { actions: ['access'], types: ['Observation'] }],
    ['user/Condition.s', { actions: ['access'], types: ['Condition'] }],
    ['system/*.rs', { actions: ['access'] }],
    ['patient/Observation.c', { actions: ['collect'], types: ['Observation'] }],
    ['patient/Observation.u', { actions: ['correct'], types: ['Observation'] }],
    ['patient/Observation.d', { actions: ['correct'], types: ['Observation'] }],
    ['patient/*.cruds', { actions: ['collect', 'access', 'correct'] }],
    ['patient/Observation.read', { actions: ['access'], types: ['Observation'] }],
    ['patient/Observation.*', { actions: ['collect', 'access', 'correct'], types: ['Observation'] }],
    [
      'patient/Observation.rs?category=laboratory',
      { actions: ['access'], types: ['Observation'], isNarrower: true },
    ],
  ])('%s', (scope, meaning) => {
    expect(meaningOf(scope, undefined)).toEqual(meaning);
  });
});

const wholeRecord = 'http://hl7.org/fhir/Patient';

describe('a plain word', () => {
  it.each([
    ['read', 'access'],
    ['search', 'access'],
    ['access', 'access'],
    ['disclose', 'disclose'],
    ['collect', 'collect'],
    ['correct', 'correct'],
    ['use', 'use'],
  ])('%s means %s', (scope, action) => {
    expect(meaningOf(scope, wholeRecord)).toEqual({ actions: [action] });
  });

  it('is about the type of the resource where that is a FHIR type', () => {
    const observation = { actions: ['access'], types: ['Observation'] };
    expect(meaningOf('read', 'http://hl7.org/fhir/Observation')).toEqual(observation);
    expect(meaningOf('read', 'http://hl7.org/fhir/StructureDefinition/Observation')).toEqual(observation);
  });

  it('is about everything where that is the whole record, and about no more than it where that says nothing', () => {
    expect(meaningOf('read', wholeRecord)).toEqual({ actions: ['access'] });
    for (const type of ['urn:example:album', undefined])
      expect(meaningOf('read', type)).toEqual({ actions: ['access'], isNarrower: true });
  });
});

it.each([
  'view',
  'patient/Observation.sr',
  'patient/Observation.',
  'Patient/Observation.rs',
  'READ',
  '',
  'patient/*.rs ',
])('%j is of no vocabulary we speak', (scope) => {
  expect(meaningOf(scope, undefined)).toBeUndefined();
});
