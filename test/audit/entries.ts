/** Decisions as the audit log keeps them, for tests to vary. */
import type { DecisionEntry } from '../../src/audit/audit-log.ts';
import { asInstant } from '../../src/base/instant.ts';

let made = 0;

export const anEntry = (changes: Partial<DecisionEntry> = {}): DecisionEntry => ({
  id: `00000000-0000-4000-8000-${String(++made).padStart(12, '0')}`,
  recordedAt: asInstant(Date.UTC(2026, 9, 1, 10)),
  patient: 'Patient/ann',
  outcome: 'permit',
  reason: 'permitted',
  basis: [
    { consent: 'c1', version: 3, path: '/provision/0' },
    { consent: 'c1', version: 3, path: '/decision' },
    { consent: 'c2', version: 1, path: '/provision' },
  ],
  conflict: false,
  action: 'access',
  purposes: ['TREAT'],
  requester: {
    type: 'practitioner',
    reference: 'Practitioner/t',
    identifiers: [{ system: 'urn:npi', value: '7' }],
    organization: 'Organization/h',
    roles: [{ system: 'urn:roles', code: 'physician' }],
  },
  circumstances: { door: 'uma', clientId: 'app', requestId: 'r1', tokenId: 'j1', transaction: 't1' },
  ...changes,
});
