import { type Instant, parseInstant } from '../../../src/base/instant.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { consentSearchParameters } from '../../../src/consent/search-parameters.ts';
import { indexResource, type Views } from '../../../src/fhir/search/index-resource.ts';
import type { SearchParameter } from '../../../src/fhir/search/search-parameter.ts';
import type { FhirVersion } from '../../../src/fhir/version.ts';
import { questionFrom } from '../../../src/protocols/fhir-api/search/criteria.ts';
import { type Indexed, matchesQuestion } from '../../support/matches-question.ts';

const issuer = 'https://here.example';
const at = parseInstant('2026-06-15T12:00:00Z') as Instant;
export const parameters = consentSearchParameters;
const ownBases = [`${issuer}/fhir/R4`];

export const stored = (
  type: string,
  table: readonly SearchParameter[],
  views: Views,
  { id = '1', patient }: { id?: string; patient?: string } = {},
): Indexed => ({
  type,
  id,
  patient,
  updatedAt: parseInstant('2026-05-05T10:00:00Z') as Instant,
  index: indexResource(table, views, { ownBases, patient }),
});
export const consent = (body: object, version: 'R4' | 'R5' = 'R4'): Indexed =>
  stored('Consent', parameters, { [version]: body as JsonObject }, { patient: 'ann' });

export const asked = (query: string, version: FhirVersion = '4.0', table = parameters, type = 'Consent') =>
  questionFrom(type, table, version, [...new URLSearchParams(query)], { issuer, at });

export function question(...args: Parameters<typeof asked>) {
  const read = asked(...args);
  if (!read.ok) throw new Error(read.failure.detail);
  return read.value;
}
export const finds = (query: string, resource: Indexed, version?: FhirVersion, onFile?: readonly Indexed[]) =>
  matchesQuestion(question(query, version), resource, onFile);

export const loinc = 'http://loinc.org';
export const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
export const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
export const sample = consent({
  status: 'active',
  identifier: [
    {
      system: 'urn:ids',
      value: 'a,b|c$d\\e',
      type: { coding: [{ system: 'urn:types', code: 'MR' }] },
    },
  ],
  category: [{ coding: [{ system: loinc, code: '59284-0', display: 'Patient Consent' }, { code: 'bare' }] }],
  dateTime: '2026-05-10',
  patient: { reference: 'Patient/ann' },
  performer: [{ identifier: { system: 'urn:ids', value: 'p' } }],
  meta: { source: 'http://example.org/a/b', profile: ['urn:profile|1'] },
  provision: {
    purpose: [{ system: actReason, code: 'ETREAT' }],
    securityLabel: [{ system: confidentiality, code: 'N' }],
    actor: [
      { reference: { reference: 'Organization/h' } },
      { reference: { reference: 'https://else.example/fhir/Practitioner/9' } },
      { reference: { reference: 'Device/d/_history/3' } },
      { reference: { reference: 'urn:uuid:7' } },
    ],
    data: [{ reference: { reference: 'Observation/o' } }],
  },
});
export const bare = consent({});
