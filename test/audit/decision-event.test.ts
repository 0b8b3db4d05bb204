/** Decisions as AuditEvents of R4 and R5 (audit.md §§1, 4; §9 rows 6, 7, 12). */
import { describe, expect, it } from 'vitest';
import { renderEvent } from '../../src/audit/render-event.ts';
import { asInstant } from '../../src/base/instant.ts';
import { anEntry } from './entries.ts';

const issuer = 'https://headwater.example';
const r4 = (changes: Parameters<typeof anEntry>[0] = {}) => renderEvent(anEntry(changes), '4.0', issuer);
const r5 = (changes: Parameters<typeof anEntry>[0] = {}) => renderEvent(anEntry(changes), '5.0', issuer);
const denied = { outcome: 'deny', reason: 'explicit-deny' } as const;
const ourselves = { identifier: { system: 'urn:ietf:rfc:3986', value: issuer } };
const token = {
  coding: [{ system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes', code: 'UserOauthAgent' }],
};
const purpose = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }] };

describe('R4 (IHE.BasicAudit.AuthZconsent)', () => {
  it('is a security alert about an authorization by consent', () => {
    expect(r4()).toMatchObject({
      resourceType: 'AuditEvent',
      type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110113' },
      subtype: [
        { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType', code: 'AuthZ-Consent' },
      ],
      action: 'E',
      recorded: '2026-10-01T10:00:00.000Z',
      outcome: '0',
      purposeOfEvent: [purpose],
    });
    expect(r4(denied)).toMatchObject({ outcome: '8', outcomeDesc: 'explicit-deny' });
  });

  it('names client, user, organization and authorizer, the last being the observer (val-audit-source)', () => {
    const { agent, source } = r4();
    expect(agent).toMatchObject([
      {
        type: { coding: [{ code: '110150' }] },
        who: { identifier: { value: 'app' } },
        requestor: false,
        policy: ['urn:ietf:params:oauth:jti:j1'],
      },
      {
        type: { coding: [{ code: 'IRCP' }] },
        who: { reference: 'Practitioner/t', identifier: { system: 'urn:npi', value: '7' } },
        requestor: true,
        role: [{ coding: [{ code: 'physician' }] }],
        purposeOfUse: [purpose],
      },
      { type: { coding: [{ code: 'PROV' }] }, who: { reference: 'Organization/h' }, requestor: false },
      { type: { coding: [{ code: 'authserver' }] }, who: ourselves, requestor: false },
    ]);
    expect(source).toMatchObject({ observer: ourselves, type: [{ code: '6' }] });
  });

  it('refers to the patient, each consent version once, and the token by its id (A-10)', () => {
    expect(r4()['entity']).toEqual([
      {
        what: { reference: 'Patient/ann' },
        type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '1' },
        role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1' },
      },
      {
        what: { reference: 'Consent/c1/_history/3' },
        type: { system: 'http://hl7.org/fhir/resource-types', code: 'Consent' },
      },
      {
        what: { reference: 'Consent/c2/_history/1' },
        type: { system: 'http://hl7.org/fhir/resource-types', code: 'Consent' },
      },
      {
        what: { identifier: { value: 'urn:ietf:params:oauth:jti:j1' } },
        type: {
          system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes',
          code: 'UserOauthAgent',
        },
      },
    ]);
  });

  it('keeps which types were asked for, and which client asked through another (A-10; D8)', () => {
    const { requester } = anEntry();
    const parts = (r4({
      resourceTypes: ['Observation', 'Condition'],
      requester: { ...requester, clientId: 'app-2' },
    })['extension'] ?? []) as { extension: unknown[] }[];
    expect(parts[0]?.extension).toEqual(
      expect.arrayContaining([
        { url: 'type', valueCode: 'Observation' },
        { url: 'type', valueCode: 'Condition' },
        { url: 'client', valueString: 'app-2' },
      ]),
    );
    const same = r4({ requester: { ...requester, clientId: 'app' } });
    expect(JSON.stringify(same)).not.toContain('"client"');
  });

  it('keeps reason, conflict, door, transaction and each provision in an extension of ours (A-10)', () => {
    const { extension } = r4({ conflict: true });
    expect(extension).toEqual([
      {
        url: `${issuer}/fhir/StructureDefinition/decision-basis`,
        extension: [
          { url: 'reason', valueCode: 'permitted' },
          { url: 'conflict', valueBoolean: true },
          { url: 'action', valueCode: 'access' },
          { url: 'door', valueCode: 'uma' },
          { url: 'request', valueString: 'r1' },
          { url: 'transaction', valueString: 't1' },
          ...[
            ['Consent/c1/_history/3', '/provision/0'],
            ['Consent/c1/_history/3', '/decision'],
            ['Consent/c2/_history/1', '/provision'],
          ].map(([reference, path]) => ({
            url: 'provision',
            extension: [
              { url: 'consent', valueReference: { reference } },
              { url: 'path', valueString: path },
            ],
          })),
        ],
      },
    ]);
  });

  it('makes no claim of consent where none decided (A-9)', () => {
    const event = r4({ ...denied, reason: 'no-consent', basis: [], purposes: [] });
    expect(event).toMatchObject({ subtype: [{ code: 'AuthZ-Role' }] });
    expect(event).not.toHaveProperty('purposeOfEvent');
    expect(JSON.stringify(event['entity'])).not.toContain('Consent');
  });

  it('takes the client for the user when nobody stands behind it, and the one that asks through another', () => {
    const circumstances = { door: 'b2b', clientId: 'app', requestId: 'r1' };
    const userOf = (clientId?: string) =>
      r4({ requester: { type: 'client', ...(clientId ? { clientId } : {}) }, circumstances });
    const { agent, entity } = userOf('app');
    expect(agent).toMatchObject([
      { who: { identifier: { value: 'app' } }, requestor: false },
      { type: { coding: [{ code: 'IRCP' }] }, who: { identifier: { value: 'app' } }, requestor: true },
      { type: { coding: [{ code: 'PROV' }] }, who: { extension: [{ valueCode: 'unknown' }] } },
      { type: { coding: [{ code: 'authserver' }] } },
    ]);
    expect(entity).toHaveLength(3);
    expect(userOf()['agent']).toEqual(agent);
    expect(userOf('app-2')['agent']).toMatchObject([{}, { who: { identifier: { value: 'app-2' } } }, {}, {}]);
  });

  it('takes an organization that asks for itself for its own', () => {
    const { agent } = r4({ requester: { type: 'organization', reference: 'Organization/o' } });
    const who = { reference: 'Organization/o' };
    expect(agent).toMatchObject([{}, { who }, { type: { coding: [{ code: 'PROV' }] }, who }, {}]);
  });

  it('names further identifiers of the user in the extension of BALP for them (audit.md §3)', () => {
    const { requester } = anEntry();
    const identifiers = [
      { system: 'urn:npi', value: '7' },
      { system: 'urn:staff', value: '8' },
      { value: '9' },
    ];
    for (const event of [
      r4({ requester: { ...requester, identifiers } }),
      r5({ requester: { ...requester, identifiers } }),
    ]) {
      const [client, user] = event['agent'] as Record<string, unknown>[];
      expect(client).not.toHaveProperty('extension');
      expect(user).toMatchObject({
        who: { identifier: identifiers[0] },
        extension: identifiers.slice(1).map((valueIdentifier) => ({
          url: 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/ihe-otherId',
          valueIdentifier,
        })),
      });
    }
  });

  it('names the network address of the client where it is known, and of the client alone', () => {
    const circumstances = { ...anEntry().circumstances, address: '192.0.2.7' };
    const networks = (event: ReturnType<typeof r4>, name: string) =>
      (event['agent'] as Record<string, unknown>[]).map((agent) => agent[name]);
    const none = [undefined, undefined, undefined];
    expect(networks(r4({ circumstances }), 'network')).toEqual([
      { address: '192.0.2.7', type: '2' },
      ...none,
    ]);
    expect(networks(r5({ circumstances }), 'networkString')).toEqual(['192.0.2.7', ...none]);
    expect(networks(r4(), 'network')).toEqual([undefined, ...none]);
  });

  it('keeps what came with the answer and what became of it in the same extension (A-10)', () => {
    const changes = {
      obligations: ['ENCRYPT', 'AUDIT'],
      asOf: asInstant(Date.UTC(2026, 0, 2)),
      review: ['conflict', 'unreadable-consent'],
      superseded: ['Consent/c0/_history/4'],
      failed: true,
    } as const;
    const system = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
    for (const event of [r4(changes), r5(changes)]) {
      const [basis] = event['extension'] as { extension: readonly unknown[] }[];
      expect(basis?.extension).toEqual(
        expect.arrayContaining([
          { url: 'obligation', valueCoding: { system, code: 'ENCRYPT' } },
          { url: 'obligation', valueCoding: { system, code: 'AUDIT' } },
          { url: 'asOf', valueInstant: '2026-01-02T00:00:00.000Z' },
          { url: 'review', valueCode: 'conflict' },
          { url: 'review', valueCode: 'unreadable-consent' },
          { url: 'superseded', valueReference: { reference: 'Consent/c0/_history/4' } },
          { url: 'failed', valueBoolean: true },
        ]),
      );
      // Asked as of then, but recorded now.
      expect(event['recorded']).toBe('2026-10-01T10:00:00.000Z');
    }
    expect(r4({ failed: false })).toEqual({ ...r4(), id: expect.any(String) });
  });
});

describe('R5', () => {
  it('says the same in its own elements (A-12, acceptance test 12)', () => {
    expect(r5(denied)).toMatchObject({
      category: [{ coding: [{ code: '110113' }] }],
      code: { coding: [{ code: 'AuthZ-Consent' }] },
      severity: 'warning',
      outcome: { code: { code: '8' }, detail: [{ text: 'explicit-deny' }] },
      authorization: [purpose],
      patient: { reference: 'Patient/ann' },
      agent: [{ requestor: false }, { requestor: true, authorization: [purpose] }, {}, { who: ourselves }],
      entity: [
        { what: { reference: 'Patient/ann' } },
        { what: { reference: 'Consent/c1/_history/3' } },
        { what: { reference: 'Consent/c2/_history/1' } },
        { what: { identifier: { type: token, value: 'urn:ietf:params:oauth:jti:j1' } } },
      ],
    });
    const event = r5();
    for (const name of ['type', 'subtype', 'outcomeDesc', 'purposeOfEvent'])
      expect(event).not.toHaveProperty(name);
  });

  it('tells the reason that was given for breaking the glass beside our code (A-11)', () => {
    const changes = { purposes: ['BTG'], breakGlass: { reason: 'found unconscious' } };
    expect(r4(changes)['outcomeDesc']).toBe('permitted: found unconscious');
    expect(r5(changes)['outcome']).toMatchObject({
      detail: [{ text: 'permitted' }, { text: 'found unconscious' }],
    });
    for (const breakGlass of [{}, { reason: ' ' }])
      expect(r4({ ...changes, breakGlass })['outcomeDesc']).toBe('permitted');
  });

  it('rates by outcome, and breaking the glass above all (A-12)', () => {
    expect([
      r5()['severity'],
      r5({ purposes: ['BTG'] })['severity'],
      r5({ ...denied, purposes: ['BTG'] })['severity'],
    ]).toEqual(['notice', 'alert', 'alert']);
  });
});
