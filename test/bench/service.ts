/** The whole service over a durable database of its own, and a client of it, as the benches use them. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsSchema } from '../../src/access/settings.ts';
import { asInstant, toEpochSeconds } from '../../src/base/instant.ts';
import { assertionType } from '../../src/protocols/authorization-server/client-assertion.ts';
import { ensureSigningKey } from '../../src/protocols/authorization-server/signing-key.ts';
import { composeApp } from '../../src/runtime/compose.ts';
import { startEmbeddedPostgres } from '../../src/runtime/embedded-postgres.ts';
import { migrate } from '../../src/runtime/migrate.ts';
import { random } from '../../src/runtime/random.ts';
import { clientStore } from '../../src/storage/clients.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { signingKeyStore } from '../../src/storage/signing-keys.ts';
import { aKeyPair, signed } from '../support/keys.ts';

export const issuer = 'https://consent.example.org';
const keySecret = 'a secret of the bench, long enough to be one';
/** Milliseconds; an access token lives for 300 s. */
const tokenTime = 200_000;

const now = () => asInstant(Date.now());

export type BenchService = Awaited<ReturnType<typeof benchService>>;

export async function benchService(connections: number, scopes: readonly string[] = ['system/*.cruds']) {
  const dataDir = await mkdtemp(join(tmpdir(), 'headwater-bench-'));
  const embedded = await startEmbeddedPostgres({ dataDir });
  await migrate(embedded.url);
  const opened = openDatabase(embedded.url, { connections });
  const { database } = opened;
  await ensureSigningKey({ signingKeys: signingKeyStore(database), keySecret, random }, now());
  const app = composeApp({
    database,
    issuer,
    keySecret,
    settings: settingsSchema.parse({}),
    clock: now,
    random,
    log: () => undefined,
  });
  let token = { value: await tokenOf(app, database, scopes), since: performance.now() };
  return {
    ...opened,
    app,
    request: async (path: string, init: RequestInit = {}): Promise<Response> => {
      if (performance.now() - token.since > tokenTime)
        token = { value: await tokenOf(app, database, scopes), since: performance.now() };
      const headers = {
        'content-type': 'application/fhir+json',
        ...init.headers,
        authorization: token.value,
      };
      const response = await app.request(path, { ...init, headers });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response;
    },
    stop: async (): Promise<void> => {
      await opened.close();
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function tokenOf(
  app: ReturnType<typeof composeApp>,
  database: Parameters<typeof clientStore>[0],
  scopes: readonly string[],
): Promise<string> {
  const keys = await aKeyPair();
  const id = randomUUID();
  const at = now();
  const client = { id, name: 'bench', jwks: [keys.publicJwk], grants: ['client_credentials'], scopes };
  await clientStore(database, { random }).create({ ...client, may: ['file', 'activate'], createdAt: at });
  const iat = toEpochSeconds(at);
  const claims = { iss: id, sub: id, aud: issuer, iat, exp: iat + 60, jti: randomUUID() };
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: scopes.join(' '),
    client_assertion_type: assertionType,
    client_assertion: await signed(keys, claims),
  });
  const answer = await app.request('/oauth/token', { method: 'POST', body: form });
  const { access_token } = (await answer.json()) as { access_token: string };
  return `Bearer ${access_token}`;
}
