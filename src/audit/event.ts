/** An event before it takes the shape of a FHIR version: what happened, who took part, and the codes for both. */
import type { Instant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import type { Coding } from '../fhir/coding.ts';
import type { Identifier } from '../fhir/reference.ts';
import type { AuditOutcome } from './audit-log.ts';

/** Who did what, to what, and how it ended: all that an event is found by. */
export type Act = {
  readonly type: Coding;
  readonly subtype: Coding;
  readonly action: ActionCode;
  readonly outcome: AuditOutcome;
  /** `Patient/ann`. */
  readonly patient?: string;
  readonly entities: readonly Entity[];
  /** All but ourselves, who take part in every event. */
  readonly participants: readonly Agent[];
};

export type AuditedEvent = Act & {
  readonly id: string;
  readonly recordedAt: Instant;
  /** A code of ours, never the words of a refusal. */
  readonly explanation?: string;
  /** In the words of whoever broke the glass. */
  readonly reasonGiven?: string;
  /** R5 alone has it. */
  readonly severity?: 'notice' | 'warning' | 'alert';
  readonly purposes: readonly Coding[];
  /** The participants, and ourselves. */
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
  /** Beside the one in `who`. */
  readonly otherIdentifiers?: readonly Identifier[];
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

export const networkOf = (address: string | undefined): Pick<Agent, 'network'> =>
  address === undefined ? {} : { network: { kind: 'ip', address } };

export const clientOf = (clientId: string): JsonObject => ({ identifier: { value: clientId } });

/** Our code first, then what was given as a reason; a FHIR string is never blank. */
export const explanationsOf = ({ explanation, reasonGiven }: AuditedEvent): readonly string[] =>
  [explanation ?? '', reasonGiven ?? ''].filter((each) => each.trim() !== '');

/** Somebody whom the profile wants named, and of whom nothing was said. */
export const unknown: JsonObject = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};

/** BALP carries here what `who` has no place for (audit.md §3). */
export const otherIdExtensions = ({ otherIdentifiers = [] }: Agent): JsonObject =>
  otherIdentifiers.length === 0
    ? {}
    : { extension: otherIdentifiers.map((valueIdentifier) => ({ url: otherId, valueIdentifier })) };

const otherId = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/ihe-otherId';

export const tokenUri = (tokenId: string): string => `urn:ietf:params:oauth:jti:${tokenId}`;
