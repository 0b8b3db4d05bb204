/** What this base serves, and no more (FHIR R4 §3.1.0.14; fhir-consent.md §8). */
import type { JsonObject } from '../../base/json.ts';
import { fhirJson } from '../../fhir/media-type.ts';
import { type SearchParameter, type Shape, shapeOf } from '../../fhir/search/search-parameter.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import { auditParameters } from './audit/audit-criteria.ts';
import type { FhirBase } from './base.ts';
import { type ResourceKind, resourceKinds } from './resource-kind.ts';

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
    patchFormat: ['application/json-patch+json'],
    rest: [
      {
        mode: 'server',
        security: {
          cors: true,
          service: [
            { coding: [{ system: securityService, code: 'SMART-on-FHIR' }] },
            { coding: [{ system: securityService, code: 'OAuth' }] },
          ],
        },
        resource: [
          ...resourceKinds.map((kind) => filedResource(kind, version, issuer)),
          auditEvent(version, issuer),
        ],
        operation: [
          {
            name: 'versions',
            definition: 'http://hl7.org/fhir/OperationDefinition/CapabilityStatement-versions',
          },
        ],
      },
    ],
  };
}

const securityService = 'http://terminology.hl7.org/CodeSystem/restful-security-service';

const filedResource = (kind: ResourceKind, version: FhirVersion, issuer: string): JsonObject => ({
  type: kind.type,
  documentation: kind.type === 'Consent' ? ofConsent : ofDirectory,
  interaction: interactions(
    'read',
    'vread',
    'update',
    'patch',
    'delete',
    'history-instance',
    'history-type',
    'create',
    'search-type',
  ),
  versioning: 'versioned-update',
  readHistory: true,
  updateCreate: false,
  conditionalCreate: true,
  conditionalRead: 'full-support',
  conditionalUpdate: true,
  // From R5 on the statement can tell of it.
  ...(shapeOf(version) === 'R5' ? { conditionalPatch: true } : {}),
  conditionalDelete: 'single',
  referencePolicy: ['literal', 'logical'],
  searchInclude: includesOf(kind, version),
  searchRevInclude: [...referringTo(kind, version), 'AuditEvent:entity'],
  searchParam: parametersIn(kind.parameters, version).map((parameter) =>
    searchParam(parameter, version, issuer),
  ),
});

const ofConsent =
  'shown in every version whatever the version it was filed in; withdrawn by an update to `inactive`, deleted by administrators alone';
const ofDirectory =
  'checked as far as decisions read it; the rest is kept as it came and shown alike in every version';

const parametersIn = (parameters: readonly SearchParameter[], version: FhirVersion) =>
  parameters.filter(({ paths }) => paths[shapeOf(version)] !== undefined);

const references = (kind: ResourceKind, version: FhirVersion): readonly SearchParameter[] =>
  parametersIn(kind.parameters, version).filter(({ type }) => type === 'reference');

const includesOf = (kind: ResourceKind, version: FhirVersion): readonly string[] =>
  references(kind, version).map(({ name }) => `${kind.type}:${name}`);

const referringTo = ({ type }: ResourceKind, version: FhirVersion): readonly string[] =>
  resourceKinds.flatMap((kind) =>
    references(kind, version)
      .filter(({ targets }) => targets?.includes(type))
      .map(({ name }) => `${kind.type}:${name}`),
  );

type Told = Pick<SearchParameter, 'name' | 'type'> & { readonly definition?: Partial<Record<Shape, string>> };

function searchParam({ name, type, definition }: Told, version: FhirVersion, issuer: string): JsonObject {
  const id = definition?.[shapeOf(version)];
  return {
    name,
    definition: id
      ? `http://hl7.org/fhir/SearchParameter/${id}`
      : `${issuer}/fhir/SearchParameter/Consent-${name}`,
    type,
  };
}

const auditEvent = (version: FhirVersion, issuer: string): JsonObject => ({
  type: 'AuditEvent',
  documentation: 'decisions and interactions; written by the service alone',
  interaction: interactions('read', 'search-type'),
  versioning: 'no-version',
  readHistory: false,
  updateCreate: false,
  searchParam: auditParameters(version)
    .filter(isUnmodified)
    .map(({ name, type, definition, documentation }) => ({
      name,
      type,
      definition: definition ?? `${issuer}/fhir/SearchParameter/AuditEvent-${name}`,
      ...(documentation === undefined ? {} : { documentation }),
    })),
});

/** The documentation of a parameter tells which modifiers it takes. */
const isUnmodified = ({ name }: { readonly name: string }): boolean => !name.includes(':');

const interactions = (...codes: readonly string[]): readonly JsonObject[] => codes.map((code) => ({ code }));
