/** SMART scopes (oauth-baseline.md, SMART App Launch rows 5, 6): the grammar, and which scope covers which. */
import { describe, expect, it } from 'vitest';
import { covers, coversAny, levelsAllowing, parseSmartScope, splitScope } from '../../src/access/scope.ts';

describe('the grammar', () => {
  it('reads level, type and letters', () => {
    expect(parseSmartScope('patient/Consent.cruds')).toEqual({
      level: 'patient',
      type: 'Consent',
      letters: ['c', 'r', 'u', 'd', 's'],
    });
  });

  it('reads a condition as written', () => {
    expect(parseSmartScope('user/Consent.rs?category=http://loinc.org|59284-0')).toMatchObject({
      letters: ['r', 's'],
      condition: 'category=http://loinc.org|59284-0',
    });
  });

  it.each([
    ['read', 'rs'],
    ['write', 'cud'],
    ['*', 'cruds'],
  ])('reads the old word %s as %s', (word, letters) => {
    expect(parseSmartScope(`system/*.${word}`)?.letters.join('')).toBe(letters);
  });

  it.each([
    'patient/Consent.',
    'patient/Consent',
    'patient/Consent.sr',
    'patient/Consent.rr',
    'patient/Consent.x',
    'patient/consent.r',
    'patient/.r',
    'client/Consent.r',
    'patient/Consent.r?',
    'patient/Consent.r?status',
    ' patient/Consent.r',
    'patient/Consent.r\n',
    // A condition must not hold what others would take for the next scope, or a database for nothing.
    'system/Consent.r?a=b\nsystem/Patient.cruds',
    'system/Consent.r?a=b\tc',
    'system/Consent.r?a=\u0000',
    'system/Consent.r?a=é',
    `system/Consent.r?a=${'b'.repeat(256)}`,
    'uma_protection',
    '',
  ])('refuses %j', (text) => {
    expect(parseSmartScope(text)).toBeUndefined();
  });
});

describe('a scope covers', () => {
  it.each([
    ['b2b', 'b2b'],
    ['patient/Consent.cruds', 'patient/Consent.r'],
    ['patient/*.rs', 'patient/Consent.rs'],
    ['patient/*.rs', 'patient/*.s'],
    ['patient/Consent.read', 'patient/Consent.rs'],
    ['system/Consent.rs?status=active', 'system/Consent.rs?status=active'],
    ['system/Consent.rs', 'system/Consent.rs?status=active'],
  ])('%s covers %s', (held, asked) => {
    expect(covers(held, asked)).toBe(true);
  });

  it.each([
    ['b2b', 'decision'],
    ['decision', 'decision.explain'],
    ['patient/Consent.rs', 'patient/Consent.cruds'],
    ['patient/Consent.rs', 'patient/*.rs'],
    ['patient/Consent.rs', 'user/Consent.rs'],
    ['system/Consent.rs', 'patient/Consent.rs'],
    ['patient/Consent.rs', 'patient/AuditEvent.rs'],
    ['system/Consent.rs?status=active', 'system/Consent.rs'],
    ['system/Consent.rs?status=active', 'system/Consent.rs?status=draft'],
  ])('%s does not cover %s', (held, asked) => {
    expect(covers(held, asked)).toBe(false);
  });

  it('one of several is enough', () => {
    expect(coversAny(['b2b', 'system/*.rs'], 'system/Patient.r')).toBe(true);
    expect(coversAny([], 'b2b')).toBe(false);
  });
});

it('the levels that allow an interaction are told', () => {
  const scopes = ['patient/Consent.cruds', 'system/*.rs', 'user/Consent.c'];
  expect(levelsAllowing(scopes, 'Consent', 'r')).toEqual(['patient', 'system']);
  expect(levelsAllowing(scopes, 'Consent', 'c')).toEqual(['patient', 'user']);
  expect(levelsAllowing(scopes, 'Patient', 'c')).toEqual([]);
});

it('a scope parameter is a set of words (RFC 6749 §3.3)', () => {
  expect(splitScope(' a  b a ')).toEqual(['a', 'b']);
  expect(splitScope(undefined)).toEqual([]);
});
