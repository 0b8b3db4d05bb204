/** What of a request the UMA door has no word for; `README.md` says why. */
import { isPurpose } from '../../../src/labeling/vocabulary.ts';
import type { DecisionCase } from './case-format.ts';

type Request = DecisionCase['request'];
type Requester = Request['requester'];

/** Undefined when the whole request can be said. */
export const lackedByUma = ({ request }: DecisionCase): string | undefined =>
  checks.flatMap((check) => check(request) ?? [])[0];

const when = (is: boolean, lacks: string): string | undefined => (is ? lacks : undefined);

const checks: readonly ((request: Request) => string | undefined)[] = [
  ({ breakGlass }) => when(breakGlass !== undefined, 'break-glass details'),
  ({ purposes }) => when(purposes.length === 0, 'a request without a purpose'),
  ({ purposes }) => when(!purposes.every(isPurpose), 'a purpose outside v3-ActReason'),
  ({ action, resourceTypes = [] }) =>
    when(!isSmart(action) && resourceTypes.includes('Patient'), 'Patient as a type'),
  ({ resourceTypes }) => when(resourceTypes?.length === 0, 'an empty list of types'),
  ({ requester }) =>
    when(!['practitioner', 'organization'].includes(requester.type), `a requester of type ${requester.type}`),
  ({ requester }) => (requester.type === 'practitioner' ? lackedByPerson(requester) : undefined),
  ({ requester }) => (requester.type === 'organization' ? lackedByOrganization(requester) : undefined),
];

/** SMART letters name three of the five actions together with a type. */
export const isSmart = (action = 'access'): action is 'access' | 'collect' | 'correct' =>
  ['access', 'collect', 'correct'].includes(action);

export const npiSystem = 'http://hl7.org/fhir/sid/us-npi';

/** One identifier stands in `person_id`, an NPI beside it, and one more where its system can be the issuer. */
function lackedByPerson({ reference, identifiers = [] }: Requester): string | undefined {
  if (reference !== undefined && !reference.startsWith('Practitioner/'))
    return `${reference} as a practitioner`;
  const others = identifiers.filter(({ system }) => system !== npiSystem);
  if (others.length > (reference === undefined ? 1 : 0)) return 'that many identifiers';
  return when(
    others.some(({ value }) => value.includes('|')),
    'an identifier with a bar',
  );
}

function lackedByOrganization(requester: Requester): string | undefined {
  const { reference, organization, identifiers = [], roles } = requester;
  if (roles !== undefined) return 'roles of an organization';
  if (organization !== undefined && organization !== reference) return 'an organization for an organization';
  if (reference === undefined) return when(identifiers.length !== 1, 'an organization with that many names');
  return identifiers.length > 0
    ? 'identifiers beside a reference'
    : when(!reference.startsWith('Organization/'), `${reference} as an organization`);
}
