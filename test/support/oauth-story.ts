/** A patient's app with a code in hand: what tests of the authorization_code and refresh_token grants begin with. */
import { randomUUID } from 'node:crypto';
import { sha256 } from '../../src/access/digest.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { type Authorized, createIssueCode } from '../../src/protocols/authorization-server/issue-code.ts';
import { type Authority, aClient, type Form, type Reply, type TestClient } from './authority.ts';

/** RFC 7636 Appendix B. */
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
export const back = 'https://app.example/back';
export const appSecret = 'a secret: with + and %';

/** Tokens for our own APIs that patients authorize in these tests. */
export const appScopes = ['uma_protection', 'patient/Consent.cruds', 'offline_access'];

/** An app that cannot keep a secret. */
export const anApp = (authority: Authority, given: Partial<Client> = {}): Promise<TestClient> =>
  aClient(authority, {
    jwks: [],
    grants: ['authorization_code', 'refresh_token'],
    scopes: appScopes,
    redirectUris: [back],
    ...given,
  });

/** One that keeps a secret. */
export const aServer = async (authority: Authority, given: Partial<Client> = {}): Promise<TestClient> =>
  await anApp(authority, {
    grants: ['authorization_code', 'refresh_token', 'client_credentials'],
    secretHash: sha256(appSecret),
    ...given,
  });

const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

export const basic = (id: string, secret: string): Form => ({
  authorization: `Basic ${btoa(`${formEncoded(id)}:${formEncoded(secret)}`)}`,
});

/** As the authorization endpoint does once the patient agreed. */
export const aCode = async (
  authority: Authority,
  client: Client,
  given: Partial<Authorized> = {},
): Promise<string> =>
  await createIssueCode(authority.deps)({
    client,
    patient: 'Patient/ann',
    scopes: appScopes,
    resources: [],
    redirectUri: back,
    isRedirectNamed: true,
    codeChallenge: challenge,
    at: authority.world.at,
    requestId: 'a request',
    ...given,
  });

export const redeem = (
  { postForm }: Pick<Authority, 'postForm'>,
  client: Client,
  code: string,
  form: Form = {},
): Promise<Reply> =>
  postForm('/oauth/token', {
    grant_type: 'authorization_code',
    client_id: client.id,
    code,
    code_verifier: verifier,
    redirect_uri: back,
    ...form,
  });

export const refresh = (
  { postForm }: Pick<Authority, 'postForm'>,
  client: Client,
  token: string,
  form: Form = {},
): Promise<Reply> =>
  postForm('/oauth/token', {
    grant_type: 'refresh_token',
    client_id: client.id,
    refresh_token: token,
    ...form,
  });

export type Tokens = { readonly access: string; readonly refresh: string };

export function tokensIn({ status, body }: Reply): Tokens {
  if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(body)}`);
  return { access: body['access_token'] as string, refresh: body['refresh_token'] as string };
}

export async function authorizedTokens(
  authority: Authority,
  client: Client,
  given: Partial<Authorized> = {},
): Promise<Tokens> {
  return tokensIn(await redeem(authority, client, await aCode(authority, client, given)));
}

/** At the protection API, which a PAT of a patient opens. */
export const isAdmitted = async (authority: Authority, token: string): Promise<boolean> =>
  (await authority.get('/uma/resources', token)).status === 200;

/** Somebody else's API, with the token by which it introspects. */
export const aRecordServer = async (authority: Authority, given: Partial<Client> = {}): Promise<TestClient> =>
  await aClient(authority, {
    scopes: ['uma_protection'],
    resource: `https://records-${randomUUID()}.example/api`,
    ...given,
  });
