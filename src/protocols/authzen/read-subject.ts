/** The subject as a requester in the words of the decision (authzen.md §8.1). */
import { localReference } from '../../access/requester.ts';
import { type Requester, type RequesterType, requesterTypes } from '../../decision/request.ts';
import type { DecisionSettings } from '../../decision/settings.ts';
import { type Identifier, readLiteral } from '../../fhir/reference.ts';
import { codingFrom } from './read-code.ts';
import type { Subject } from './wire.ts';

/** Undefined for a type of subject that no consent can mean (C6). */
export function requesterFrom(
  { type, id, properties = {} }: Subject,
  { ownBases }: Pick<DecisionSettings, 'ownBases'>,
): Requester | undefined {
  if (!isRequesterType(type)) return undefined;
  const { organization = properties.organization_id, role, client_id } = properties;
  const named = namedBy(type, localOf(id, ownBases));
  const identifiers = [...(named.identifiers ?? []), ...(properties.identifiers ?? []).map(identifierFrom)];
  const clientId = client_id ?? named.clientId;
  return {
    type,
    ...(named.reference === undefined ? {} : { reference: named.reference }),
    ...(identifiers.length === 0 ? {} : { identifiers }),
    ...(organization === undefined ? {} : { organization: localOf(organization, ownBases) }),
    ...(role === undefined ? {} : { roles: role.map(codingFrom) }),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

/** An absolute address below one of our bases names what is on file here. */
const localOf = (name: string, ownBases: readonly string[]): string =>
  readLiteral(name, ownBases).local ?? name;

/** Of whoever nobody here can name: for the record alone. */
export const strangerFrom = ({ id }: Subject): Requester => ({
  type: 'client',
  identifiers: [{ value: id }],
});

const isRequesterType = (type: string): type is RequesterType =>
  (requesterTypes as readonly string[]).includes(type);

/** `Type/id`, `<system URI>|<value>`, or a bare id: of a client its client id, of anybody else a name without a system. */
function namedBy(type: RequesterType, id: string): Pick<Requester, 'reference' | 'identifiers' | 'clientId'> {
  if (localReference.safeParse(id).success) return { reference: id };
  if (type === 'client' && !id.includes('|')) return { clientId: id };
  return { identifiers: [identifierFrom(id)] };
}

function identifierFrom(identifier: Identifier | string): Identifier {
  if (typeof identifier !== 'string') return identifier;
  const bar = identifier.indexOf('|');
  if (bar < 0) return { value: identifier };
  const system = identifier.slice(0, bar);
  return { ...(system === '' ? {} : { system }), value: identifier.slice(bar + 1) };
}
