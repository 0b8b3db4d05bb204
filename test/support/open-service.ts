/** The whole service on an origin of loopback, with tokens of its own making, for clients that know nothing of tests. */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import postgres from 'postgres';
import { settingsSchema } from '../../src/access/settings.ts';
import { asInstant, type Instant, toEpochSeconds } from '../../src/base/instant.ts';
import type { App } from '../../src/http/mount.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { assertionType } from '../../src/protocols/authorization-server/client-assertion.ts';
import { ensureSigningKey } from '../../src/protocols/authorization-server/signing-key.ts';
import { composeApp } from '../../src/runtime/compose.ts';
import { clientStore } from '../../src/storage/clients.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { signingKeyStore } from '../../src/storage/signing-keys.ts';
import { trustedIssuerStore } from '../../src/storage/trusted-issuers.ts';
import { freshDatabase } from './database.ts';
import { aKeyPair, type KeyPair, signed } from './keys.ts';

const keySecret = 'a secret of the test, long enough to be one';
/** It stands still, so that no token runs out in a long test. */
const at: Instant = asInstant(Date.parse('2026-10-01T10:00:00Z'));
const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));

export type OpenService = Awaited<ReturnType<typeof openService>>;

export async function openService() {
  const fresh = await freshDatabase();
  const { database, close } = openDatabase(fresh.url, { connections: 5 });
  const sql = postgres(fresh.url, { max: 1, fetch_types: false, onnotice: () => undefined });
  await ensureSigningKey({ signingKeys: signingKeyStore(database), keySecret, random }, at);
  const failures: unknown[] = [];
  const served: { app?: App } = {};
  const server = serve({
    fetch: async (request, env) => (await served.app?.fetch(request, env)) ?? new Response(null),
    hostname: '127.0.0.1',
    port: 0,
  });
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const app = composeApp({
    database,
    issuer,
    keySecret,
    settings: settingsSchema.parse({}),
    clock: () => at,
    random,
    log: (event, facts) => {
      if (event === 'request.failed') failures.push(facts['error']);
    },
  });
  served.app = app;
  return {
    issuer,
    /** Without a socket between. */
    request: async (request: Request): Promise<Response> => await app.fetch(request),
    register: (client: Partial<Client> & Pick<Client, 'scopes'>) => registered(database, client),
    tokenOf: (client: Registered) => tokenOf(app, issuer, client),
    tokenFor: async (client: Partial<Client> & Pick<Client, 'scopes'>) =>
      await tokenOf(app, issuer, await registered(database, client)),
    trust: trustedIssuerStore(database).trust,
    sql,
    /** What was answered with 500, newest last. */
    failures,
    stop: async (): Promise<void> => {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await sql.end();
      await close();
      await fresh.drop();
    },
  };
}

export type Registered = Client & { readonly keys: KeyPair };

async function registered(
  database: Database,
  given: Partial<Client> & Pick<Client, 'scopes'>,
): Promise<Registered> {
  const keys = await aKeyPair();
  const client: Client = {
    id: randomUUID(),
    name: 'a client',
    jwks: [keys.publicJwk],
    grants: ['client_credentials'],
    may: [],
    createdAt: at,
    ...given,
  };
  const created = await clientStore(database, { random }).create(client);
  if (!created.ok) throw new Error(created.failure);
  return { ...client, keys };
}

/** What a client or an issuer may claim about itself at the time of the test. */
export const claimsOf = (issuer: string, audience: string) => {
  const iat = toEpochSeconds(at);
  return { iss: issuer, sub: issuer, aud: audience, iat, exp: iat + 60, jti: randomUUID() };
};

/** The access token of a client, for all its scopes. */
async function tokenOf(app: App, issuer: string, client: Registered): Promise<string> {
  const response = await app.request(`${issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: client.scopes.join(' '),
      client_assertion_type: assertionType,
      client_assertion: await signed(client.keys, claimsOf(client.id, issuer)),
    }),
  });
  const answer = (await response.json()) as { readonly access_token?: string };
  if (!answer.access_token) throw new Error(`no token: ${JSON.stringify(answer)}`);
  return answer.access_token;
}
