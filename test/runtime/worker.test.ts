// The same application in workerd, against a real PostgreSQL through Hyperdrive's local connection.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestHarness } from 'wrangler';
import { asInstant } from '../../src/base/instant.ts';
import { ensureSigningKey } from '../../src/protocols/authorization-server/signing-key.ts';
import { clientStore } from '../../src/storage/clients.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { signingKeyStore } from '../../src/storage/signing-keys.ts';
import { freshDatabase } from '../support/database.ts';
import { aKeyPair, type KeyPair, signed } from '../support/keys.ts';

const issuer = 'https://consent.example.org';
const keySecret = 'a secret of the test, long enough to be one';
const clientId = randomUUID();
let keys: KeyPair;
let harness: ReturnType<typeof createTestHarness>;
let dropDatabase: () => Promise<void>;

beforeAll(async () => {
  const database = await freshDatabase();
  dropDatabase = database.drop;
  keys = await aKeyPair();
  await fileClient(database.url);
  process.env['CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE'] = database.url;
  harness = createTestHarness({
    workers: [
      {
        configPath: 'wrangler.toml',
        vars: { HEADWATER_ISSUER: issuer, LOG_LEVEL: 'info' },
        secrets: { HEADWATER_KEY_SECRET: keySecret },
      },
    ],
  });
  await harness.listen();
});

afterAll(async () => {
  await harness?.close();
  await dropDatabase?.();
});

test('discovery is served', async () => {
  const response = await harness.fetch('/.well-known/uma2-configuration');
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ issuer, token_endpoint: `${issuer}/oauth/token` });
});

test('it is ready once the database is migrated and the key can be opened', async () => {
  expect((await harness.fetch('/readyz')).status).toBe(200);
});

test('a consent is created and read', async () => {
  const authorization = `Bearer ${await accessToken('system/Consent.cr system/Patient.c')}`;
  const patient = await harness.fetch('/fhir/R5/Patient', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Patient' }),
  });
  expect(patient.status).toBe(201);
  const { id } = (await patient.json()) as { readonly id: string };
  const created = await harness.fetch('/fhir/R5/Consent', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/fhir+json; fhirVersion=5.0' },
    body: JSON.stringify({
      resourceType: 'Consent',
      status: 'active',
      subject: { reference: `Patient/${id}` },
      decision: 'deny',
    }),
  });
  expect(created.status).toBe(201);
  const location = new URL(created.headers.get('location') ?? '').pathname.replace(/\/_history\/1$/, '');
  const read = await harness.fetch(location, { headers: { authorization } });
  expect(read.status).toBe(200);
  expect(await read.json()).toMatchObject({
    resourceType: 'Consent',
    decision: 'deny',
    meta: { versionId: '1' },
  });
});

test('what one request compiled serves the next ones, and a revocation counts at once (D-3)', async () => {
  const authorization = `Bearer ${await accessToken('system/Consent.cru system/Patient.c decision')}`;
  const send = async (method: string, path: string, body: object, more: Record<string, string> = {}) => {
    const type = path.startsWith('/fhir') ? 'application/fhir+json; fhirVersion=5.0' : 'application/json';
    const headers = { authorization, 'content-type': type, ...more };
    const response = await harness.fetch(path, { method, headers, body: JSON.stringify(body) });
    expect(response.ok, await response.clone().text()).toBe(true);
    return (await response.json()) as { readonly id: string; readonly outcome: string };
  };
  const patient = await send('POST', '/fhir/R5/Patient', { resourceType: 'Patient' });
  const subject = { reference: `Patient/${patient.id}` };
  const consent = { resourceType: 'Consent', subject, grantor: [subject], decision: 'permit' };
  const permit = await send('POST', '/fhir/R5/Consent', { ...consent, status: 'active' });
  const requester = { type: 'organization', reference: 'Organization/clinic' };
  const question = { patient: subject.reference, requester, purposes: ['TREAT'] };
  const ask = async (): Promise<readonly string[]> => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => send('POST', '/decisions', question)));
    return [...new Set(answers.map(({ outcome }) => outcome))];
  };
  expect(await ask()).toEqual(['permit']);
  expect(await ask()).toEqual(['permit']);
  const revoked = { ...consent, id: permit.id, status: 'inactive' };
  await send('PUT', `/fhir/R5/Consent/${permit.id}`, revoked, { 'if-match': 'W/"1"' });
  expect(await ask()).toEqual(['deny']);
});

test('a stranger is refused', async () => {
  expect((await harness.fetch('/fhir/R5/Consent')).status).toBe(401);
});

// Last: what follows would have no database.
test('without its database it is alive, and not ready', async () => {
  await dropDatabase();
  expect((await harness.fetch('/healthz')).status).toBe(200);
  expect((await harness.fetch('/readyz')).status).toBe(503);
});

async function fileClient(url: string): Promise<void> {
  const { database, close } = openDatabase(url, { connections: 1 });
  const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
  const at = asInstant(Date.now());
  await ensureSigningKey({ signingKeys: signingKeyStore(database), keySecret, random }, at);
  await clientStore(database, { random }).create({
    id: clientId,
    name: 'worker test',
    jwks: [keys.publicJwk],
    grants: ['client_credentials'],
    scopes: ['system/Consent.cru', 'system/Patient.c', 'decision'],
    may: ['file', 'activate'],
    createdAt: at,
  });
  await close();
}

async function accessToken(scope: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const assertion = await signed(keys, {
    iss: clientId,
    sub: clientId,
    aud: issuer,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
  });
  const response = await harness.fetch('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }).toString(),
  });
  expect(response.status).toBe(200);
  const { access_token } = (await response.json()) as { readonly access_token: string };
  return access_token;
}
