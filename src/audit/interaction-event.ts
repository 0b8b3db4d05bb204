/** An interaction with the FHIR API as an event, in the RESTful patterns of IHE BALP (audit.md §§2, 3). */
import { encodeBase64Url } from '../base/base64url.ts';
import type { Coding } from '../fhir/coding.ts';
import type { Interaction, InteractionEntry } from './audit-log.ts';
import {
  type Act,
  type Agent,
  type AuditedEvent,
  clientOf,
  type Entity,
  networkOf,
  observerOf,
  patientEntity,
  systems,
  tokenUri,
} from './event.ts';
import { restfulPatterns } from './restful-pattern.ts';

export const restful: Coding = { system: systems.eventType, code: 'rest' };
const applicationServer: Coding = { system: systems.sourceType, code: '4' };

export const interactionKind = (interaction: Interaction): Coding => ({
  system: systems.interaction,
  code: interaction,
});

export const interactionAct = (entry: InteractionEntry): Act => ({
  type: restful,
  subtype: interactionKind(entry.interaction),
  action: restfulPatterns[entry.interaction].action,
  outcome: entry.outcome,
  ...(entry.patient === undefined ? {} : { patient: entry.patient }),
  entities: entitiesOf(entry),
  participants: participantsOf(entry),
});

export const interactionEvent = (entry: InteractionEntry, issuer: string): AuditedEvent => ({
  ...interactionAct(entry),
  id: entry.id,
  recordedAt: entry.recordedAt,
  ...(entry.problem === undefined ? {} : { explanation: entry.problem }),
  purposes: [],
  agents: agentsOf(entry, issuer),
  source: applicationServer,
});

/** */
function entitiesOf(entry: InteractionEntry): readonly Entity[] {
  return [
    ...(entry.patient === undefined ? [] : [patientEntity(entry.patient)]),
    restfulPatterns[entry.interaction].main === 'query' ? queryEntity(entry) : dataEntity(entry),
    {
      what: { identifier: { value: entry.circumstances.requestId } },
      type: { system: systems.basicEntityType, code: 'XrequestId' },
    },
  ];
}

/** Of what was refused before it had an id, the type at least. */
const dataEntity = ({ what, type }: InteractionEntry): Entity => ({
  what: what === undefined ? { type } : { reference: what },
  type: { system: systems.entityType, code: '2' },
  role: { system: systems.objectRole, code: '4' },
});

/** INVARIANT: nothing of what was found, and no `what` beside the query. */
const queryEntity = ({ query, type }: InteractionEntry): Entity => ({
  type: { system: systems.entityType, code: '2' },
  role: { system: systems.objectRole, code: '24' },
  ...(query === undefined ? { what: { type } } : { query: base64Of(query) }),
});

const utf8 = new TextEncoder();

/** Standard alphabet and padding (RFC 4648 §4), which FHIR's base64Binary asks for. */
function base64Of(text: string): string {
  const unpadded = encodeBase64Url(utf8.encode(text)).replaceAll('-', '+').replaceAll('_', '/');
  return unpadded.padEnd(Math.ceil(unpadded.length / 4) * 4, '=');
}

/** A-1, and who used a token by its id alone (§3, Minimal). */
function participantsOf(entry: InteractionEntry): readonly [Agent, ...Agent[]] {
  const { clientId, tokenId } = entry.circumstances;
  const client: Agent = {
    type: restfulPatterns[entry.interaction].client,
    who: clientOf(clientId),
    requestor: false,
    ...networkOf(entry.address),
  };
  return tokenId === undefined ? [client] : [client, tokenUser(clientId, tokenId)];
}

/** Ourselves as the server between the two. */
function agentsOf(entry: InteractionEntry, issuer: string): readonly Agent[] {
  const [client, ...users] = participantsOf(entry);
  const server: Agent = {
    type: restfulPatterns[entry.interaction].server,
    who: observerOf(issuer),
    requestor: false,
    network: { kind: 'uri', address: issuer },
  };
  return [client, server, ...users];
}

/** The subject of the token, which is the client as long as nobody signs in; R5 must have a `who`. */
const tokenUser = (clientId: string, tokenId: string): Agent => ({
  type: { system: systems.userAgent, code: 'UserOauthAgent' },
  who: clientOf(clientId),
  requestor: true,
  policy: tokenUri(tokenId),
});
