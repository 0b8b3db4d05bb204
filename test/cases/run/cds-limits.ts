/** What of a request the hook has no word for; `README.md` says why. */
import type { DecisionCase } from './case-format.ts';

type Request = DecisionCase['request'];
type Requester = Request['requester'];

/** Undefined when the whole request can be said. */
export const lackedByCdsHooks = ({ request }: DecisionCase): string | undefined =>
  checks.flatMap((check) => check(request) ?? [])[0];

const when = (is: boolean, lacks: string): string | undefined => (is ? lacks : undefined);

const checks: readonly ((request: Request) => string | undefined)[] = [
  ({ action = 'access' }) => when(action !== 'access', `the action ${action}`),
  ({ breakGlass }) => when(breakGlass !== undefined, 'break-glass details'),
  ({ resourceTypes }) => when(resourceTypes?.length === 0, 'an empty list of types'),
  ({ requester: { type } }) =>
    when(!['practitioner', 'organization'].includes(type), `a requester of type ${type}`),
  ({ requester: { roles } }) => when(roles !== undefined, 'roles'),
  ({ requester: { clientId } }) => when(clientId !== undefined, 'a client'),
  ({ requester }) => lackedByNames(requester),
];

/** The type of a requester is that of the resource on file, or named by its address. */
function lackedByNames({ type, reference, organization }: Requester): string | undefined {
  if (type === 'organization')
    return when(
      organization !== undefined && organization !== reference,
      'an organization for an organization',
    );
  return when(
    reference !== undefined && !/^Practitioner(?:Role)?\//.test(reference),
    `${reference} as a practitioner`,
  );
}
