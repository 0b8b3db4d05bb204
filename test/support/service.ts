/** The whole service in process: composed as it is served, over a database of its own and a clock that tests turn. */
import { randomBytes, randomUUID } from 'node:crypto';
import { settingsSchema } from '../../src/access/settings.ts';
import { asInstant, plusSeconds, toEpochSeconds } from '../../src/base/instant.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { assertionType } from '../../src/protocols/authorization-server/client-assertion.ts';
import { ensureSigningKey } from '../../src/protocols/authorization-server/signing-key.ts';
import { composeApp } from '../../src/runtime/compose.ts';
import { auditReader } from '../../src/storage/audit-log.ts';
import { clientStore } from '../../src/storage/clients.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { signingKeyStore } from '../../src/storage/signing-keys.ts';
import { freshDatabase, type TestDatabase } from './database.ts';
import { aKeyPair, signed } from './keys.ts';
import { recordedDecisions } from './recorded-decisions.ts';

export const issuer = 'https://consent.example.org';
const keySecret = 'a secret of the test, long enough to be one';

export type Service = Awaited<ReturnType<typeof startService>>;

/** Over a database of its own, or as one more instance over the one that is given, which it leaves as it is. */
export async function startService(settings: JsonObject = {}, given?: TestDatabase) {
  const fresh = given ?? (await freshDatabase());
  const { database, client: driver, close } = openDatabase(fresh.url, { connections: 5 });
  const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
  const time = { at: asInstant(Date.parse('2026-10-01T10:00:00Z')) };
  const logged: string[] = [];
  const keyDeps = { signingKeys: signingKeyStore(database), keySecret, random };
  await ensureSigningKey(keyDeps, time.at);
  const app = composeApp({
    database,
    issuer,
    keySecret,
    settings: settingsSchema.parse(settings),
    clock: () => time.at,
    random,
    log: (event, facts) => logged.push(`${event} ${JSON.stringify(facts)}`),
  });

  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const contentType = path.startsWith('/fhir') ? 'application/fhir+json' : 'application/json';
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await app.request(path, {
      method,
      ...init,
      headers: { 'content-type': contentType, ...headers },
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text === '' ? {} : JSON.parse(text),
    };
  };

  /** A client with a token for all its scopes. */
  const clientWith = async (scopes: readonly string[], given: Partial<Client> = {}) => {
    const keys = await aKeyPair();
    const client: Client = {
      id: randomUUID(),
      name: 'a client',
      jwks: [keys.publicJwk],
      grants: ['client_credentials'],
      scopes,
      may: [],
      createdAt: time.at,
      ...given,
    };
    const created = await clientStore(database, { random }).create(client);
    if (!created.ok) throw new Error(created.failure);
    const now = toEpochSeconds(time.at);
    const claims = {
      iss: client.id,
      sub: client.id,
      aud: issuer,
      iat: now,
      exp: now + 60,
      jti: randomUUID(),
    };
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: scopes.join(' '),
      client_assertion_type: assertionType,
      client_assertion: await signed(keys, claims),
    });
    const token = await send('POST', '/oauth/token', form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    if (token.status !== 200) throw new Error(`no token: ${token.text}`);
    const authorization = { authorization: `Bearer ${token.body.access_token}` };
    return {
      ...client,
      ...authorization,
      get: (path: string) => send('GET', path, undefined, authorization),
      post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
        send('POST', path, body, { ...authorization, ...headers }),
      put: (path: string, body: unknown, headers: Record<string, string> = {}) =>
        send('PUT', path, body, { ...authorization, ...headers }),
    };
  };

  return {
    database,
    keyDeps,
    random,
    now: () => time.at,
    send,
    clientWith,
    logged,
    audit: recordedDecisions(auditReader(database)),
    wait: (seconds: number): void => {
      time.at = plusSeconds(time.at, seconds);
    },
    /** Every statement that is sent from now on, in its own words. */
    statements: (): readonly string[] => {
      const sent: string[] = [];
      driver.options.debug = (_connection, text) => sent.push(text);
      return sent;
    },
    stop: async (): Promise<void> => {
      await close();
      if (!given) await fresh.drop();
    },
  };
}

/** The id the server gave to what was just created. */
export const idOf = (created: {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}): string => {
  if (created.status !== 201) throw new Error(`not created: ${created.status} ${created.text}`);
  return /\/([^/]+)\/_history\/1$/.exec(created.headers.get('location') ?? '')?.[1] ?? '';
};

export const treatment = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' };

/** R5: treatment by one organization, except data labelled R or above. */
export const treatmentConsent = (patient: string, organization: string, status = 'active'): JsonObject => ({
  resourceType: 'Consent',
  status,
  subject: { reference: `Patient/${patient}` },
  policyBasis: { url: 'https://policies.example.org/treatment' },
  decision: 'deny',
  provision: [
    {
      actor: [
        { role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Organization/${organization}` } },
      ],
      purpose: [treatment],
      provision: [
        {
          securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }],
        },
      ],
    },
  ],
});
