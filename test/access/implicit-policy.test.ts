import { expect, test } from 'vitest';
import { mayBreakGlass } from '../../src/access/break-glass.ts';
import { whenSilent } from '../../src/access/implicit-policy.ts';
import { settingsSchema } from '../../src/access/settings.ts';
import { asInstant } from '../../src/base/instant.ts';
import type { AccessRequest } from '../../src/decision/request.ts';

const asking = (over: Partial<AccessRequest> = {}): AccessRequest => ({
  patient: 'Patient/ann',
  requester: { type: 'practitioner', reference: 'Practitioner/t', roles: [{ code: 'doctor' }] },
  action: 'access',
  purposes: ['TREAT'],
  at: asInstant(0),
  ...over,
});

test('deny permits nothing and all-normal permits what is otherwise authorized', () => {
  expect(whenSilent('deny', asking())).toBe('deny');
  expect(whenSilent('all-normal', asking({ purposes: ['HMARKT'] }))).toBe('permit');
});

test.each([
  ['treatment by a clinician', asking(), 'permit'],
  ['what belongs to treatment', asking({ purposes: ['ETREAT', 'COC'] }), 'permit'],
  ['break-glass', asking({ purposes: ['BTG'] }), 'deny'],
  ['treatment beside another purpose', asking({ purposes: ['TREAT', 'HPAYMT'] }), 'deny'],
  ['no purpose at all', asking({ purposes: [] }), 'deny'],
  ['treatment by an organization', asking({ requester: { type: 'organization' } }), 'deny'],
] as const)('basic-normal and %s (R-15)', (_, request, expected) => {
  expect(whenSilent('basic-normal', request)).toBe(expected);
});

test('break-glass-only permits declared break-glass alone', () => {
  expect(whenSilent('break-glass-only', asking({ purposes: ['BTG'] }))).toBe('permit');
  expect(whenSilent('break-glass-only', asking())).toBe('deny');
});

const declared = { breakGlass: { reason: 'unconscious', acknowledged: true } };
const allowing = { allowedRoles: ['doctor'] };

test('an individual with a listed role, a reason and an acknowledgement may break the glass (B-1)', () => {
  expect(mayBreakGlass(asking(declared), allowing)).toBe(true);
});

test.each([
  ['no settings', asking(declared), undefined],
  ['another role', asking(declared), { allowedRoles: ['nurse'] }],
  ['no reason', asking({ breakGlass: { acknowledged: true } }), allowing],
  ['a blank reason', asking({ breakGlass: { reason: ' ', acknowledged: true } }), allowing],
  ['no acknowledgement', asking({ breakGlass: { reason: 'unconscious' } }), allowing],
  [
    'an organization',
    asking({ ...declared, requester: { type: 'organization', roles: [{ code: 'doctor' }] } }),
    allowing,
  ],
] as const)('with %s nobody may', (_, request, settings) => {
  expect(mayBreakGlass(request, settings)).toBe(false);
});

test('a misspelt setting is refused, not defaulted', () => {
  expect(settingsSchema.safeParse({ implicitPolcy: 'deny' }).success).toBe(false);
  expect(settingsSchema.safeParse({ timezone: 'Mars/Olympus' }).success).toBe(false);
  expect(settingsSchema.parse({})).toMatchObject({
    implicitPolicy: 'deny',
    combining: 'deny-overrides',
    timezone: 'UTC',
  });
});
