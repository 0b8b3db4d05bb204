/** What the audit log keeps of a decision, and what of it the privacy office shall look at. */
import { describe, expect, it } from 'vitest';
import type { Decided } from '../../src/access/decide-access.ts';
import { recordOf } from '../../src/access/record-of.ts';
import { accessSettings, settingsSchema } from '../../src/access/settings.ts';
import { asInstant } from '../../src/base/instant.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { factsOf } from '../../src/decision/facts.ts';
import type { AccessRequest } from '../../src/decision/request.ts';
import { aDecision } from '../support/authority.ts';

const at = asInstant(Date.UTC(2026, 9, 1));
const circumstances = { door: 'test', clientId: 'app', requestId: 'r' };
const settings = accessSettings(settingsSchema.parse({}), []);
const consents: Decided['consents'] = [
  { id: 'old', version: 3, fhirVersion: '5.0', policies: [] },
  { id: 'c-1', version: 1, fhirVersion: '5.0', policies: [] },
];

function record(
  request: Partial<AccessRequest>,
  decision: Partial<Decision> = {},
  labels: readonly string[] = [],
) {
  const asked: AccessRequest = {
    patient: 'Patient/ann',
    requester: { type: 'practitioner', reference: 'Practitioner/t' },
    action: 'access',
    purposes: ['TREAT'],
    at,
    ...request,
  };
  const security = labels.map((code) => ({
    system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
    code,
  }));
  const candidate = factsOf({ resourceType: 'Observation', id: 'o', meta: { security } }, settings);
  const decided: Decided = { id: 'd', request: asked, decision: aDecision(decision), consents, inputs: '' };
  return recordOf(decided, circumstances, [candidate]);
}

it('of an ordinary decision keeps who asked, for what, the answer and its basis, and marks nothing', () => {
  expect(record({ resourceTypes: ['Observation'] })).toEqual({
    kind: 'decision',
    id: 'd',
    recordedAt: at,
    patient: 'Patient/ann',
    outcome: 'permit',
    reason: 'permitted',
    basis: [{ consent: 'c-1', version: 1, path: '/provision' }],
    conflict: false,
    action: 'access',
    purposes: ['TREAT'],
    resourceTypes: ['Observation'],
    requester: { type: 'practitioner', reference: 'Practitioner/t' },
    circumstances,
  });
});

describe('review is asked for', () => {
  const patient = { type: 'patient', reference: 'Patient/ann' } as const;

  it.each<[string, Parameters<typeof record>, readonly string[] | undefined]>([
    ['where the glass was to be broken (B-5)', [{ purposes: ['BTG'] }], ['break-glass']],
    ['though it was refused', [{ purposes: ['BTG'] }, { outcome: 'deny' }], ['break-glass']],
    ['not for other emergencies', [{ purposes: ['ETREAT'] }], undefined],
    ['where consents disagree (C-5)', [{}, { conflict: true }], ['conflict']],
    ['where one cannot be read (EV-3)', [{}, { unreadable: ['c-1'] }], ['unreadable-consent']],
    [
      'where a patient asks for what a clinician hands over (R-26)',
      [{ requester: patient }, {}, ['NOPAT']],
      ['withheld-from-patient'],
    ],
    [
      'where a relative does',
      [{ requester: { type: 'related-person' } }, {}, ['NOPAT']],
      ['withheld-from-patient'],
    ],
    ['not where a clinician does', [{}, {}, ['NOPAT']], undefined],
    ['not for other labels', [{ requester: patient }, {}, ['HIV']], undefined],
    [
      'for every reason there is',
      [{ requester: patient, purposes: ['BTG'] }, { conflict: true, unreadable: ['x'] }, ['NOPAT']],
      ['break-glass', 'conflict', 'unreadable-consent', 'withheld-from-patient'],
    ],
  ])('%s', (_, given, expected) => {
    expect(record(...given).review).toEqual(expected);
  });
});

it('the reason to break the glass is kept, and that there was none (A-11)', () => {
  const breakGlass = { reason: 'unconscious', acknowledged: true };
  expect(record({ purposes: ['BTG'], breakGlass }).breakGlass).toEqual({ reason: 'unconscious' });
  expect(record({ purposes: ['BTG'] }).breakGlass).toEqual({});
  expect(record({ breakGlass })).not.toHaveProperty('breakGlass');
});

it('obligations are kept, and superseded consents by their version (A-10, C-3)', () => {
  const { obligations, superseded } = record({}, { obligations: ['MINEC'], superseded: ['old'] });
  expect({ obligations, superseded }).toEqual({
    obligations: ['MINEC'],
    superseded: ['Consent/old/_history/3'],
  });
});
