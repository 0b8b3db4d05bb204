import { describe, expect, it } from 'vitest';
import { directorySearchParameters } from '../../../src/fhir/search/directory-search-parameters.ts';
import { inBoth } from '../../../src/fhir/search/search-parameter.ts';
import { understands } from '../../../src/protocols/fhir-api/search/criteria.ts';
import { matchesQuestion } from '../../support/matches-question.ts';
import {
  actReason,
  bare,
  confidentiality,
  consent,
  finds,
  loinc,
  parameters,
  question,
  sample,
  stored,
} from './criteria-asked.ts';

describe('a token', () => {
  it.each([
    ['category=59284-0', true],
    [`category=${loinc}|59284-0`, true],
    [`category=${loinc}|`, true],
    ['category=|bare', true],
    ['category=|59284-0', false],
    ['category=urn:other|59284-0', false],
    ['category=bar', false],
    ['category=x,59284-0', true],
    ['category=59284-0&category=bare', true],
    ['category=59284-0&category=x', false],
    ['status=active', true],
    ['status=http://hl7.org/fhir/consent-state-codes|active', true],
    ['status=|active', false],
    [String.raw`identifier=a\,b\|c\$d\\e`, true],
    [String.raw`identifier=urn:ids|a\,b\|c\$d\\e`, true],
    ['identifier=a,b', false],
    [String.raw`identifier=urn:ids|a\,b|c\$d\\e`, true],
    ['category=', true],
  ])('%s: %s', (query, expected) => {
    expect(finds(query, sample)).toBe(expected);
  });

  it(':not finds what has no such value, and what has none at all', () => {
    expect(finds('category:not=59284-0', sample)).toBe(false);
    expect(finds('category:not=x,bare', sample)).toBe(false);
    expect(finds('category:not=x', sample)).toBe(true);
    expect(finds('category:not=59284-0', bare)).toBe(true);
  });

  it.each([
    [':text=patient c', true],
    [':text=PATIËNT', true],
    [':text=consent', false],
  ])(':text looks for the beginning of what people read: %s', (asking, expected) => {
    expect(finds(`category${asking}`, sample)).toBe(expected);
  });

  it.each([
    [String.raw`urn:types|MR|a\,b\|c\$d\\e`, true],
    [String.raw`urn:types|XX|a\,b\|c\$d\\e`, false],
  ])(':of-type asks for an identifier by its type: %s', (value, expected) => {
    expect(finds(`identifier:of-type=${value}`, sample)).toBe(expected);
  });

  it.each([
    ['purpose:in=http://terminology.hl7.org/ValueSet/v3-PurposeOfUse', true],
    ['purpose:not-in=http://terminology.hl7.org/ValueSet/v3-PurposeOfUse', false],
    ['category:in=http://terminology.hl7.org/ValueSet/v3-PurposeOfUse', false],
    ['category:not-in=http://terminology.hl7.org/ValueSet/v3-PurposeOfUse', true],
    ['security-label:in=http://terminology.hl7.org/ValueSet/v3-ConfidentialityClassification', true],
    ['security-label:in=http://terminology.hl7.org/ValueSet/v3-InformationSensitivityPolicy', false],
    ['status:in=http://hl7.org/fhir/ValueSet/consent-state-codes', true],
    ['action:in=http://hl7.org/fhir/ValueSet/consent-action', false],
    ['scope:in=http://hl7.org/fhir/ValueSet/consent-scope', false],
  ])('%s: %s', (query, expected) => {
    expect(finds(query, sample)).toBe(expected);
  });

  it('is in a value set as the version asked for has it', () => {
    const unknown = consent({ status: 'unknown' }, 'R5');
    const query = 'status:in=http://hl7.org/fhir/ValueSet/consent-state-codes';
    expect(finds(query, unknown, '5.0')).toBe(true);
    expect(
      matchesQuestion({ ...question(query, '4.0'), all: question(query, '4.0').all.slice(0, 1) }, unknown),
    ).toBe(false);
  });

  it.each([
    [`purpose:below=${actReason}|TREAT`, true],
    [`purpose:below=${actReason}|PurposeOfUse`, true],
    ['purpose:below=ETREAT', true],
    ['purpose:below=BTG', false],
    [`purpose:above=${actReason}|BTG`, true],
    ['purpose:above=ETREAT', true],
    ['purpose:above=TREAT', false],
    [`security-label:below=${confidentiality}|R`, true],
    [`security-label:above=${confidentiality}|R`, false],
    [`security-label:above=${confidentiality}|L`, true],
    ['security-label:below=http://terminology.hl7.org/CodeSystem/v3-ActCode|SPI', false],
  ])('%s: %s', (query, expected) => {
    expect(finds(query, sample)).toBe(expected);
  });
});

describe('a reference', () => {
  it.each([
    ['actor=Organization/h', true],
    ['actor=h', true],
    ['actor=https://here.example/fhir/R4/Organization/h', true],
    ['actor=https://else.example/fhir/Organization/h', false],
    ['actor=https://else.example/fhir/Practitioner/9', true],
    ['actor=Practitioner/9', false],
    ['actor=Device/d', true],
    ['actor=Device/d/_history/3', true],
    ['actor=Device/d/_history/2', false],
    ['actor:Organization=h', true],
    ['actor:Organization=Organization/h', true],
    ['actor:Patient=h', false],
    ['actor:Patient=Organization/h', false],
    ['actor:Practitioner=https://else.example/fhir/Practitioner/9', true],
    ['actor=Observation/h', false],
    ['actor=urn:uuid:7', true],
    ['actor:Device=urn:uuid:7', false],
    ['data=o', true],
    ['data:Observation=o', true],
    ['data:Condition=o', false],
    ['consentor:identifier=urn:ids|p', true],
    ['consentor:identifier=p', true],
    ['consentor:identifier=q', false],
    ['_source=http://example.org/a/b', true],
    ['_source=http://example.org/a', false],
    ['_source:below=http://example.org/a', true],
    ['_profile=urn:profile|1', true],
    ['_profile=urn:profile', false],
  ])('%s: %s', (query, expected) => {
    expect(finds(query, sample)).toBe(expected);
  });

  it.each([
    'patient=ann',
    'patient=Patient/ann',
    'patient=https://here.example/fhir/R4/Patient/ann',
    'patient:Patient=ann',
  ])('to the patient is asked of the column: %s', (query) => {
    expect(question(query).all[0]).toEqual({ kind: 'patient', any: ['ann'] });
  });

  it.each([
    'patient=Group/ann',
    'patient=https://else.example/fhir/Patient/ann',
    'patient=Patient/ann/_history/1',
  ])('that no consent has finds none: %s', (query) => {
    expect(question(query).all[0]).toEqual({ kind: 'patient', any: [] });
  });

  it('names a profile without its version in R5, where it is a reference', () => {
    expect(
      finds('_profile=urn:profile', consent({ meta: { profile: ['urn:profile|1'] } }, 'R5'), '5.0'),
    ).toBe(true);
  });

  const onFile = [
    stored(
      'Organization',
      directorySearchParameters.Organization,
      inBoth({ identifier: [{ system: 'urn:o', value: '1' }] }),
      {
        id: 'h',
      },
    ),
    stored(
      'Patient',
      directorySearchParameters.Patient,
      inBoth({ identifier: [{ system: 'urn:p', value: '1' }] }),
      {
        id: 'ann',
      },
    ),
  ];
  it.each([
    ['actor.identifier=urn:o|1', true],
    ['actor:Organization.identifier=1', true],
    ['actor:Practitioner.identifier=1', false],
    ['actor.identifier=urn:o|2', false],
    ['patient.identifier=urn:p|1', true],
    ['patient:Patient.identifier=urn:p|', true],
    ['patient.identifier=urn:o|1', false],
  ])('is followed to the identifier: %s: %s', (query, expected) => {
    expect(finds(query, sample, '4.0', onFile)).toBe(expected);
  });
});

describe('a date', () => {
  it.each([
    ['2026-05-10', true],
    ['2026-05', true],
    ['2026-05-10T10:00:00Z', false],
    ['ne2026-05-10', false],
    ['ne2026-05-10T10:00:00Z', true],
    ['gt2026-05-10', false],
    ['gt2026-05-09', true],
    ['gt2026-05-10T10:00Z', true],
    ['lt2026-05-10', false],
    ['lt2026-05-11', true],
    ['ge2026-05-10', true],
    ['ge2026-05-11', false],
    ['le2026-05-10', true],
    ['le2026-05-09', false],
    ['sa2026-05-09', true],
    ['sa2026-05-10', false],
    ['eb2026-05-11', true],
    ['eb2026-05-10', false],
    ['ap2026-05-10', true],
    // A tenth of the 33 days until `at` reaches back to the tenth, a tenth of 30 days does not.
    ['ap2026-05-13', true],
    ['ap2026-05-16', false],
    ['gt2027,lt2026-06', true],
  ])('date=%s: %s', (value, expected) => {
    expect(finds(`date=${value}`, sample)).toBe(expected);
  });

  it.each([
    ['2026-05-10T10:30', '2026-05-10T10:30:00.000Z', '2026-05-10T10:30:59.999Z'],
    ['2026-05-10T10:30:05', '2026-05-10T10:30:05.000Z', '2026-05-10T10:30:05.999Z'],
    ['2026-05-10T10:30+02:00', '2026-05-10T08:30:00.000Z', '2026-05-10T08:30:59.999Z'],
    ['2026-05-10T10:30:05.25Z', '2026-05-10T10:30:05.250Z', '2026-05-10T10:30:05.250Z'],
    ['2026', '2026-01-01T00:00:00.000Z', '2026-12-31T23:59:59.999Z'],
    ['ap0001', '0001-01-01T00:00:00.000Z', '0204-07-19T03:35:59.999Z'],
  ])('of %s spans all that it may mean', (value, start, end) => {
    const [condition] = question(`date=${encodeURIComponent(value)}`).all;
    const [test] = condition?.kind === 'date' ? condition.any : [];
    expect([test?.start, test?.end].map((each) => new Date(each ?? 0).toISOString())).toEqual([start, end]);
  });

  it('of the last change is asked of the store', () => {
    expect(finds('_lastUpdated=ge2026-05', sample)).toBe(true);
    expect(finds('_lastUpdated=lt2026-05', sample)).toBe(false);
  });
});

describe('a name', () => {
  it.each([
    ['patient', '4.0', 'yes'],
    ['patient:missing', '4.0', 'yes'],
    ['patient:Patient', '4.0', 'yes'],
    ['patient:identifier', '4.0', 'yes'],
    ['patient.identifier', '4.0', 'yes'],
    ['patient:Patient.identifier', '5.0', 'yes'],
    ['patient:Group', '4.0', 'modifier'],
    ['patient:Group.identifier', '4.0', 'modifier'],
    ['patient.name', '4.0', 'modifier'],
    ['patient.identifier:not', '4.0', 'modifier'],
    ['patient.', '4.0', 'modifier'],
    ['patient:', '4.0', 'modifier'],
    ['patient:not', '4.0', 'modifier'],
    ['data.identifier', '4.0', 'modifier'],
    ['scope', '4.3', 'yes'],
    ['scope', '5.0', 'no'],
    ['controller', '4.0', 'no'],
    ['controller', '5.0', 'yes'],
    ['subject:Group', '5.0', 'yes'],
    ['category:text', '4.0', 'yes'],
    ['category:exact', '4.0', 'modifier'],
    ['category:of-type', '4.0', 'modifier'],
    ['identifier:of-type', '4.0', 'yes'],
    ['identifier:in', '4.0', 'modifier'],
    ['verified:not', '5.0', 'yes'],
    ['verified:in', '5.0', 'modifier'],
    ['date:missing', '4.0', 'yes'],
    ['date:not', '4.0', 'modifier'],
    ['_source:below', '4.0', 'yes'],
    ['_source:above', '4.0', 'modifier'],
    ['_profile:below', '5.0', 'modifier'],
    ['_profile:StructureDefinition', '5.0', 'modifier'],
    ['_id', '4.0', 'yes'],
    ['_id:not', '4.0', 'modifier'],
    ['_lastUpdated:missing', '4.0', 'modifier'],
    ['_has:Observation:patient:code', '4.0', 'no'],
    ['unknown', '4.0', 'no'],
    ['', '4.0', 'no'],
  ] as const)('%s in %s: %s', (name, version, expected) => {
    expect(understands(parameters, version, name)).toBe(expected);
  });
});
