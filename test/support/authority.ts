/** The authorization server over a database of its own, a clock that tests turn, and consents that tests script. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { DecideAccess, Decided } from '../../src/access/decide-access.ts';
import type { PatientOnFile } from '../../src/access/find-on-file.ts';
import { recordInTurns } from '../../src/access/record-in-turns.ts';
import { indexEntry } from '../../src/audit/index-entry.ts';
import { asInstant, type Instant, plusSeconds, toEpochSeconds } from '../../src/base/instant.ts';
import { err } from '../../src/base/result.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { all, none } from '../../src/decision/filter.ts';
import type { AccessRequest } from '../../src/decision/request.ts';
import { createApp } from '../../src/http/app.ts';
import { oauthFace } from '../../src/http/oauth-face.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { assertionType } from '../../src/protocols/authorization-server/client-assertion.ts';
import { clientCredentialsGrant } from '../../src/protocols/authorization-server/client-credentials.ts';
import { describeAccess } from '../../src/protocols/authorization-server/describe-access.ts';
import type { FetchJson } from '../../src/protocols/authorization-server/fetch-json.ts';
import { grantTypes } from '../../src/protocols/authorization-server/grants.ts';
import { createKeyRing } from '../../src/protocols/authorization-server/key-ring.ts';
import { createKeySetOf } from '../../src/protocols/authorization-server/key-set.ts';
import { createKeySetCache, createKeysOf } from '../../src/protocols/authorization-server/keys-of.ts';
import { discoveryDocument } from '../../src/protocols/authorization-server/metadata.ts';
import { mintToken } from '../../src/protocols/authorization-server/mint-token.ts';
import { createRecognizeToken } from '../../src/protocols/authorization-server/recognize-token.ts';
import { authorizationCodeGrant } from '../../src/protocols/authorization-server/redeem-code.ts';
import { refreshTokenGrant } from '../../src/protocols/authorization-server/refresh-access.ts';
import { requireScope } from '../../src/protocols/authorization-server/require-scope.ts';
import {
  revokeAccessToken,
  revokeRefreshToken,
} from '../../src/protocols/authorization-server/revoke-token.ts';
import { authorizationServerEndpoints } from '../../src/protocols/authorization-server/routes.ts';
import { ensureSigningKey } from '../../src/protocols/authorization-server/signing-key.ts';
import { describeApproval } from '../../src/protocols/cascade/describe-approval.ts';
import { cascadeMetadata } from '../../src/protocols/cascade/metadata.ts';
import { umaGrant } from '../../src/protocols/uma/grant/redeem-ticket.ts';
import { umaMetadata } from '../../src/protocols/uma/metadata.ts';
import { revokePct } from '../../src/protocols/uma/party/pct.ts';
import { describeRpt } from '../../src/protocols/uma/protection/describe-rpt.ts';
import { umaEndpoints } from '../../src/protocols/uma/routes.ts';
import { approvalStore } from '../../src/storage/approvals.ts';
import { auditLog, auditReader } from '../../src/storage/audit-log.ts';
import { authorizationStore } from '../../src/storage/authorizations.ts';
import { clientStore, usedAssertions } from '../../src/storage/clients.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { issuanceStore } from '../../src/storage/issuances.ts';
import { pctStore } from '../../src/storage/pcts.ts';
import { signingKeyStore } from '../../src/storage/signing-keys.ts';
import { submittedRequestStore } from '../../src/storage/submitted-requests.ts';
import { authorization as authorizationTable } from '../../src/storage/tables/authorization.ts';
import { ticketStore } from '../../src/storage/tickets.ts';
import { tokenStore } from '../../src/storage/tokens.ts';
import { trustedIssuerStore } from '../../src/storage/trusted-issuers.ts';
import { registeredResourceStore } from '../../src/storage/uma-resources.ts';
import { freshDatabase } from './database.ts';
import { aKeyPair, type KeyPair, signed } from './keys.ts';
import { recordedDecisions } from './recorded-decisions.ts';

export const issuer = 'https://consent.example.org';
export const idTokenFormat = 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken';

export type TestClient = Client & { readonly keys: KeyPair };
export type Form = Readonly<Record<string, string>>;
export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
};
export type Authority = Awaited<ReturnType<typeof startAuthority>>;

/** A permit of everything; what a test cares about is given. */
export const aDecision = (given: Partial<Decision> = {}): Decision => ({
  outcome: 'permit',
  reason: 'permitted',
  conflict: false,
  basis: [{ consent: 'c-1', version: 1, path: '/provision' }],
  permittedBy: ['c-1'],
  obligations: [],
  filter: all,
  beforeLabels: given.filter ?? all,
  holdsUntil: undefined,
  superseded: [],
  unreadable: [],
  ...given,
});

export const aRefusal = aDecision({ outcome: 'deny', reason: 'explicit-deny', filter: none });

export async function startAuthority() {
  const database = await freshDatabase();
  const { database: db, close } = openDatabase(database.url, { connections: 10 });
  const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
  const world = {
    at: asInstant(Date.parse('2026-10-01T10:00:00.250Z')),
    consent: (_: AccessRequest): Decision => aDecision(),
    consents: [] as Decided['consents'],
    patients: new Map<string, PatientOnFile>([['Patient/ann', { reference: 'Patient/ann' }]]),
    organizations: new Map<string, string>(),
    published: (async () => err('unreachable')) as FetchJson,
  };
  const decide: DecideAccess = async (requests) =>
    requests.map((request) => ({
      id: randomUUID(),
      inputs: '',
      request,
      decision: world.consent(request),
      consents: world.consents,
    }));

  const signingKeys = signingKeyStore(db);
  const keyDeps = { signingKeys, keySecret: 'a secret of the test', random };
  await ensureSigningKey(keyDeps, world.at);
  const keys = createKeyRing(keyDeps);
  const stores = {
    clients: clientStore(db, { random }),
    usedAssertions: usedAssertions(db),
    tokens: tokenStore(db, { random }),
    authorizations: authorizationStore(db, { random }),
    tickets: ticketStore(db, { random }),
    approvals: approvalStore(db),
    issuances: issuanceStore(db, { random, index: indexEntry }),
    pcts: pctStore(db),
    submittedRequests: submittedRequestStore(db, { random }),
    resources: registeredResourceStore(db, { random }),
    trustedIssuers: trustedIssuerStore(db),
  };
  const deps = {
    ...stores,
    issuer,
    keys,
    recognize: createRecognizeToken({ issuer, keys }),
    bases: [`${issuer}/fhir/R4`, `${issuer}/fhir/R5`],
    keySetOf: createKeySetOf(),
    keysOf: createKeysOf({
      fetchJson: (url) => world.published(url),
      cache: createKeySetCache(),
      log: () => {},
    }),
    random,
    decide,
    pairwiseSecret: 'another secret of the test',
    describeApproval: describeApproval({ issuer }),
    findPatient: async (name: string) => world.patients.get(name),
    findByIdentifier: async (_: string, tokens: readonly string[]) =>
      tokens.map((token) => world.organizations.get(token)).find((found) => found !== undefined),
    record: recordInTurns(auditLog(db, indexEntry)),
    transact: <T>(work: (inside: never) => Promise<T>) =>
      db.transaction((tx) =>
        work({
          tokens: tokenStore(tx, { random }),
          authorizations: authorizationStore(tx, { random }),
          tickets: ticketStore(tx, { random }),
          submittedRequests: submittedRequestStore(tx, { random }),
          audit: auditLog(tx, indexEntry),
        } as never),
      ),
  };
  const guard = requireScope(deps);
  const grants = [
    authorizationCodeGrant(deps),
    refreshTokenGrant(deps),
    clientCredentialsGrant(deps),
    umaGrant(deps),
  ];
  const discovery = discoveryDocument(issuer, grants, [umaMetadata(issuer), cascadeMetadata(issuer)]);
  const served = {
    ...deps,
    grants,
    discovery,
    requireScope: guard,
    describe: { access: describeAccess(deps), rpt: describeRpt(deps) },
    revoke: [revokeAccessToken(deps), revokeRefreshToken(deps), revokePct(deps)],
  };
  const endpoints = [...authorizationServerEndpoints(served), ...umaEndpoints(served)];
  const failures: unknown[] = [];
  const app = createApp([{ endpoints, face: oauthFace }], {
    clock: () => world.at,
    random,
    log: (_, facts) => failures.push(facts['error']),
  });

  const send = async (path: string, init: RequestInit): Promise<Reply> => {
    const response = await app.request(path, init);
    if (response.status >= 500) throw new Error('the server failed', { cause: failures.at(-1) });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  };

  return {
    world,
    db,
    deps: served,
    signingKeys,
    keyDeps,
    send,
    /** For clients that bring their own HTTP. */
    fetch: async (url: string, init?: RequestInit): Promise<Response> => app.request(url, init),
    audit: recordedDecisions(auditReader(db)),
    wait: (seconds: number): void => {
      world.at = plusSeconds(world.at, seconds);
    },
    stop: async (): Promise<void> => {
      await close();
      await database.drop();
    },
    get: (path: string, token?: string) => send(path, { headers: bearer(token) }),
    postForm: (path: string, form: Form | string, headers: Form = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
      }),
    sendJson: (method: string, path: string, body: unknown, token?: string) =>
      send(path, {
        method,
        headers: { 'content-type': 'application/json', ...bearer(token) },
        body: JSON.stringify(body),
      }),
  };
}

const bearer = (token: string | undefined): Form =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

export const seconds = (at: Instant): number => toEpochSeconds(at);

export async function aClient(authority: Authority, given: Partial<Client> = {}): Promise<TestClient> {
  const keys = await aKeyPair();
  const client: Client = {
    id: randomUUID(),
    name: 'a client',
    jwks: [keys.publicJwk],
    grants: Object.values(grantTypes),
    scopes: [],
    may: [],
    createdAt: authority.world.at,
    ...given,
  };
  const created = await authority.deps.clients.create(client);
  if (!created.ok) throw new Error(created.failure);
  return { ...client, keys };
}

/** An enterprise authorization server: a resource server of ours. */
export const aResourceServer = (authority: Authority, given: Partial<Client> = {}): Promise<TestClient> =>
  aClient(authority, {
    scopes: ['uma_protection'],
    resource: `https://as-${randomUUID()}.example`,
    ...given,
  });

/** A good assertion; claims given replace the usual ones, an undefined one is left out. */
export async function assertionOf(
  { world }: Authority,
  client: TestClient,
  claims: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const now = seconds(world.at);
  const usual = { iss: client.id, sub: client.id, aud: issuer, iat: now, exp: now + 60, jti: randomUUID() };
  return await signed(client.keys, withoutAbsent({ ...usual, ...claims }), header);
}

export async function credentials(authority: Authority, client: TestClient): Promise<Form> {
  return { client_assertion_type: assertionType, client_assertion: await assertionOf(authority, client) };
}

export async function askForToken(authority: Authority, client: TestClient, form: Form): Promise<Reply> {
  return await authority.postForm('/oauth/token', { ...(await credentials(authority, client)), ...form });
}

export async function accessToken(authority: Authority, client: TestClient, scope: string): Promise<string> {
  const { body, status } = await askForToken(authority, client, {
    grant_type: grantTypes.clientCredentials,
    scope,
  });
  if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body['access_token'] as string;
}

export const patOf = (authority: Authority, client: TestClient): Promise<string> =>
  accessToken(authority, client, 'uma_protection');

/** Of a client that the patient authorized to act for her, as the authorization endpoint would have it. */
export async function authorizedToken(
  { deps, db, world }: Authority,
  client: TestClient,
  patient: string,
  scope: string,
): Promise<string> {
  const [id, authorization, scopes] = [randomUUID(), randomUUID(), scope.split(' ')];
  const times = { issuedAt: world.at, expiresAt: plusSeconds(world.at, 3600) };
  await db.insert(authorizationTable).values({
    key: randomUUID(),
    id: authorization,
    clientId: client.id,
    patient,
    scopes,
    resources: [],
    authorizedAt: times.issuedAt,
    expiresAt: plusSeconds(world.at, 30 * 86_400),
  });
  await deps.tokens.keep({
    id,
    kind: 'access',
    clientId: client.id,
    patient,
    scopes,
    authorization,
    ...times,
  });
  return await mintToken(deps, {
    id,
    subject: patient,
    clientId: client.id,
    audience: issuer,
    scope,
    ...times,
  });
}

export const withoutAbsent = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
