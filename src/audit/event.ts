/** An event before it takes the shape of a FHIR version: what happened, who took part, and the codes for both. */
import type { Instant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import type { Coding } from '../fhir/coding.ts';
import type { AuditOutcome } from './audit-log.ts';

/** What was done, to what, and how it ended: all that an event is found by, except for who took part. */
export type Act = {
  readonly type: Coding;
  readonly subtype: Coding;
  readonly action: ActionCode;
  readonly outcome: AuditOutcome;
  /** `Patient/ann`. */
  readonly patient?: string;
  readonly entities: readonly Entity[];
};

export type AuditedEvent = Act & {
  readonly id: string;
  readonly recordedAt: Instant;
  /** A code of ours, never the words of a refusal. */
  readonly explanation?: string;
  /** R5 alone has it. */
  readonly severity?: 'notice' | 'warning' | 'alert';
  readonly purposes: readonly Coding[];
  readonly agents: readonly Agent[];
  /** In what role we observed it. */
  readonly source: Coding;
  readonly extension?: JsonObject;
};

/** http://hl7.org/fhir/audit-event-action: create, read, update, delete, execute. */
export type ActionCode = 'C' | 'R' | 'U' | 'D' | 'E';

export type Agent = {
  readonly type: Coding;
  readonly who: JsonObject;
  readonly requestor: boolean;
  readonly roles?: readonly Coding[];
  readonly policy?: string;
  readonly network?: Network;
  /** Asks for the purposes of the event. */
  readonly asks?: boolean;
};

export type Network = { readonly kind: 'ip' | 'uri'; readonly address: string };

export type Entity = {
  readonly type: Coding;
  readonly role?: Coding;
  readonly what?: What;
  /** Base64. */
  readonly query?: string;
};

/** A resource, a thing known by an identifier alone, or a resource of which only the type is known. */
type What =
  | { readonly reference: string }
  | { readonly identifier: { readonly value: string } }
  | { readonly type: string };

export const systems = {
  dicom: 'http://dicom.nema.org/resources/ontology/DCM',
  eventType: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
  interaction: 'http://hl7.org/fhir/restful-interaction',
  decisionKind: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType',
  userAgent: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes',
  basicEntityType: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
  participation: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  provenanceParticipant: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
  roleClass: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass',
  securityRole: 'http://terminology.hl7.org/CodeSystem/extra-security-role-type',
  sourceType: 'http://terminology.hl7.org/CodeSystem/security-source-type',
  entityType: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
  objectRole: 'http://terminology.hl7.org/CodeSystem/object-role',
  resourceTypes: 'http://hl7.org/fhir/resource-types',
  outcome: 'http://terminology.hl7.org/CodeSystem/audit-event-outcome',
  action: 'http://hl7.org/fhir/audit-event-action',
  uri: 'urn:ietf:rfc:3986',
} as const;

export const patientEntity = (reference: string): Entity => ({
  what: { reference },
  type: { system: systems.entityType, code: '1' },
  role: { system: systems.objectRole, code: '1' },
});

export const concept = (coding: Coding): JsonObject => ({ coding: [coding] });

export const observerOf = (issuer: string): JsonObject => ({
  identifier: { system: systems.uri, value: issuer },
});

export const clientOf = (clientId: string): JsonObject => ({ identifier: { value: clientId } });

export const tokenUri = (tokenId: string): string => `urn:ietf:params:oauth:jti:${tokenId}`;
