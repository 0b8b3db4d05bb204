/** What a patient reads of a request. */
import { describe, expect, it } from 'vitest';
import { asInstant } from '../../../../src/base/instant.ts';
import { describeLife } from '../../../../src/protocols/authorization-server/authorize/describe-life.ts';
import { describeScopes } from '../../../../src/protocols/authorization-server/authorize/describe-scopes.ts';

const described = (scope: string, isLasting = false) =>
  describeScopes(scope.split(' '), { name: 'Example', isLasting })?.map(({ what, why }) => `${what}, ${why}`);

describe('scopes', () => {
  it.each([
    ['patient/Consent.rs', 'Read and search your consents, so that Example can show you what you decided'],
    ['patient/Consent.read', 'Read and search your consents, so that Example can show you what you decided'],
    [
      'patient/Consent.c',
      'Add to your consents, so that you can decide in Example who gets to see your data',
    ],
    [
      'patient/Consent.cruds',
      'Add to, read, change, delete and search your consents, so that you can decide in Example who gets to see your data',
    ],
    [
      'patient/AuditEvent.r',
      'Read the record of who asked for your data, so that Example can show you who asked, and who was let in',
    ],
    [
      'patient/*.r',
      'Read everything about you that is kept here, so that Example can show you what is kept here about you',
    ],
    [
      'uma_protection',
      'Protect your records at Example, so that Example asks here before it shows your records to anybody',
    ],
    [
      'decision.explain',
      'See how your consents are applied, so that Example can explain to you who gets to see what',
    ],
  ])('%s', (scope, words) => {
    expect(described(scope)).toEqual([words]);
  });

  it('that hold while the patient is away say so', () => {
    expect(described('uma_protection offline_access', true)?.[0]).toMatch(
      /^Protect your records at Example, also while you are away, /,
    );
    expect(described('patient/Consent.r offline_access', true)).toEqual([
      expect.any(String),
      'Do this also while you are away, so that you need not sign in each time',
    ]);
    expect(described('patient/Consent.r offline_access')).toHaveLength(1);
  });

  it.each([
    'user/Consent.rs',
    'system/Consent.rs',
    'patient/Observation.rs',
    'patient/toString.r',
    'patient/AuditEvent.c',
    'patient/Consent.rs?status=active',
    'patient/Consent.sr',
    'decision',
    'openid',
    'uma_protection b2b',
  ])('without words cannot be asked for: %s', (scope) => {
    expect(described(scope)).toBeUndefined();
  });

  it('a name is put in as it is', () => {
    const [wish] = describeScopes(['patient/Consent.r'], { name: '$& $1', isLasting: false }) ?? [];
    expect(wish?.why).toBe('so that $& $1 can show you what you decided');
  });
});

it('how long it lasts is said as a date or in minutes, and never too short', () => {
  const at = asInstant(Date.parse('2026-11-22T10:00:00Z'));
  expect(describeLife(true, at)).toBe('until 22 November 2027 at the latest');
  expect(describeLife(false, at)).toBe('for at most 61 minutes');
});
