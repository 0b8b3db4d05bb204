/** How who took part is asked for: by reference, by identifier, by role (FHIR R4 §3.1.1.4.12). */
import { agentParameters } from '../../../audit/agent-entries.ts';
import { entryOf } from '../../../fhir/search/search.ts';
import { readToken } from '../search/search-parameters.ts';
import { entity, entityOf, type Read, withoutVersion } from './read-value.ts';

/** What `AuditEvent.agent.who` may lead to in every version. */
export const agentTypes = [
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Device',
  'Patient',
  'RelatedPerson',
] as const;

const entryFor = (reference: string): string =>
  entryOf.reference(agentParameters.who, withoutVersion(reference));

export const agentReference: Read = (written, here) => entity(written, here)?.map(entryFor);

/** `agent:Practitioner`: of one type, which a bare id need not name. */
export const agentOf =
  (type: string): Read =>
  (written, here) =>
    entityOf(type)(written, here)?.map(entryFor);

const token =
  (parameter: string): Read =>
  (written) => {
    const { system, value } = readToken(written);
    if (value !== '')
      return [
        system === undefined ? entryOf.code(parameter, value) : entryOf.token(parameter, system, value),
      ];
    return system ? [entryOf.system(parameter, system)] : [];
  };

export const agentIdentifier = token(agentParameters.identifier);
export const agentRole = token(agentParameters.role);
