/** What the audit log keeps, for tests to vary. */
import type {
  AnswerEntry,
  AuthorizationEntry,
  DecisionEntry,
  InteractionEntry,
} from '../../src/audit/audit-log.ts';
import { asInstant } from '../../src/base/instant.ts';

let made = 0;
const nextId = (): string => `00000000-0000-4000-8000-${String(++made).padStart(12, '0')}`;

/** A decision. */
export const anEntry = (changes: Partial<DecisionEntry> = {}): DecisionEntry => ({
  kind: 'decision',
  id: nextId(),
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

export const anInteraction = (changes: Partial<InteractionEntry> = {}): InteractionEntry => ({
  kind: 'interaction',
  id: nextId(),
  recordedAt: asInstant(Date.UTC(2026, 9, 1, 10)),
  interaction: 'create',
  type: 'Consent',
  patient: 'Patient/ann',
  what: 'Consent/1/_history/1',
  outcome: '0',
  address: '192.0.2.7',
  circumstances: { door: 'fhir', clientId: 'app', requestId: 'r1', tokenId: 'j1' },
  ...changes,
});

export const anAnswer = (changes: Partial<AnswerEntry> = {}): AnswerEntry => ({
  kind: 'answer',
  id: nextId(),
  recordedAt: asInstant(Date.UTC(2026, 9, 1, 10)),
  patient: 'Patient/ann',
  answer: 'approved',
  request: 'w1',
  consents: ['Consent/c1/_history/1'],
  purposes: ['TREAT'],
  requester: anEntry().requester,
  askedBy: { clientId: 'app' },
  circumstances: { door: 'user', clientId: 'hers', requestId: 'r1', tokenId: 'j1', transaction: 't1' },
  ...changes,
});

export const anAuthorization = (changes: Partial<AuthorizationEntry> = {}): AuthorizationEntry => ({
  kind: 'authorization',
  id: nextId(),
  recordedAt: asInstant(Date.UTC(2026, 9, 1, 10)),
  patient: 'Patient/ann',
  answer: 'allowed',
  scopes: ['patient/Consent.rs', 'uma_protection', 'offline_access'],
  resources: ['https://records.example/api'],
  expiresAt: asInstant(Date.UTC(2027, 9, 1, 10)),
  circumstances: { door: 'authorize', clientId: 'app', requestId: 'r1', transaction: 'a1' },
  ...changes,
});
