// The same application in workerd: the story of a consent, as on Node.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issuer, startWorkerd, type Workerd, type WorkerdClient } from '../../support/workerd.ts';

let workerd: Workerd;
let client: WorkerdClient;

beforeAll(async () => {
  workerd = await startWorkerd();
  const scopes = ['system/Consent.cru', 'system/Patient.c', 'decision'];
  client = await workerd.register({ scopes, may: ['file', 'activate'] });
});
afterAll(() => workerd?.stop());

const authorized = async () => ({ authorization: `Bearer ${await workerd.tokenOf(client)}` });

test('discovery is served', async () => {
  const { status, body } = await workerd.send('GET', '/.well-known/uma2-configuration');
  expect(status).toBe(200);
  expect(body).toMatchObject({ issuer, token_endpoint: `${issuer}/oauth/token` });
});

test('it is ready once the database is migrated and the key can be opened', async () => {
  expect((await workerd.send('GET', '/readyz')).status).toBe(200);
});

test('a consent is created and read', async () => {
  const authorization = await authorized();
  const patient = await workerd.sendJson(
    'POST',
    '/fhir/R5/Patient',
    { resourceType: 'Patient' },
    authorization,
  );
  expect(patient.status).toBe(201);
  const consent = {
    resourceType: 'Consent',
    status: 'active',
    subject: { reference: `Patient/${patient.body.id}` },
    decision: 'deny',
  };
  const created = await workerd.sendJson('POST', '/fhir/R5/Consent', consent, authorization);
  expect(created.status).toBe(201);
  const location = new URL(created.headers.get('location') ?? '').pathname.replace(/\/_history\/1$/, '');
  const read = await workerd.send('GET', location, undefined, authorization);
  expect(read.status).toBe(200);
  expect(read.body).toMatchObject({
    resourceType: 'Consent',
    decision: 'deny',
    meta: { versionId: '1' },
  });
});

test('what one request compiled serves the next ones, and a revocation counts at once (D-3)', async () => {
  const authorization = await authorized();
  const send = async (method: string, path: string, body: object, more: Record<string, string> = {}) => {
    const reply = await workerd.sendJson(method, path, body, { ...authorization, ...more });
    expect([200, 201], reply.text).toContain(reply.status);
    return reply.body;
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
  expect((await workerd.send('GET', '/fhir/R5/Consent')).status).toBe(401);
});

// Last: what follows would have no database.
test('without its database it is alive, and not ready', async () => {
  await workerd.dropDatabase();
  expect((await workerd.send('GET', '/healthz')).status).toBe(200);
  expect((await workerd.send('GET', '/readyz')).status).toBe(503);
});
