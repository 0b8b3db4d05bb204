/** What holds where no consent speaks, and who may break the glass: the deployment's own rules. */
import { expect, test } from 'vitest';
import { accessSettings, settingsSchema } from '../../../src/access/settings.ts';
import { asInstant } from '../../../src/base/instant.ts';
import type { AccessRequest } from '../../../src/decision/request.ts';
import { mayBreakGlass } from '../../../src/decision/rules/break-glass.ts';
import { permitsInSilence } from '../../../src/decision/rules/implicit-policy.ts';

const asking = (over: Partial<AccessRequest> = {}): AccessRequest => ({
  patient: 'Patient/ann',
  requester: { type: 'practitioner', reference: 'Practitioner/t', roles: [{ code: 'doctor' }] },
  action: 'access',
  purposes: ['TREAT'],
  at: asInstant(0),
  ...over,
});

const settingsOf = (given: object) => accessSettings(settingsSchema.parse(given), []);
const permits = (implicitPolicy: string, request: AccessRequest): boolean =>
  permitsInSilence(settingsOf({ implicitPolicy }), request);

test('deny permits nothing and all-normal permits what is otherwise authorized', () => {
  expect(permits('deny', asking())).toBe(false);
  expect(permits('all-normal', asking({ purposes: ['HMARKT'] }))).toBe(true);
});

test.each([
  ['treatment by a clinician', asking(), true],
  ['what belongs to treatment', asking({ purposes: ['ETREAT', 'COC'] }), true],
  ['break-glass', asking({ purposes: ['BTG'] }), false],
  ['treatment beside another purpose', asking({ purposes: ['TREAT', 'HPAYMT'] }), false],
  ['no purpose at all', asking({ purposes: [] }), false],
  ['treatment by an organization', asking({ requester: { type: 'organization' } }), false],
] as const)('basic-normal and %s (R-15)', (_, request, expected) => {
  expect(permits('basic-normal', request)).toBe(expected);
});

test('break-glass-only permits declared break-glass alone, and only to read (R-36)', () => {
  expect(permits('break-glass-only', asking({ purposes: ['BTG'] }))).toBe(true);
  expect(permits('break-glass-only', asking())).toBe(false);
  expect(permits('break-glass-only', asking({ purposes: ['BTG'], action: 'correct' }))).toBe(false);
});

const declared = { breakGlass: { reason: 'unconscious', acknowledged: true } };
const allowing = settingsOf({ breakGlass: { allowedRoles: ['doctor'] } });

test('an individual with a listed role, a reason and an acknowledgement may break the glass (B-1)', () => {
  expect(mayBreakGlass(asking(declared), allowing)).toBe(true);
});

test.each([
  ['no settings', asking(declared), settingsOf({})],
  ['another role', asking(declared), settingsOf({ breakGlass: { allowedRoles: ['nurse'] } })],
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
