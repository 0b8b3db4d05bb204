/** Words that searches are made of: parameters, modifiers, chains, values, and what says how the answer is to look. */
import { publishedParameters } from '../published-parameters.ts';

export const parameterNames = [
  ...Object.keys(publishedParameters),
  ...['_id', '_profile', '_language', '_text', '_has:AuditEvent:entity:agent', '_list', '_filter'],
  ...['nonsense', ''],
];

export const modifiers = [
  ...['not', 'missing', 'text', 'in', 'not-in', 'above', 'below', 'of-type', 'identifier', 'Patient'],
  ...['Organization', 'exact', 'x', ''],
];

export const chains = ['identifier', 'name', 'identifier.x', 'actor.identifier', ''];

export const values = [
  ...['ann', 'Patient/ann', 'Patient/eve', '{own}', '{hidden}', '{deleted}', 'active', 'a|b', '|', '||'],
  ...['|||', ',', ',,', 'a,b', 'a\\', '\\', '\\,', '\\|', '$', 'a\\$b', 'true', 'false', '2026'],
  ...['ge2026-05', 'ap2026', 'ap9999-12-31', 'eb0001', 'ne2026-02-30', 'gt', 'sa2026-01-01T10:00'],
  ...['lt2026-01-01T10:00:00+14:00', 'ge2026-01-01T10:00:00.123456789Z'],
  ...['http://terminology.hl7.org/ValueSet/v3-PurposeOfUse'],
  ...['http://hl7.org/fhir/ValueSet/consent-state-codes', 'TREAT', 'BTG', 'http://example.org|'],
];

export const controls: Readonly<Record<string, readonly string[]>> = {
  _count: ['0', '1', '3', '200', '201', '999999999', '9999999999', '-1', '1.5', '', 'x', '1e3', '٣'],
  _sort: [
    ...['date', '-date', '_id,-_lastUpdated', 'status', 'nonsense', '-', ',', '--date', 'date,date'],
    ...['a,b,c,d,e,f', 'patient'],
  ],
  _total: ['none', 'accurate', 'estimate', 'x'],
  _summary: ['true', 'text', 'data', 'count', 'false', 'x', ''],
  _elements: ['id', 'status,patient', 'Consent.provision', ',', 'a.b.c', '__proto__', 'constructor', '*', ''],
  _include: [
    ...['Consent:actor', 'Consent:*', 'Consent:patient:Patient', '*', 'Consent', ':'],
    ...['Consent:actor:Organization:x', 'Patient:link', 'Consent:__proto__'],
  ],
  '_include:iterate': ['Patient:organization', 'Organization:partof', 'Patient:*', 'x'],
  _revinclude: [
    ...['AuditEvent:entity', 'Provenance:target', 'Consent:data', 'Consent:source-reference', 'x:y', '*'],
  ],
  _format: [
    ...['json', 'xml', 'application/fhir+json', 'application/fhir+json; fhirVersion=5.0'],
    ...['application/fhir json', 'x'],
  ],
  _pretty: ['true', 'false', 'x'],
  _page: ['1', '0', '', 'AAAA', 'x'.repeat(20_000), '_'.repeat(64)],
  _since: ['2026', '2026-01-01T00:00:00Z', 'x', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z'],
  _at: ['2026', '2026-05', 'ge2026', 'x'],
};
