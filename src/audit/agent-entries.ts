/** What an event is found by of those who took part: their references, their identifiers, their roles. */
import { type Identifier, readReference } from '../fhir/reference.ts';
import { entryOf } from '../fhir/search/search.ts';
import { type Agent, observerOf } from './event.ts';

/** The parameters that the entries are written under. */
export const agentParameters = {
  who: 'agent',
  identifier: entryOf.modified('agent', 'identifier'),
  role: 'agent-role',
} as const;

export function agentEntries({ who, otherIdentifiers = [], roles = [] }: Agent): readonly string[] {
  const { local, identifier } = readReference(who, []);
  const identifiers = [...(identifier ? [identifier] : []), ...otherIdentifiers];
  return [
    ...(local === undefined ? [] : [entryOf.reference(agentParameters.who, local)]),
    ...identifiers.flatMap(identifierEntries),
    ...roles.flatMap(({ system, code }) => tokenEntries(agentParameters.role, system, code)),
  ];
}

/** Ourselves, as observer and authorizer: in no index, since it would lead to every event. */
export const observerEntries = (issuer: string): readonly string[] => {
  const { identifier } = readReference(observerOf(issuer), []);
  return identifier ? identifierEntries(identifier) : [];
};

const identifierEntries = ({ system, value }: Identifier): readonly string[] =>
  tokenEntries(agentParameters.identifier, system, value);

/** The three ways in which a token is asked for: system and code, code alone, system alone. */
const tokenEntries = (name: string, system: string | undefined, code: string): readonly string[] => [
  entryOf.token(name, system, code),
  entryOf.code(name, code),
  ...(system === undefined ? [] : [entryOf.system(name, system)]),
];
