/** What AuditEvents are searched by, version by version, and how a value of it is read (audit.md §1, A-13). */
import { type AuditQuery, reviewReasons } from '../../../audit/audit-log.ts';
import { decisionKinds, securityAlert } from '../../../audit/decision-event.ts';
import { systems } from '../../../audit/event.ts';
import { interactionKind, restful } from '../../../audit/interaction-event.ts';
import { restfulPatterns } from '../../../audit/restful-pattern.ts';
import { type FhirVersion, isR5 } from '../../../fhir/version.ts';
import { unescaped } from '../search/search-parameters.ts';
import { agentIdentifier, agentOf, agentReference, agentRole, agentTypes } from './read-agent.ts';
import { codeOf, coding, entity, entityOf, patient, type Read } from './read-value.ts';

export type AuditParameter = {
  /** As it stands in a query, with the modifier where it is known with that alone. */
  readonly name: string;
  readonly type: 'token' | 'reference' | 'date';
  /** The canonical of its definition; absent where none is published. */
  readonly definition?: string;
  readonly documentation?: string;
  readonly asks: Asks;
};

/** What of the query it narrows, and the values there that a written one stands for; undefined: it cannot be read. */
type Asks = { readonly of: 'recorded' } | { readonly of: List | Column; readonly read: Read };
/** Of which an event has several: each condition is one of its own. */
export type List = 'entity' | 'agent' | 'review';
export type Column = Exclude<keyof AuditQuery, 'recorded' | List | 'managedBy'>;

export const auditParameters = (version: FhirVersion): readonly AuditParameter[] =>
  isR5(version) ? parametersR5 : parametersR4;

const defined = (id: string) => ({ definition: `http://hl7.org/fhir/SearchParameter/${id}` });

const kinds = [restful, securityAlert];
const specificKinds = [
  ...Object.values(decisionKinds),
  ...(Object.keys(restfulPatterns) as (keyof typeof restfulPatterns)[]).map(interactionKind),
];

const common: readonly AuditParameter[] = [
  {
    name: '_id',
    type: 'token',
    ...defined('Resource-id'),
    asks: { of: 'id', read: (written) => [unescaped(written)] },
  },
  { name: '_lastUpdated', type: 'date', ...defined('Resource-lastUpdated'), asks: { of: 'recorded' } },
  {
    name: 'action',
    type: 'token',
    ...defined('AuditEvent-action'),
    asks: { of: 'action', read: codeOf([systems.action], ['C', 'R', 'U', 'D', 'E']) },
  },
  {
    name: 'outcome',
    type: 'token',
    ...defined('AuditEvent-outcome'),
    // R4 implies the older name of the system.
    asks: {
      of: 'outcome',
      read: codeOf([systems.outcome, 'http://hl7.org/fhir/audit-event-outcome'], ['0', '4', '8', '12']),
    },
  },
  {
    name: 'entity',
    type: 'reference',
    ...defined('AuditEvent-entity'),
    asks: { of: 'entity', read: entity },
  },
  {
    name: 'consent',
    type: 'reference',
    documentation: 'an entity that is a Consent, in any version or in the one named',
    asks: { of: 'entity', read: entityOf('Consent') },
  },
  {
    name: 'agent',
    type: 'reference',
    ...defined('AuditEvent-agent'),
    documentation:
      'by reference, `Type/id`; a bare id with the type as modifier; with :identifier by client id, or any identifier an agent is named by',
    asks: { of: 'agent', read: agentReference },
  },
  {
    name: 'agent:identifier',
    type: 'reference',
    ...defined('AuditEvent-agent'),
    asks: { of: 'agent', read: agentIdentifier },
  },
  ...agentTypes.map(
    (type): AuditParameter => ({
      name: `agent:${type}`,
      type: 'reference',
      ...defined('AuditEvent-agent'),
      asks: { of: 'agent', read: agentOf(type) },
    }),
  ),
  {
    name: 'agent-role',
    type: 'token',
    ...defined('AuditEvent-agent-role'),
    asks: { of: 'agent', read: agentRole },
  },
  {
    name: 'review',
    type: 'token',
    documentation: `why the privacy office shall look at a decision: ${reviewReasons.map((reason) => `\`${reason}\``).join(', ')}`,
    asks: { of: 'review', read: coding(reviewReasons.map((code) => ({ code }))) },
  },
];

const parametersR4: readonly AuditParameter[] = [
  ...common,
  {
    name: 'patient',
    type: 'reference',
    ...defined('AuditEvent-patient'),
    asks: { of: 'patient', read: patient },
  },
  { name: 'date', type: 'date', ...defined('AuditEvent-date'), asks: { of: 'recorded' } },
  { name: 'type', type: 'token', ...defined('AuditEvent-type'), asks: { of: 'type', read: coding(kinds) } },
  {
    name: 'subtype',
    type: 'token',
    ...defined('AuditEvent-subtype'),
    asks: { of: 'subtype', read: coding(specificKinds) },
  },
];

const parametersR5: readonly AuditParameter[] = [
  ...common,
  {
    name: 'patient',
    type: 'reference',
    ...defined('clinical-patient'),
    asks: { of: 'patient', read: patient },
  },
  { name: 'date', type: 'date', ...defined('clinical-date'), asks: { of: 'recorded' } },
  {
    name: 'category',
    type: 'token',
    ...defined('AuditEvent-category'),
    asks: { of: 'type', read: coding(kinds) },
  },
  {
    name: 'code',
    type: 'token',
    ...defined('clinical-code'),
    asks: { of: 'subtype', read: coding(specificKinds) },
  },
];
