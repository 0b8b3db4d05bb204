/** What this base serves, and no more (FHIR R4 §3.1.0.14; fhir-consent.md §8). */
import type { JsonObject } from '../../base/json.ts';
import { fhirJson } from '../../fhir/media-type.ts';
import { type FhirVersion, isR5 } from '../../fhir/version.ts';
import type { FhirBase } from './base.ts';
import { type ResourceKind, resourceKinds } from './resource-kind.ts';
import { searchParameterTypes } from './search-parameters.ts';

/** When what it says last changed. */
const date = '2026-11-22';

const fullVersion = { '4.0': '4.0.1', '4.3': '4.3.0', '5.0': '5.0.0' } as const satisfies Record<
  FhirVersion,
  string
>;

export function capabilityStatement(base: FhirBase, version: FhirVersion, issuer: string): JsonObject {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    implementation: { description: 'Headwater, a consent service', url: `${issuer}${base.path}` },
    fhirVersion: fullVersion[version],
    format: [fhirJson, 'json'],
    rest: [
      {
        mode: 'server',
        security: {
          cors: false,
          service: [{ coding: [{ system: securityService, code: 'SMART-on-FHIR' }] }],
        },
        resource: [...resourceKinds.map((kind) => filedResource(kind, version)), auditEvent(version)],
      },
    ],
  };
}

const securityService = 'http://terminology.hl7.org/CodeSystem/restful-security-service';

const filedResource = (kind: ResourceKind, version: FhirVersion): JsonObject => ({
  type: kind.type,
  ...(kind.shape === 'one'
    ? { documentation: 'checked as far as decisions read it; the rest is kept as it came' }
    : {}),
  interaction: interactions('read', 'vread', 'update', 'history-instance', 'create', 'search-type'),
  versioning: 'versioned-update',
  readHistory: true,
  updateCreate: false,
  conditionalCreate: false,
  conditionalRead: 'full-support',
  conditionalUpdate: false,
  conditionalDelete: 'not-supported',
  referencePolicy: ['literal', 'logical'],
  searchParam: [
    { name: '_id', type: 'token' },
    ...kind.searchedBy.map((name) => ({
      name,
      ...definitionOf(name, kind.type, version),
      type: searchParameterTypes[name],
    })),
  ],
});

/** In R4 `patient` and `identifier` of Consent are one definition with those of other clinical resources. */
function definitionOf(
  name: 'patient' | 'status' | 'identifier',
  type: string,
  version: FhirVersion,
): JsonObject {
  const shared = type === 'Consent' && name !== 'status';
  const id = shared ? `clinical-${name}` : `${type}-${name}`;
  const isKnown = type === 'Consent' || !isR5(version) || name === 'identifier';
  return isKnown ? { definition: `http://hl7.org/fhir/SearchParameter/${id}` } : {};
}

const auditEvent = (version: FhirVersion): JsonObject => ({
  type: 'AuditEvent',
  documentation: 'decisions; written by the service alone',
  interaction: interactions('read', 'search-type'),
  versioning: 'no-version',
  readHistory: false,
  updateCreate: false,
  searchParam: [
    { name: '_id', type: 'token' },
    {
      name: 'patient',
      definition: `http://hl7.org/fhir/SearchParameter/${isR5(version) ? 'clinical-patient' : 'AuditEvent-patient'}`,
      type: 'reference',
    },
    { name: 'outcome', definition: 'http://hl7.org/fhir/SearchParameter/AuditEvent-outcome', type: 'token' },
    {
      name: 'agent',
      definition: 'http://hl7.org/fhir/SearchParameter/AuditEvent-agent',
      type: 'reference',
      documentation: 'with the modifier :identifier alone; the value is a client id',
    },
  ],
});

const interactions = (...codes: readonly string[]): readonly JsonObject[] => codes.map((code) => ({ code }));
