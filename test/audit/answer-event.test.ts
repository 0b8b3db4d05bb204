/** A patient's answer to a request that waited, as an AuditEvent of R4 and R5 (audit.md §§1, 4). */
import { describe, expect, it } from 'vitest';
import { indexEntry } from '../../src/audit/index-entry.ts';
import { renderEvent } from '../../src/audit/render-event.ts';
import { anAnswer } from './entries.ts';

const issuer = 'https://headwater.example';
const r4 = (changes: Parameters<typeof anAnswer>[0] = {}) => renderEvent(anAnswer(changes), '4.0', issuer);
const r5 = (changes: Parameters<typeof anAnswer>[0] = {}) => renderEvent(anAnswer(changes), '5.0', issuer);
const refused = { answer: 'refused', consents: [] } as const;

describe('R4', () => {
  it('is a permit by the consents it filed, or a denial without one (A-9)', () => {
    expect(r4()).toMatchObject({
      type: { code: '110113' },
      subtype: [{ code: 'AuthZ-Consent' }],
      action: 'E',
      outcome: '0',
      outcomeDesc: 'approved',
      purposeOfEvent: [{ coding: [{ code: 'TREAT' }] }],
      entity: [
        { what: { reference: 'Patient/ann' } },
        { what: { reference: 'Consent/c1/_history/1' }, type: { code: 'Consent' } },
      ],
    });
    expect(r4(refused)).toMatchObject({
      subtype: [{ code: 'AuthZ-Role' }],
      outcome: '8',
      outcomeDesc: 'refused',
      entity: [{ what: { reference: 'Patient/ann' } }],
    });
  });

  it('names the client that said it by its token, the patient who answered, and who had asked through what', () => {
    const { agent, source } = r4();
    const ourselves = { identifier: { system: 'urn:ietf:rfc:3986', value: issuer } };
    expect(agent).toMatchObject([
      {
        type: { coding: [{ code: 'UserOauthAgent' }] },
        who: { identifier: { value: 'hers' } },
        requestor: true,
        policy: ['urn:ietf:params:oauth:jti:j1'],
      },
      { type: { coding: [{ code: 'PAT' }] }, who: { reference: 'Patient/ann' }, requestor: true },
      {
        type: { coding: [{ code: '110150' }] },
        who: { identifier: { value: 'app' } },
        requestor: false,
      },
      {
        type: { coding: [{ code: 'IRCP' }] },
        who: { reference: 'Practitioner/t' },
        requestor: false,
        purposeOfUse: [{ coding: [{ code: 'TREAT' }] }],
      },
      { type: { coding: [{ code: 'PROV' }] }, who: { reference: 'Organization/h' }, requestor: false },
      { type: { coding: [{ code: 'authserver' }] }, who: ourselves, requestor: false },
    ]);
    expect((agent as readonly object[])[2]).not.toHaveProperty('policy');
    expect(source).toMatchObject({ observer: ourselves });
  });

  it('stands beside the decisions of its process', () => {
    expect(r4()['extension']).toEqual([
      {
        url: `${issuer}/fhir/StructureDefinition/decision-basis`,
        extension: [
          { url: 'reason', valueCode: 'approved' },
          { url: 'answered', valueString: 'w1' },
          { url: 'door', valueCode: 'user' },
          { url: 'request', valueString: 'r1' },
          { url: 'transaction', valueString: 't1' },
        ],
      },
    ]);
  });
});

it('R5 says the same, with patient and severity (A-12)', () => {
  expect(r5()).toMatchObject({
    category: [{ coding: [{ code: '110113' }] }],
    code: { coding: [{ code: 'AuthZ-Consent' }] },
    severity: 'notice',
    outcome: { code: { code: '0' }, detail: [{ text: 'approved' }] },
    patient: { reference: 'Patient/ann' },
  });
  expect(r5(refused)).toMatchObject({ severity: 'warning', outcome: { code: { code: '8' } } });
});

it('is found by the patient, the consents and the client that said it', () => {
  expect(indexEntry(anAnswer())).toMatchObject({
    patient: 'Patient/ann',
    clientId: 'hers',
    entities: ['Patient/ann', 'Consent/c1/_history/1', 'Consent/c1'],
    review: [],
  });
});
