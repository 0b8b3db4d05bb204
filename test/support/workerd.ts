/** The application in workerd, as `wrangler.toml` has it, against a real PostgreSQL through Hyperdrive's local connection. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createTestHarness } from 'wrangler';
import { asInstant, type Instant, toEpochSeconds } from '../../src/base/instant.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { assertionType } from '../../src/protocols/authorization-server/client-assertion.ts';
import { ensureSigningKey } from '../../src/protocols/authorization-server/signing-key.ts';
import { clientStore } from '../../src/storage/clients.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { signingKeyStore } from '../../src/storage/signing-keys.ts';
import { freshDatabase } from './database.ts';
import { aKeyPair, type KeyPair, signed } from './keys.ts';

export const issuer = 'https://consent.example.org';
const keySecret = 'a secret of the test, long enough to be one';
const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));

export type Workerd = Awaited<ReturnType<typeof startWorkerd>>;
export type WorkerdClient = Client & { readonly keys: KeyPair };
type Form = Readonly<Record<string, string>>;

/** There is no clock in workerd but the real one. */
export const now = (): Instant => asInstant(Date.now());

export async function startWorkerd() {
  const fresh = await freshDatabase();
  const { database, close } = openDatabase(fresh.url, { connections: 2 });
  const keyDeps = { signingKeys: signingKeyStore(database), keySecret, random };
  await ensureSigningKey(keyDeps, now());
  process.env['CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE'] = fresh.url;
  const harness = createTestHarness({
    workers: [
      {
        configPath: 'wrangler.toml',
        vars: { HEADWATER_ISSUER: issuer, LOG_LEVEL: 'info' },
        secrets: { HEADWATER_KEY_SECRET: keySecret },
      },
    ],
  });
  await harness.listen();

  const send = async (method: string, path: string, body?: string, headers: Form = {}) => {
    const init = body === undefined ? {} : { body };
    const response = await harness.fetch(path, { method, headers, ...init });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text === '' ? {} : JSON.parse(text),
    };
  };
  /** Whoever posts proves who it is. */
  const postForm = async (client: WorkerdClient, path: string, form: Form) => {
    const assertion = await signed(client.keys, claimsOf(client.id));
    const proven = { client_assertion_type: assertionType, client_assertion: assertion, ...form };
    return await send('POST', path, new URLSearchParams(proven).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
  };

  return {
    database,
    keyDeps,
    send,
    sendJson: (method: string, path: string, body: object, headers: Form) => {
      const type = path.startsWith('/fhir') ? 'application/fhir+json; fhirVersion=5.0' : 'application/json';
      return send(method, path, JSON.stringify(body), { 'content-type': type, ...headers });
    },
    postForm,
    scheduled: (): Promise<{ readonly outcome: string }> =>
      harness.getWorker().scheduled({ cron: '* * * * *', scheduledTime: new Date() }),
    logs: () => harness.getLogs().map(({ message }) => message),
    /** A client that proves itself by a key of this kind. */
    register: async (given: Partial<Client>, algorithm?: string): Promise<WorkerdClient> => {
      const keys = await aKeyPair(algorithm);
      const client: Client = {
        id: randomUUID(),
        name: 'a client',
        jwks: [keys.publicJwk],
        grants: ['client_credentials'],
        scopes: [],
        may: [],
        createdAt: now(),
        ...given,
      };
      const created = await clientStore(database, { random }).create(client);
      if (!created.ok) throw new Error(created.failure);
      return { ...client, keys };
    },
    /** For all its scopes. */
    tokenOf: async (client: WorkerdClient): Promise<string> => {
      const asked = { grant_type: 'client_credentials', scope: client.scopes.join(' ') };
      const { body, text } = await postForm(client, '/oauth/token', asked);
      if (body.access_token === undefined) throw new Error(`no token: ${text}`);
      return body.access_token;
    },
    dropDatabase: fresh.drop,
    stop: async (): Promise<void> => {
      await harness.close();
      await close();
      await fresh.drop();
    },
  };
}

/** What a party may claim about itself at this moment. */
export function claimsOf(name: string) {
  const iat = toEpochSeconds(now());
  return { iss: name, sub: name, aud: issuer, iat, exp: iat + 60, jti: randomUUID() };
}
