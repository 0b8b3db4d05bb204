/** The service of a case: composed with its clock and settings over a database, with what it files put there. */
import { randomUUID } from 'node:crypto';
import { settingsSchema } from '../../../src/access/settings.ts';
import { asInstant, type Instant, toEpochSeconds } from '../../../src/base/instant.ts';
import type { PutWrite } from '../../../src/fhir/resource-store.ts';
import type { Client } from '../../../src/protocols/authorization-server/client.ts';
import { assertionType } from '../../../src/protocols/authorization-server/client-assertion.ts';
import { grantTypes } from '../../../src/protocols/authorization-server/grants.ts';
import { ensureSigningKey } from '../../../src/protocols/authorization-server/signing-key.ts';
import { kindOf } from '../../../src/protocols/fhir-api/resource-kind.ts';
import { writeOf } from '../../../src/protocols/fhir-api/write/accept-body.ts';
import { composeApp } from '../../../src/runtime/compose.ts';
import { random } from '../../../src/runtime/random.ts';
import { accept } from '../../../src/runtime/transfer/accept.ts';
import { clientStore } from '../../../src/storage/clients.ts';
import type { Database } from '../../../src/storage/database.ts';
import { resourceStore } from '../../../src/storage/resources.ts';
import { signingKeyStore } from '../../../src/storage/signing-keys.ts';
import { trustedIssuerStore } from '../../../src/storage/trusted-issuers.ts';
import { aKeyPair, type KeyPair, signed } from '../../support/keys.ts';
import type { DecisionCase } from './case-format.ts';
import { consentsOf, directoryOf, type Filed, nowOf } from './filed.ts';

export const issuer = 'https://consent.example.org';
const keySecret = 'a secret of the cases, long enough to be one';

type StagedClient = Client & { readonly keys: KeyPair };
export type StagedServer = { readonly client: StagedClient; readonly token: string };

export type Stage = {
  readonly at: Instant;
  /** One key for everybody of a run: making keys is most of the work of making clients. */
  readonly keys: KeyPair;
  readonly send: (path: string, init: RequestInit) => Promise<Sent>;
  /** A resource server that may ask for decisions and protect records, with a token for both. */
  readonly server: () => Promise<StagedServer>;
  /** With the client's own assertion. */
  readonly askForToken: (client: StagedClient, form: Readonly<Record<string, string>>) => Promise<Sent>;
  readonly trust: ReturnType<typeof trustedIssuerStore>['trust'];
};

type Sent = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

const keysOfRun = aKeyPair();

/** Over an empty database, for this case alone. */
export async function setStage(database: Database, given: DecisionCase): Promise<Stage> {
  const at = nowOf(given);
  await fileAll(database, [...directoryOf(given), ...consentsOf(given)], at);
  return await openStage(database, at, given.settings);
}

export async function openStage(
  database: Database,
  at: Instant,
  settings: DecisionCase['settings'] = {},
): Promise<Stage> {
  const keys = await keysOfRun;
  await ensureSigningKey({ signingKeys: signingKeyStore(database), keySecret, random }, at);
  const failures: unknown[] = [];
  const app = composeApp({
    database,
    issuer,
    keySecret,
    settings: settingsSchema.parse(settings),
    clock: () => at,
    random,
    log: (_, facts) => failures.push(facts['error']),
  });

  const send: Stage['send'] = async (path, init) => {
    const response = await app.request(path, init);
    const text = await response.text();
    if (response.status >= 500) throw new Error('the service failed', { cause: failures.at(-1) });
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };

  const registered = async (): Promise<StagedClient> => {
    const id = randomUUID();
    const client: Client = {
      id,
      name: 'a resource server of the cases',
      jwks: [keys.publicJwk],
      grants: Object.values(grantTypes),
      scopes: ['decision', 'uma_protection'],
      // Several stages may share a database.
      resource: `https://${id}.example.org`,
      may: [],
      createdAt: at,
    };
    const created = await clientStore(database, { random }).create(client);
    if (!created.ok) throw new Error(created.failure);
    return { ...client, keys };
  };

  const askForToken: Stage['askForToken'] = async (client, form) =>
    await send('/oauth/token', {
      method: 'POST',
      body: new URLSearchParams({
        ...form,
        client_assertion_type: assertionType,
        client_assertion: await assertionOf(client, at),
      }),
    });

  const entitled = async (): Promise<StagedServer> => {
    const client = await registered();
    const { status, body } = await askForToken(client, {
      grant_type: grantTypes.clientCredentials,
      scope: client.scopes.join(' '),
    });
    if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
    return { client, token: String(body['access_token']) };
  };
  const known: { server?: Promise<StagedServer> } = {};
  const server = (): Promise<StagedServer> => {
    known.server ??= entitled();
    return known.server;
  };
  return { at, keys, send, server, askForToken, trust: trustedIssuerStore(database).trust };
}

async function assertionOf({ id, keys }: StagedClient, at: Instant): Promise<string> {
  const now = toEpochSeconds(at);
  return await signed(keys, { iss: id, sub: id, aud: issuer, iat: now, exp: now + 60, jti: randomUUID() });
}

type Resources = ReturnType<typeof resourceStore>;

/** One second after another, so that they keep their order. */
export async function fileAll(database: Database, filed: readonly Filed[], at: Instant): Promise<void> {
  const resources = resourceStore(database, { random });
  const moments = filed.map((_, index) => asInstant(at - (filed.length - index) * 1000));
  const writes: PutWrite[] = [];
  for (const [index, each] of filed.entries()) {
    const write = await writeFor(resources, each, moments[index] ?? at);
    if (write) writes.push(write);
  }
  await resources.putAll(writes);
}

/** What the import takes in, flagged where it is invalid; else as it came. What is kept nowhere is left out. */
async function writeFor(resources: Resources, filed: Filed, at: Instant): Promise<PutWrite | undefined> {
  const { fhirVersion, resource, patient } = filed;
  const kind = kindOf(resource.resourceType);
  if (!kind) return undefined;
  const text = JSON.stringify(resource);
  const options = { ...(fhirVersion ? { fhirVersion } : {}), acceptInvalid: true, filedBy: 'cases' };
  const accepted = await accept({ issuer, resources, random }, text, at, options);
  if (accepted.ok) return accepted.value.write;
  const body = { id: resource.id, resource, text, version: fhirVersion ?? '4.0' };
  return writeOf({ issuer }, kind, body, { patient, at, filedBy: 'cases' });
}
