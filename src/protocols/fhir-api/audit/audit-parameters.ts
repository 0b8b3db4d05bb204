/** What AuditEvents are searched by, version by version, and how a value of it is read (audit.md §1, A-13). */
import type { AuditQuery } from '../../../audit/audit-log.ts';
import { decisionKinds, securityAlert } from '../../../audit/decision-event.ts';
import { systems } from '../../../audit/event.ts';
import { interactionKind, restful } from '../../../audit/interaction-event.ts';
import { restfulPatterns } from '../../../audit/restful-pattern.ts';
import type { Coding } from '../../../fhir/coding.ts';
import { readLiteral, typeOfReference } from '../../../fhir/reference.ts';
import { type FhirVersion, isR5 } from '../../../fhir/version.ts';
import { readToken, unescaped } from '../search/search-parameters.ts';

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
type Asks = { readonly of: 'recorded' } | { readonly of: 'entity' | Column; readonly read: Read };
export type Column = Exclude<keyof AuditQuery, 'recorded' | 'entity' | 'managedBy'>;
type Read = (written: string, ownBases: readonly string[]) => readonly string[] | undefined;

export const auditParameters = (version: FhirVersion): readonly AuditParameter[] =>
  isR5(version) ? parametersR5 : parametersR4;

const defined = (id: string) => ({ definition: `http://hl7.org/fhir/SearchParameter/${id}` });

/** The element is a coding: by code, by `system|code`, or by `system|` all codes of the system. */
const coding =
  (codes: readonly Coding[]): Read =>
  (written) => {
    const { system, value } = readToken(written);
    return codes
      .filter((one) => system === undefined || one.system === system)
      .filter(({ code }) => code === value || (value === '' && system !== undefined))
      .map(({ code }) => code);
  };

/** The element is a code, whose system is implied and the only one that may be named. */
const codeOf = (names: readonly string[], codes: readonly string[]): Read =>
  coding(names.flatMap((system) => codes.map((code) => ({ system, code }))));

/** The identifier of a client has no system. */
const clientIdentifier: Read = (written) => {
  const { system = '', value } = readToken(written);
  return system === '' && value !== '' ? [value] : [];
};

const bareId = /^[A-Za-z0-9\-.]{1,64}$/;

/** As it is recorded: local, with the version where one is named; what is elsewhere was never recorded. */
const entity: Read = (written, ownBases) => {
  const reference = unescaped(written);
  if (bareId.test(reference)) return undefined;
  const { local, version } = readLiteral(reference, ownBases);
  if (local === undefined) return [];
  return [version === undefined ? local : `${local}/_history/${version}`];
};

/** Of one type, which a bare id need not name. */
const entityOf =
  (type: string): Read =>
  (written, ownBases) =>
    bareId.test(unescaped(written))
      ? [`${type}/${unescaped(written)}`]
      : entity(written, ownBases)?.filter((reference) => typeOfReference(reference) === type);

/** Patients are recorded without a version, whichever was meant. */
const patient: Read = (written, ownBases) =>
  entityOf('Patient')(written, ownBases)?.map((reference) => reference.replace(/\/_history\/.*$/, ''));

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
    name: 'agent:identifier',
    type: 'reference',
    ...defined('AuditEvent-agent'),
    documentation: 'with the modifier :identifier alone; the value is a client id',
    asks: { of: 'client', read: clientIdentifier },
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
