/** UMA 2.0, U1 … U5: discovery and the protection API, over the whole service (uma2.md §15). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issuer } from '../support/service.ts';
import { startUmaService, type UmaService } from '../support/uma-service.ts';

let uma: UmaService;

beforeAll(async () => {
  uma = await startUmaService();
});
afterAll(() => uma.stop());

const call = (method: string, path: string, body?: unknown, authorization?: string) =>
  uma.service.send(method, path, body, { authorization: authorization ?? uma.server.authorization });
const told = ({ status, body }: { readonly status: number; readonly body: { readonly error?: string } }) => [
  status,
  body.error,
];
const description = {
  resource_scopes: ['read', 'view'],
  name: 'a record',
  type: 'http://hl7.org/fhir/Patient',
};

it('U1 (G 2, 3.2.1; F 2): the discovery document stands at issuer + well-known, with every member it must have', async () => {
  const { status, body } = await call('GET', '/.well-known/uma2-configuration');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    permission_endpoint: `${issuer}/uma/permission`,
    resource_registration_endpoint: `${issuer}/uma/resources`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    grant_types_supported: expect.arrayContaining(['urn:ietf:params:oauth:grant-type:uma-ticket']),
    uma_profiles_supported: expect.arrayContaining([`${issuer}/uma/profiles/rs-pat`]),
  });
});

it('U2 (F 1.3, 3.2, 4): without PAT 401, without its scope 403, and what is another’s is not found', async () => {
  const other = await uma.service.clientWith(['uma_protection'], { resource: 'https://other.example' });
  const none = await uma.service.clientWith(['decision']);
  const ask = { resource_id: uma.resource, resource_scopes: [] };
  for (const [method, path, body] of [
    ['GET', '/uma/resources', undefined],
    ['POST', '/uma/resources', { ...description, resource_owner: uma.ann }],
    ['GET', `/uma/resources/${uma.resource}`, undefined],
    ['PUT', `/uma/resources/${uma.resource}`, description],
    ['DELETE', `/uma/resources/${uma.resource}`, undefined],
    ['POST', '/uma/permission', ask],
  ] as const) {
    expect(told(await call(method, path, body, 'Bearer x'))).toEqual([401, 'invalid_token']);
    expect(told(await call(method, path, body, none.authorization))).toEqual([403, 'insufficient_scope']);
    if (path.endsWith(uma.resource))
      expect(told(await call(method, path, body, other.authorization))).toEqual([404, 'not_found']);
  }
  expect(told(await call('POST', '/uma/permission', ask, other.authorization))).toEqual([
    400,
    'invalid_resource_id',
  ]);
});

it('U3 (F 3.2.x): create, read, update, delete and list, with their statuses and bodies', async () => {
  const created = await call('POST', '/uma/resources', { ...description, resource_owner: uma.ann });
  const id = created.body._id;
  expect([created.status, created.body]).toEqual([201, { _id: id }]);
  expect(created.headers.get('location')).toBe(`${issuer}/uma/resources/${id}`);
  const read = await call('GET', `/uma/resources/${id}`);
  expect([read.status, read.body]).toEqual([200, { ...description, _id: id, resource_owner: uma.ann }]);
  const updated = await call('PUT', `/uma/resources/${id}`, { resource_scopes: ['read'] });
  expect([updated.status, updated.body]).toEqual([200, { _id: id }]);
  const { body: now } = await call('GET', `/uma/resources/${id}`);
  expect(now).toEqual({ _id: id, resource_scopes: ['read'], resource_owner: uma.ann });
  expect((await call('GET', '/uma/resources')).body).toContain(id);
  expect((await call('DELETE', `/uma/resources/${id}`)).status).toBe(204);
  expect((await call('GET', '/uma/resources')).body).not.toContain(id);
  expect(told(await call('GET', `/uma/resources/${id}`))).toEqual([404, 'not_found']);
});

it('U4 (F 3.2): another method 405; missing, malformed or repeated parameters 400', async () => {
  expect((await call('PATCH', `/uma/resources/${uma.resource}`, description)).status).toBe(405);
  const owner = { resource_owner: uma.ann };
  for (const body of [
    owner,
    { ...owner, resource_scopes: 'read' },
    { ...owner, resource_scopes: [1] },
    '{',
    '[]',
  ])
    expect(told(await call('POST', '/uma/resources', body))).toEqual([400, 'invalid_request']);
  const twice = '{"resource_scopes":["read"],"resource_scopes":["view"]}';
  expect(told(await call('PUT', `/uma/resources/${uma.resource}`, twice))).toEqual([400, 'invalid_request']);
});

it('U5 (F 4.1–4.3): one ticket for one permission, several, or none of its scopes; else why not', async () => {
  const read = { resource_id: uma.resource, resource_scopes: ['patient/Observation.rs'] };
  const second = { resource_id: await uma.aResource(), resource_scopes: [] };
  for (const asked of [read, [read], [read, second], second]) {
    const { status, body } = await call('POST', '/uma/permission', asked);
    expect([status, body]).toEqual([201, { ticket: expect.stringMatching(/^[\w-]{43}$/) }]);
  }
  const unknown = { ...read, resource_id: crypto.randomUUID() };
  expect(told(await call('POST', '/uma/permission', [read, unknown]))).toEqual([400, 'invalid_resource_id']);
  const unregistered = { ...read, resource_scopes: ['print'] };
  expect(told(await call('POST', '/uma/permission', unregistered))).toEqual([400, 'invalid_scope']);
});
