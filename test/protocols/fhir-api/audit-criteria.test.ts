/** The search parameters of AuditEvent, version by version (audit.md §1; FHIR R4 §3.1.1.4). */
import { describe, expect, it } from 'vitest';
import type { AuditQuery } from '../../../src/audit/audit-log.ts';
import { asInstant } from '../../../src/base/instant.ts';
import { auditParameters, auditQueryFrom } from '../../../src/protocols/fhir-api/audit/audit-criteria.ts';

const issuer = 'https://headwater.example';
const at = asInstant(Date.UTC(2026, 10, 22));
const queryOf = (text: string, version: '4.0' | '4.3' | '5.0' = '4.0') =>
  auditQueryFrom([...new URLSearchParams(text)], version, issuer, at);
const asked = (text: string, version?: '4.0' | '4.3' | '5.0'): AuditQuery => {
  const query = queryOf(text, version);
  if (!query.ok) throw new Error(JSON.stringify(query.failure));
  return query.value;
};
const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const interaction = 'http://hl7.org/fhir/restful-interaction';
const eventType = 'http://terminology.hl7.org/CodeSystem/audit-event-type';
const outcome = 'http://terminology.hl7.org/CodeSystem/audit-event-outcome';

describe('the parameters', () => {
  const namesIn = (version: '4.0' | '5.0') => auditParameters(version).map(({ name }) => name);

  it('are those of the version, and `consent` of FAST (A-13)', () => {
    const both = ['_id', '_lastUpdated', 'patient', 'date', 'action', 'outcome', 'entity', 'consent'];
    const agents = [
      ...['agent', 'agent:identifier', 'agent-role', 'agent:Practitioner', 'agent:PractitionerRole'],
      ...['agent:Organization', 'agent:Device', 'agent:Patient', 'agent:RelatedPerson'],
    ];
    const own = [...both, ...agents, 'review'];
    expect(namesIn('4.0').toSorted()).toEqual([...own, 'type', 'subtype'].toSorted());
    expect(namesIn('5.0').toSorted()).toEqual([...own, 'category', 'code'].toSorted());
  });

  it('of one version are unknown in the other', () => {
    expect(queryOf('category=rest').ok).toBe(false);
    expect(queryOf('subtype=read', '5.0').ok).toBe(false);
  });

  it('have the definitions that are published', () => {
    const definitions = (version: '4.0' | '5.0') =>
      Object.fromEntries(auditParameters(version).map(({ name, definition }) => [name, definition]));
    const canonical = 'http://hl7.org/fhir/SearchParameter/';
    expect(definitions('4.0')).toMatchObject({
      patient: `${canonical}AuditEvent-patient`,
      date: `${canonical}AuditEvent-date`,
      consent: undefined,
    });
    expect(definitions('5.0')).toMatchObject({
      patient: `${canonical}clinical-patient`,
      date: `${canonical}clinical-date`,
      code: `${canonical}clinical-code`,
      category: `${canonical}AuditEvent-category`,
    });
  });
});

describe('a token', () => {
  it.each<[string, AuditQuery]>([
    ['type=rest', { type: ['rest'] }],
    [`type=${dicom}|110113`, { type: ['110113'] }],
    [`type=${dicom}|rest`, { type: [] }],
    [`type=${eventType}|`, { type: ['rest'] }],
    ['type=|rest', { type: [] }],
    ['type=rest,110113', { type: ['rest', '110113'] }],
    ['type=login', { type: [] }],
    ['subtype=read,vread', { subtype: ['read', 'vread'] }],
    [`subtype=${interaction}|search-type`, { subtype: ['search-type'] }],
    ['subtype=AuthZ-Consent', { subtype: ['AuthZ-Consent'] }],
    ['action=C,D', { action: ['C', 'D'] }],
    ['action=c', { action: [] }],
    ['outcome=0', { outcome: ['0'] }],
    [`outcome=${outcome}|8,4`, { outcome: ['8', '4'] }],
    ['outcome=constructor,__proto__', { outcome: [] }],
    ['_id=a,b', { id: ['a', 'b'] }],
    ['agent:identifier=app', { agent: [['agent:identifier= app']] }],
    ['agent:identifier=|app', { agent: [['agent:identifier=|app']] }],
    ['agent:identifier=urn:npi|7', { agent: [['agent:identifier=urn:npi|7']] }],
    ['agent:identifier=urn:npi|', { agent: [['agent:identifier=urn:npi|']] }],
    ['agent:identifier=|', { agent: [[]] }],
    // What poses as a system: no bar of a value ends one.
    ['agent:identifier=a\\|b|c', { agent: [['agent:identifier=a%7Cb|c']] }],
    ['agent-role=physician', { agent: [['agent-role= physician']] }],
    [
      'agent-role=urn:roles|physician,nurse',
      { agent: [['agent-role=urn:roles|physician', 'agent-role= nurse']] },
    ],
    ['review=break-glass,conflict', { review: [['break-glass', 'conflict']] }],
    ['review=constructor', { review: [[]] }],
    ['review=urn:x|conflict', { review: [[]] }],
  ])('%s', (text, query) => {
    expect(asked(text)).toEqual(query);
  });

  it('in R5 stands under the names of R5', () => {
    expect(asked(`category=${eventType}|rest&code=create`, '5.0')).toEqual({
      type: ['rest'],
      subtype: ['create'],
    });
  });
});

describe('a reference', () => {
  it.each<[string, AuditQuery]>([
    ['patient=ann', { patient: ['Patient/ann'] }],
    ['patient=Patient/ann,bob', { patient: ['Patient/ann', 'Patient/bob'] }],
    ['patient=Patient/ann/_history/3', { patient: ['Patient/ann'] }],
    [`patient=${issuer}/fhir/R5/Patient/ann`, { patient: ['Patient/ann'] }],
    ['patient=https://other.example/Patient/ann', { patient: [] }],
    ['patient=Group/ann', { patient: [] }],
    ['entity=Consent/1', { entity: [['Consent/1']] }],
    [`entity=${issuer}/fhir/R4/Consent/1/_history/2`, { entity: [['Consent/1/_history/2']] }],
    ['entity=https://other.example/Consent/1', { entity: [[]] }],
    ['entity=Consent/1,Patient/ann', { entity: [['Consent/1', 'Patient/ann']] }],
    ['consent=1', { entity: [['Consent/1']] }],
    ['consent=Consent/1/_history/2', { entity: [['Consent/1/_history/2']] }],
    ['consent=Patient/ann', { entity: [[]] }],
    ['agent=Practitioner/t', { agent: [['agent=Practitioner/t']] }],
    ['agent=Practitioner/t,Organization/h', { agent: [['agent=Practitioner/t', 'agent=Organization/h']] }],
    ['agent=Practitioner/t/_history/2', { agent: [['agent=Practitioner/t']] }],
    [`agent=${issuer}/fhir/R5/Organization/h`, { agent: [['agent=Organization/h']] }],
    ['agent=https://other.example/Practitioner/t', { agent: [[]] }],
    ['agent=nonsense%20/', { agent: [[]] }],
    ['agent:Practitioner=t', { agent: [['agent=Practitioner/t']] }],
    ['agent:Practitioner=Practitioner/t', { agent: [['agent=Practitioner/t']] }],
    ['agent:Practitioner=Organization/t', { agent: [[]] }],
  ])('%s', (text, query) => {
    for (const version of ['4.0', '4.3', '5.0'] as const) expect(asked(text, version)).toEqual(query);
  });

  it.each(['entity=1', 'agent=t'])('of which the type is not given is refused: %s', (text) => {
    expect(queryOf(text)).toMatchObject({
      ok: false,
      failure: { kind: 'malformed', code: 'value', detail: expect.stringContaining('`Type/id`') },
    });
  });

  it('to ourselves narrows nothing: we take part in every event', () => {
    for (const text of [issuer, `urn:ietf:rfc:3986|${issuer}`, `urn:ietf:rfc:3986|${issuer},app`])
      expect(asked(`action=C&agent:identifier=${encodeURIComponent(text)}`)).toEqual({ action: ['C'] });
    expect(asked(`agent:identifier=urn:other|${issuer}`)).not.toEqual({});
  });
});

describe('a date', () => {
  const day = { start: Date.UTC(2026, 4, 1), end: Date.UTC(2026, 4, 2) - 1 };

  it.each(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb'] as const)(
    'with %s covers its precision',
    (prefix) => {
      expect(asked(`date=${prefix}2026-05-01`)).toEqual({ recorded: [[{ prefix, ...day }]] });
    },
  );

  it('is when it was recorded, under either name; repeats are conditions of their own', () => {
    expect(asked('date=2026-05-01')).toEqual(asked('_lastUpdated=eq2026-05-01'));
    expect(asked('date=ge2026-05-01,2025&_lastUpdated=lt2026-06')).toEqual({
      recorded: [
        [
          { prefix: 'ge', ...day },
          { prefix: 'eq', start: Date.UTC(2025, 0), end: Date.UTC(2026, 0) - 1 },
        ],
        [{ prefix: 'lt', start: Date.UTC(2026, 5), end: Date.UTC(2026, 6) - 1 }],
      ],
    });
  });

  it('with ap is widened by a tenth of the time since then', () => {
    const [[test] = []] = asked('date=ap2026-11-12').recorded ?? [];
    expect(test).toEqual({
      prefix: 'ap',
      start: Date.UTC(2026, 10, 11),
      end: Date.UTC(2026, 10, 14) - 1,
    });
  });

  it.each(['yesterday', 'ge', '2026-02-30', 'xx2026', '2026-05-01,'.concat('never'), '0000'])(
    'is refused where it is none: %s',
    (value) => {
      expect(queryOf(`date=${encodeURIComponent(value)}`)).toMatchObject({
        ok: false,
        failure: { kind: 'malformed', code: 'value' },
      });
    },
  );
});

describe('criteria together', () => {
  it('narrow each other: repeats are joined by and', () => {
    expect(asked('patient=ann,bob&patient=bob,eve')).toEqual({ patient: ['Patient/bob'] });
    expect(asked('action=C&action=D')).toEqual({ action: [] });
    expect(asked('agent=Practitioner/t&agent:identifier=app&review=conflict&review=break-glass')).toEqual({
      agent: [['agent=Practitioner/t'], ['agent:identifier= app']],
      review: [['conflict'], ['break-glass']],
    });
    expect(asked('entity=Patient/ann&consent=1')).toEqual({ entity: [['Patient/ann'], ['Consent/1']] });
  });

  it('without a value say nothing, and of commas alone nothing that could be meant', () => {
    expect(asked('patient=&date=')).toEqual({});
    expect(queryOf('patient=,').ok).toBe(false);
  });

  it('do not ask for more at once than is answered', () => {
    expect(queryOf(`${'entity=Consent/1&'.repeat(10)}`).ok).toBe(true);
    expect(queryOf(`${'entity=Consent/1&'.repeat(11)}`)).toMatchObject({ failure: { code: 'too-costly' } });
    const mixed = `${'agent=Device/1&'.repeat(5)}${'review=conflict&'.repeat(5)}`;
    expect(queryOf(mixed).ok).toBe(true);
    expect(queryOf(`${mixed}entity=Consent/1`)).toMatchObject({ failure: { code: 'too-costly' } });
  });

  it('that are unknown are refused, with what was written made fit to be shown', () => {
    expect(queryOf('address=192.0.2.7')).toMatchObject({
      failure: { code: 'not-supported', detail: '`address` is not supported here' },
    });
    expect(queryOf('date=%60%0a')).toMatchObject({ failure: { detail: expect.stringContaining('`??`') } });
  });
});
