/** What a patient said at the authorization page, as an AuditEvent of R4 and R5 (audit.md §§1, 4). */
import { describe, expect, it } from 'vitest';
import type { AuthorizationEntry } from '../../src/audit/audit-log.ts';
import { indexEntry } from '../../src/audit/index-entry.ts';
import { renderEvent } from '../../src/audit/render-event.ts';
import { anAuthorization } from './entries.ts';

const issuer = 'https://headwater.example';
const shown = (version: '4.0' | '5.0', entry = anAuthorization()) => renderEvent(entry, version, issuer);
const { expiresAt: _, ...agreed } = anAuthorization();
const denied: AuthorizationEntry = {
  ...agreed,
  answer: 'denied',
  circumstances: { door: 'authorize', clientId: 'app', requestId: 'r1' },
};

describe('R4', () => {
  it('is a decision of the patient without a consent (A-9), by the client that asked', () => {
    expect(shown('4.0')).toMatchObject({
      type: { code: '110113' },
      subtype: [{ code: 'AuthZ-Role' }],
      action: 'E',
      outcome: '0',
      outcomeDesc: 'allowed',
      purposeOfEvent: [{ coding: [{ code: 'PATRQT' }] }],
      agent: [
        { type: { coding: [{ code: '110150' }] }, who: { identifier: { value: 'app' } }, requestor: false },
        { type: { coding: [{ code: 'IRCP' }] }, who: { reference: 'Patient/ann' }, requestor: true },
        {},
        { type: { coding: [{ code: 'authserver' }] } },
      ],
      entity: [{ what: { reference: 'Patient/ann' } }],
    });
    expect(shown('4.0', denied)).toMatchObject({ outcome: '8', outcomeDesc: 'denied' });
  });

  it('says all that was agreed: every scope, for which servers, until when, under which authorization', () => {
    const said = { url: `${issuer}/fhir/StructureDefinition/decision-basis` };
    const scopes = ['patient/Consent.rs', 'uma_protection', 'offline_access'].map((valueString) => ({
      url: 'scope',
      valueString,
    }));
    const audience = { url: 'audience', valueUri: 'https://records.example/api' };
    const asked = [
      { url: 'door', valueCode: 'authorize' },
      { url: 'request', valueString: 'r1' },
    ];
    expect(shown('4.0')['extension']).toEqual([
      {
        ...said,
        extension: [
          { url: 'reason', valueCode: 'allowed' },
          ...scopes,
          audience,
          { url: 'expires', valueInstant: '2027-10-01T10:00:00.000Z' },
          ...asked,
          { url: 'transaction', valueString: 'a1' },
        ],
      },
    ]);
    expect(shown('4.0', denied)['extension']).toEqual([
      { ...said, extension: [{ url: 'reason', valueCode: 'denied' }, ...scopes, audience, ...asked] },
    ]);
  });
});

it('R5 says the same, with patient and severity (A-12)', () => {
  expect(shown('5.0')).toMatchObject({
    code: { coding: [{ code: 'AuthZ-Role' }] },
    severity: 'notice',
    outcome: { code: { code: '0' }, detail: [{ text: 'allowed' }] },
    patient: { reference: 'Patient/ann' },
  });
  expect(shown('5.0', denied)).toMatchObject({ severity: 'warning', outcome: { code: { code: '8' } } });
  expect(shown('5.0')['extension']).toEqual(shown('4.0')['extension']);
});

it('is found by the patient and the client', () => {
  expect(indexEntry(anAuthorization())).toMatchObject({
    patient: 'Patient/ann',
    clientId: 'app',
    entities: ['Patient/ann'],
    review: [],
  });
});
