/** Interactions with the FHIR API as AuditEvents of R4 and R5, in the RESTful patterns of IHE BALP (audit.md §§1, 2, 3, 9). */
import type { AuditEvent as AuditEventR4 } from 'fhir/r4.js';
import type { AuditEvent as AuditEventR5 } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import type { Interaction, InteractionEntry } from '../../src/audit/audit-log.ts';
import { renderEvent } from '../../src/audit/render-event.ts';
import type { FhirVersion } from '../../src/fhir/version.ts';
import { anInteraction } from './entries.ts';

const issuer = 'https://headwater.example';
const rendered = (version: FhirVersion, changes: Partial<InteractionEntry> = {}) =>
  renderEvent(anInteraction({ id: 'e1', ...changes }), version, issuer);
// What the service shows, as another program would read it.
const r4 = (changes?: Partial<InteractionEntry>) => rendered('4.0', changes) as unknown as AuditEventR4;
const r5 = (changes?: Partial<InteractionEntry>) => rendered('5.0', changes) as unknown as AuditEventR5;

const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const entityType = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const objectRole = 'http://terminology.hl7.org/CodeSystem/object-role';
const userOauthAgent = {
  system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes',
  code: 'UserOauthAgent',
};
const requestId = {
  system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
  code: 'XrequestId',
};
const ourselves = { identifier: { system: 'urn:ietf:rfc:3986', value: issuer } };
const search = {
  interaction: 'search-type',
  query: `${issuer}/fhir/R4/Consent?patient=Patient/ann`,
} as const;

describe('a create (IHE.BasicAudit.PatientCreate; §9 row 1)', () => {
  it('names client, server and token, patient, the version created and the request, in R4', () => {
    const expected: AuditEventR4 = {
      resourceType: 'AuditEvent',
      id: 'e1',
      meta: { versionId: '1', lastUpdated: '2026-10-01T10:00:00.000Z' },
      type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
      subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'create' }],
      action: 'C',
      recorded: '2026-10-01T10:00:00.000Z',
      outcome: '0',
      agent: [
        {
          type: { coding: [{ system: dicom, code: '110153' }] },
          who: { identifier: { value: 'app' } },
          requestor: false,
          network: { address: '192.0.2.7', type: '2' },
        },
        {
          type: { coding: [{ system: dicom, code: '110152' }] },
          who: ourselves,
          requestor: false,
          network: { address: issuer, type: '5' },
        },
        {
          type: { coding: [userOauthAgent] },
          who: { identifier: { value: 'app' } },
          requestor: true,
          policy: ['urn:ietf:params:oauth:jti:j1'],
        },
      ],
      source: {
        observer: ourselves,
        type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
      },
      entity: [
        {
          what: { reference: 'Patient/ann' },
          type: { system: entityType, code: '1' },
          role: { system: objectRole, code: '1' },
        },
        {
          what: { reference: 'Consent/1/_history/1' },
          type: { system: entityType, code: '2' },
          role: { system: objectRole, code: '4' },
        },
        { what: { identifier: { value: 'r1' } }, type: requestId },
      ],
    };
    expect(r4()).toEqual(expected);
    expect(rendered('4.3')).toEqual(rendered('4.0'));
  });

  it('says the same in the elements of R5 (§9 row 12)', () => {
    const expected: AuditEventR5 = {
      resourceType: 'AuditEvent',
      id: 'e1',
      meta: { versionId: '1', lastUpdated: '2026-10-01T10:00:00.000Z' },
      category: [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' }] },
      ],
      code: { coding: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'create' }] },
      action: 'C',
      recorded: '2026-10-01T10:00:00.000Z',
      outcome: {
        code: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-outcome', code: '0' },
      },
      patient: { reference: 'Patient/ann' },
      agent: [
        {
          type: { coding: [{ system: dicom, code: '110153' }] },
          who: { identifier: { value: 'app' } },
          requestor: false,
          networkString: '192.0.2.7',
        },
        {
          type: { coding: [{ system: dicom, code: '110152' }] },
          who: ourselves,
          requestor: false,
          networkUri: issuer,
        },
        {
          type: { coding: [userOauthAgent] },
          who: { identifier: { value: 'app' } },
          requestor: true,
          policy: ['urn:ietf:params:oauth:jti:j1'],
        },
      ],
      source: {
        observer: ourselves,
        type: [
          {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
          },
        ],
      },
      entity: [
        {
          what: { reference: 'Patient/ann' },
          role: { coding: [{ system: objectRole, code: '1' }] },
        },
        {
          what: { reference: 'Consent/1/_history/1' },
          role: { coding: [{ system: objectRole, code: '4' }] },
        },
        { what: { identifier: { type: { coding: [requestId] }, value: 'r1' } } },
      ],
    };
    expect(r5()).toEqual(expected);
  });

  it('that was refused before it had an id names the type at least (A-7)', () => {
    const { what: _, ...refused } = anInteraction({ outcome: '4', problem: 'invalid' });
    const event = renderEvent(refused, '4.0', issuer) as unknown as AuditEventR4;
    expect(event).toMatchObject({ outcome: '4', outcomeDesc: 'invalid' });
    expect(event.entity?.[1]?.what).toEqual({ type: 'Consent' });
  });
});

describe('the pattern of an interaction (§2, table)', () => {
  const source = [dicom, '110153'];
  const destination = [dicom, '110152'];
  const custodian = ['http://terminology.hl7.org/CodeSystem/provenance-participant-type', 'custodian'];

  it.each<[Interaction, string, (string | undefined)[], (string | undefined)[], string]>([
    ['create', 'C', source, destination, '4'],
    ['read', 'R', destination, source, '4'],
    ['vread', 'R', destination, source, '4'],
    ['update', 'U', source, destination, '4'],
    ['patch', 'U', source, destination, '4'],
    ['delete', 'D', [dicom, '110150'], custodian, '4'],
    ['history-instance', 'R', destination, source, '4'],
    ['history-type', 'E', source, destination, '24'],
    ['search-type', 'E', source, destination, '24'],
  ])('of %s is %s', (interaction, action, client, server, role) => {
    const event = r4({ interaction });
    const types = event.agent.map(({ type }) => [type?.coding?.[0]?.system, type?.coding?.[0]?.code]);
    expect(event.subtype?.map(({ code }) => code)).toEqual([interaction]);
    expect([event.action, types[0], types[1]]).toEqual([action, client, server]);
    expect(event.entity?.[1]?.role?.code).toBe(role);
    expect(r5({ interaction })).toMatchObject({ action, code: { coding: [{ code: interaction }] } });
  });

  it('has the plain form where no patient is known (A-5)', () => {
    const { patient: _, ...general } = anInteraction({ interaction: 'read' });
    const event = renderEvent(general, '5.0', issuer) as unknown as AuditEventR5;
    expect(event).not.toHaveProperty('patient');
    expect(event.entity).toHaveLength(2);
    expect(JSON.stringify(event)).not.toContain('Patient');
  });

  it('leaves out the network of a client that is not known, and a token that was not there (A-7)', () => {
    const { address: _, ...unknown } = anInteraction({
      circumstances: { door: 'fhir', clientId: 'app', requestId: 'r1' },
    });
    const event = renderEvent(unknown, '4.0', issuer) as unknown as AuditEventR4;
    expect(event.agent).toHaveLength(2);
    expect(event.agent[0]).not.toHaveProperty('network');
  });
});

describe('a search (IHE.BasicAudit.PatientQuery; §9 rows 2, 3, 4)', () => {
  const queryOf = (query: string) => r4({ ...search, query }).entity?.[1];
  const decoded = (query: string) => Buffer.from(queryOf(query)?.query ?? '', 'base64').toString();

  it('keeps the request in base64 and nothing beside it (row 2; A-4)', () => {
    expect(queryOf(search.query)).toEqual({
      type: { system: entityType, code: '2' },
      role: { system: objectRole, code: '24' },
      query: Buffer.from(search.query).toString('base64'),
    });
    expect(r5(search).entity?.[1]).toEqual({
      role: { coding: [{ system: objectRole, code: '24' }] },
      query: Buffer.from(search.query).toString('base64'),
    });
  });

  it.each(['', 'a', 'ab', 'abc', 'é?>~ÿ', '/Consent?_id=%00<script>\ud83d\ude00'])(
    'decodes to what was received: %j',
    (query) => {
      expect(queryOf(query)?.query).toBe(Buffer.from(query).toString('base64'));
      expect(decoded(query)).toBe(query);
    },
  );

  it('of POST holds the form, behind an empty line (row 3)', () => {
    const received = `${issuer}/fhir/R4/Consent/_search\n\npatient=ann&status=active`;
    expect(decoded(received)).toBe(received);
  });

  it('that showed several patients has an event for each, told apart by the patient alone (row 4; A-5)', () => {
    const [ann, bob] = ['Patient/ann', 'Patient/bob'].map((patient) => r4({ ...search, patient }));
    expect([ann, bob].map((event) => event?.entity?.[0]?.what?.reference)).toEqual([
      'Patient/ann',
      'Patient/bob',
    ]);
    expect(ann?.entity?.slice(1)).toEqual(bob?.entity?.slice(1));
  });

  it('of which the request was not kept names the type at least (A-7)', () => {
    expect(r4({ interaction: 'history-type' }).entity?.[1]?.what).toEqual({ type: 'Consent' });
  });
});

describe('a refusal (§9 row 5)', () => {
  it.each(['4', '8', '12'] as const)(
    'has the shape of the act that was refused, with outcome %s',
    (outcome) => {
      const refused = { interaction: 'read', what: 'Consent/1', outcome, problem: 'not-found' } as const;
      const { outcome: _, ...served } = r4({ ...refused, outcome: '0' });
      expect(r4(refused)).toEqual({ ...served, outcome, outcomeDesc: 'not-found' });
      expect(r5(refused).outcome).toEqual({
        code: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-outcome', code: outcome },
        detail: [{ text: 'not-found' }],
      });
    },
  );
});
