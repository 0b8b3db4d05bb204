/** The requester and the purposes of a case as an identity provider says them (IHE IUA, `extensions.ihe_iua`). */
import type { JsonObject } from '../../../src/base/json.ts';
import { purposeCoding } from '../../../src/labeling/purpose-of-use.ts';
import type { DecisionCase } from './case-format.ts';
import { npiSystem } from './uma-limits.ts';

type Requester = DecisionCase['request']['requester'];

export const iuaClaimsOf = ({ request }: DecisionCase): JsonObject => ({
  ...(request.requester.type === 'organization'
    ? organizationClaims(request.requester)
    : personClaims(request.requester)),
  purpose_of_use: request.purposes.map((code) => ({ ...purposeCoding(code) })),
});

/** Without a name of the person the organization alone would be asking. */
function personClaims({ reference, identifiers = [], organization, roles }: Requester): JsonObject {
  const npi = identifiers.find(({ system }) => system === npiSystem);
  const other = identifiers.find(({ system }) => system !== npiSystem);
  const person = reference ?? (other && tokenOf(other));
  return {
    subject_name: 'whoever asks',
    ...(person === undefined ? {} : { person_id: person }),
    ...(npi ? { national_provider_identifier: npi.value } : {}),
    ...(organization === undefined ? {} : { subject_organization_id: organization }),
    ...(roles
      ? { subject_role: roles.map(({ system, code }) => (system ? { system, code } : { code })) }
      : {}),
  };
}

function organizationClaims({ reference, identifiers = [] }: Requester): JsonObject {
  const id = reference ?? (identifiers[0] && tokenOf(identifiers[0]));
  return id === undefined ? {} : { subject_organization_id: id };
}

const tokenOf = ({ system, value }: { readonly system?: string; readonly value: string }): string =>
  system === undefined ? value : `${system}|${value}`;
