/** The usual cast of an UMA test: a resource server with a patient's record, a client, an identity provider. */
import type { AccessRequest } from '../../src/decision/request.ts';
import {
  type Authority,
  aClient,
  aDecision,
  aResourceServer,
  askForToken,
  type Form,
  idTokenFormat,
  patOf,
  type Reply,
  startAuthority,
  type TestClient,
} from './authority.ts';
import { anIdentityProvider, claimTokenOf, type IdentityProvider } from './claim-tokens.ts';

export const umaGrantType = 'urn:ietf:params:oauth:grant-type:uma-ticket';

export type Story = {
  readonly authority: Authority;
  readonly resourceServer: TestClient;
  /** The usual one. */
  client: TestClient;
  readonly idp: IdentityProvider;
  /** For an hour; whoever waits longer asks for another. */
  pat: string;
  readonly resource: string;
};

const recordScopes = ['patient/Observation.rs', 'patient/Condition.rs', 'patient/*.rs', 'read', 'view'];

export async function anUmaStory(): Promise<Story> {
  const authority = await startAuthority();
  const resourceServer = await aResourceServer(authority);
  const client = await aClient(authority);
  const idp = await anIdentityProvider(authority);
  const pat = await patOf(authority, resourceServer);
  return { authority, resourceServer, client, idp, pat, resource: await aResource({ authority, pat }) };
}

export async function aResource(
  { authority, pat }: Pick<Story, 'authority' | 'pat'>,
  given: object = {},
): Promise<string> {
  const description = { resource_owner: 'Patient/ann', resource_scopes: recordScopes, ...given };
  const { status, body } = await authority.sendJson('POST', '/uma/resources', description, pat);
  if (status !== 201) throw new Error(`not registered: ${JSON.stringify(body)}`);
  return body['_id'] as string;
}

export async function aTicket(
  story: Story,
  scopes: readonly string[] = ['patient/Observation.rs'],
): Promise<string> {
  const asked = { resource_id: story.resource, resource_scopes: scopes };
  const { status, body } = await story.authority.sendJson('POST', '/uma/permission', asked, story.pat);
  if (status !== 201) throw new Error(`no ticket: ${JSON.stringify(body)}`);
  return body['ticket'] as string;
}

/** With a good claim token unless the form says otherwise. */
export async function redeem(
  story: Story,
  ticket: string,
  form: Form = {},
  client: TestClient = story.client,
): Promise<Reply> {
  return await redeemBare(story, ticket, { ...(await pushed(story)), ...form }, client);
}

export const redeemBare = (
  { authority, client: usual }: Story,
  ticket: string,
  form: Form = {},
  client: TestClient = usual,
): Promise<Reply> => askForToken(authority, client, { grant_type: umaGrantType, ticket, ...form });

/** A ticket of its own for each, which nobody needs again. */
export const redeemOne = async (story: Story, form?: Form, client?: TestClient): Promise<Reply> =>
  await redeem(story, await aTicket(story), form, client);

export async function pushed(
  { authority, idp }: Story,
  claims: Readonly<Record<string, unknown>> = {},
): Promise<Form> {
  return { claim_token: await claimTokenOf(authority, idp, claims), claim_token_format: idTokenFormat };
}

export async function anRpt(story: Story, scopes?: readonly string[]): Promise<string> {
  const { status, body } = await redeem(story, await aTicket(story, scopes));
  if (status !== 200) throw new Error(`no RPT: ${JSON.stringify(body)}`);
  return body['access_token'] as string;
}

export const introspect = ({ authority, pat }: Story, token: string, as: string = pat): Promise<Reply> =>
  authority.postForm('/oauth/introspect', { token }, { authorization: `Bearer ${as}` });

/** From now on whatever is asked is permitted; what was asked, one after the other. */
export function askedOfConsents({ authority: { world } }: Story): readonly AccessRequest[] {
  const asked: AccessRequest[] = [];
  world.consent = (request) => {
    asked.push(request);
    return aDecision();
  };
  return asked;
}

/** What was written down last about a request of this client. */
export async function latestRecord({ authority, client }: Pick<Story, 'authority' | 'client'>) {
  const { entries } = await authority.audit.find({ client: [client.id] }, { count: 1 });
  return entries[0];
}

export { refusal as answer } from './oauth-refusals.ts';
export const ticketIn = ({ body }: Reply): string => body['ticket'] as string;
export const rptIn = ({ body }: Reply): string => body['access_token'] as string;
