/** What the AuditEvent of a decision says in every FHIR version: who took part, what it was about, on what basis (audit.md §4). */

import type { JsonObject } from '../base/json.ts';
import type { Basis } from '../decision/decision.ts';
import type { Requester } from '../decision/request.ts';
import { type Coding, codeSystems } from '../fhir/coding.ts';
import type { DecisionEntry } from './audit-log.ts';

export const systems = {
  dicom: 'http://dicom.nema.org/resources/ontology/DCM',
  decisionKind: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType',
  userAgent: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes',
  participation: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  roleClass: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass',
  securityRole: 'http://terminology.hl7.org/CodeSystem/extra-security-role-type',
  sourceType: 'http://terminology.hl7.org/CodeSystem/security-source-type',
  entityType: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
  objectRole: 'http://terminology.hl7.org/CodeSystem/object-role',
  resourceTypes: 'http://hl7.org/fhir/resource-types',
  outcome: 'http://terminology.hl7.org/CodeSystem/audit-event-outcome',
  uri: 'urn:ietf:rfc:3986',
} as const;

export const securityAlert: Coding = { system: systems.dicom, code: '110113' };
export const securityServer: Coding = { system: systems.sourceType, code: '6' };

/** without a consent that decided, the event makes no claim to be one of consent. */
export const kindOf = ({ basis }: DecisionEntry): Coding => ({
  system: systems.decisionKind,
  code: basis.length > 0 ? 'AuthZ-Consent' : 'AuthZ-Role',
});

/** 8 serious failure, 0 success. */
export const outcomeCode = ({ outcome }: DecisionEntry): '0' | '8' => (outcome === 'permit' ? '0' : '8');

export const purposeConcepts = ({ purposes }: DecisionEntry): readonly JsonObject[] =>
  purposes.map((code) => concept({ system: codeSystems.actReason, code }));

export const concept = (coding: Coding): JsonObject => ({ coding: [coding] });

export const observerOf = (issuer: string): JsonObject => ({
  identifier: { system: systems.uri, value: issuer },
});

export type Agent = {
  readonly type: Coding;
  readonly who: JsonObject;
  readonly requestor: boolean;
  readonly roles?: readonly Coding[];
  readonly policy?: string;
  /** Asks for the purposes of the event. */
  readonly asks?: boolean;
};

/** Client, user, the user's organization, and ourselves as authorizer, equal to the observer (val-audit-source). */
export function agentsOf({ requester, circumstances }: DecisionEntry, issuer: string): readonly Agent[] {
  const user = whoOf(requester);
  const client: Agent = {
    type: { system: systems.dicom, code: '110150' },
    who: { identifier: { value: circumstances.clientId } },
    requestor: user === undefined,
    ...(circumstances.tokenId === undefined ? {} : { policy: tokenUri(circumstances.tokenId) }),
  };
  return [
    client,
    ...(user
      ? [
          {
            type: { system: systems.participation, code: 'IRCP' },
            who: user,
            requestor: true,
            roles: requester.roles ?? [],
            asks: true,
          },
        ]
      : []),
    ...(requester.organization === undefined
      ? []
      : [
          {
            type: { system: systems.roleClass, code: 'PROV' },
            who: { reference: requester.organization },
            requestor: false,
          },
        ]),
    { type: { system: systems.securityRole, code: 'authserver' }, who: observerOf(issuer), requestor: false },
  ];
}

function whoOf({ reference, identifiers: [first] = [] }: Requester): JsonObject | undefined {
  if (reference === undefined && first === undefined) return undefined;
  return {
    ...(reference === undefined ? {} : { reference }),
    ...(first === undefined ? {} : { identifier: first }),
  };
}

export const tokenUri = (tokenId: string): string => `urn:ietf:params:oauth:jti:${tokenId}`;

/** each version that decided, once. */
export const consentVersions = ({ basis }: DecisionEntry): readonly string[] => [
  ...new Set(basis.map(versionOf)),
];

const versionOf = ({ consent, version }: Basis): string => `Consent/${consent}/_history/${version}`;

/** What the closed slicing of the profile has no entity for. */
export function basisExtension(entry: DecisionEntry, issuer: string): JsonObject {
  const { reason, conflict, action, basis, circumstances, requester, resourceTypes = [] } = entry;
  const { door, requestId, transaction, clientId } = circumstances;
  const asking = requester.clientId;
  return {
    url: `${issuer}/fhir/StructureDefinition/decision-basis`,
    extension: [
      { url: 'reason', valueCode: reason },
      { url: 'conflict', valueBoolean: conflict },
      { url: 'action', valueCode: action },
      ...resourceTypes.map((type) => ({ url: 'type', valueCode: type })),
      // Another than the one that called: asked for in the back channel, or the holder of a token (D8).
      ...(asking === undefined || asking === clientId ? [] : [{ url: 'client', valueString: asking }]),
      { url: 'door', valueCode: door },
      { url: 'request', valueString: requestId },
      ...(transaction === undefined ? [] : [{ url: 'transaction', valueString: transaction }]),
      ...basis.map((part) => ({
        url: 'provision',
        extension: [
          { url: 'consent', valueReference: { reference: versionOf(part) } },
          { url: 'path', valueString: part.path },
        ],
      })),
    ],
  };
}
