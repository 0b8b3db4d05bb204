/** Who takes part in a decision: client, user, organization, and ourselves (audit.md §4, Agents). */
import type { Requester } from '../decision/request.ts';
import type { DecisionEntry } from './audit-log.ts';
import { type Agent, clientOf, networkOf, observerOf, systems, tokenUri, unknown } from './event.ts';

/** Client, user and the user's organization, each once: BALP wants all three named. */
export function participantsOf({
  requester,
  circumstances,
}: Pick<DecisionEntry, 'requester' | 'circumstances'>): readonly Agent[] {
  const { clientId, tokenId, address } = circumstances;
  const client: Agent = {
    type: { system: systems.dicom, code: '110150' },
    who: clientOf(clientId),
    requestor: false,
    ...(tokenId === undefined ? {} : { policy: tokenUri(tokenId) }),
    ...networkOf(address),
  };
  return [client, userAgent(requester, clientId), organizationAgent(requester)];
}

/** Where nobody stands behind the client, the client asks for itself. */
function userAgent(requester: Requester, clientId: string): Agent {
  const { reference, identifiers = [], roles = [] } = requester;
  const [identifier, ...otherIdentifiers] = identifiers;
  const isNamed = reference !== undefined || identifier !== undefined;
  const named = {
    ...(reference === undefined ? {} : { reference }),
    ...(identifier === undefined ? {} : { identifier }),
  };
  return {
    type: { system: systems.participation, code: 'IRCP' },
    who: isNamed ? named : clientOf(requester.clientId ?? clientId),
    requestor: true,
    otherIdentifiers,
    roles,
    asks: true,
  };
}

/** An organization that asks for itself is its own. */
function organizationAgent({ type, reference, organization }: Requester): Agent {
  const name = organization ?? (type === 'organization' ? reference : undefined);
  return {
    type: { system: systems.roleClass, code: 'PROV' },
    who: name === undefined ? unknown : { reference: name },
    requestor: false,
  };
}

/** Ourselves, equal to the observer (val-audit-source). */
export const authorizer = (issuer: string): Agent => ({
  type: { system: systems.securityRole, code: 'authserver' },
  who: observerOf(issuer),
  requestor: false,
});
