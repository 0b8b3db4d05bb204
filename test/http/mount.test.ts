import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { anyone, type Endpoint, endpoint, formBody, type Guard, jsonBody } from '../../src/base/endpoint.ts';
import { asInstant } from '../../src/base/instant.ts';
import { err, ok } from '../../src/base/result.ts';
import { createApp, type Group } from '../../src/http/app.ts';
import type { Face } from '../../src/http/face.ts';
import { fhirFace } from '../../src/http/fhir-face.ts';
import { oauthFace } from '../../src/http/oauth-face.ts';
import { problemFace } from '../../src/http/problem-face.ts';
import { applicationForContract } from '../../src/runtime/contract.ts';

const logged: (readonly [string, Readonly<Record<string, unknown>>])[] = [];
beforeEach(() => logged.splice(0));

const serve = (face: Face, ...endpoints: readonly Endpoint[]) => serveGroups({ endpoints, face });

const serveGroups = (...groups: readonly Group[]) =>
  createApp(groups, {
    clock: () => asInstant(0),
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    log: (event, facts) => logged.push([event, facts]),
  });

const replies = { 200: { description: 'done' } };
const common = { name: 'test', summary: 'for the test', guard: anyone, replies } as const;

const echo = endpoint({
  ...common,
  method: 'post',
  path: '/things/{id}',
  params: z.object({ id: z.string().max(3) }),
  body: jsonBody(z.object({ size: z.int() })),
  handle: async ({ params, body, query }) =>
    ok({ status: 200, body: { id: params.id, size: body.size, q: query.getAll('q') } }),
});

const post = (body: string | Uint8Array<ArrayBuffer>, contentType = 'application/json') => ({
  method: 'POST',
  body,
  headers: { 'content-type': contentType },
});

test('a request is read, checked and handed on', async () => {
  const response = await serve(problemFace, echo).request('/things/a?q=1&q=2', post('{"size":3}'));
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ id: 'a', size: 3, q: ['1', '2'] });
});

test.each([
  ['malformed JSON', '{"size":', 'application/json', 400],
  ['a body of the wrong shape', '{"size":"large"}', 'application/json', 400],
  ['a wrong media type', 'size=3', 'application/x-www-form-urlencoded', 415],
  ['a body in another charset', '{"size":3}', 'application/json; charset=ISO-8859-1', 415],
  [
    'a body that is not UTF-8',
    Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d),
    'application/json',
    400,
  ],
  ['a body that ends within a character', Uint8Array.of(0x22, 0xc3), 'application/json', 400],
  ['a body that reaches for a prototype', '{"__proto__":{}}', 'application/json', 400],
  [
    'a body that is too large',
    JSON.stringify({ size: 1, filler: 'x'.repeat(1024 * 1024) }),
    'application/json',
    413,
  ],
])('%s is refused', async (_, body, contentType, status) => {
  const response = await serve(problemFace, echo).request('/things/a', post(body, contentType));
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ status });
});

test('a path parameter of the wrong shape is refused', async () => {
  expect((await serve(problemFace, echo).request('/things/long', post('{"size":3}'))).status).toBe(400);
});

test('the caller is admitted before anything of the request is read (AD-1)', async () => {
  const nobody: Guard<undefined> = {
    admit: async () =>
      err({ kind: 'unauthenticated', code: 'invalid_token', detail: 'no', challenge: { scheme: 'Bearer' } }),
  };
  const guarded = endpoint({
    ...common,
    guard: nobody,
    method: 'post',
    path: '/x',
    body: jsonBody(z.object({})),
    handle: async () => ok({ status: 200 }),
  });
  const response = await serve(problemFace, guarded).request('/x', post('not JSON', 'text/plain'));
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="headwater"');
});

test('a repeated form parameter is `invalid_request`, as OAuth shows it (RFC 6749 §3.2, §5.2)', async () => {
  const form = endpoint({
    ...common,
    method: 'post',
    path: '/token',
    body: formBody(z.object({ a: z.string() })),
    handle: async () => ok({ status: 200 }),
  });
  const response = await serve(oauthFace, form).request(
    '/token',
    post('a=1&a=2', 'application/x-www-form-urlencoded'),
  );
  expect(response.status).toBe(400);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toMatchObject({ error: 'invalid_request' });
});

test('another method on a known path is 405 and names those that are served', async () => {
  const response = await serve(problemFace, echo).request('/things/a', { method: 'PATCH' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('POST');
});

test('a charset of UTF-8 is taken in any case, and characters survive', async () => {
  const size = '{"size":3,"a":"ä😀"}';
  for (const charset of ['utf-8', '"UTF-8"']) {
    const response = await serve(problemFace, echo).request(
      '/things/a',
      post(size, `application/json; charset=${charset}`),
    );
    expect(response.status).toBe(200);
  }
});

test('a body is measured as it comes, and the connection closed on one that is too large', async () => {
  const chunk = new TextEncoder().encode('x'.repeat(64 * 1024));
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++;
      controller.enqueue(chunk);
    },
  });
  const request = new Request('http://localhost/things/a', {
    method: 'POST',
    body,
    duplex: 'half',
    headers: { 'content-type': 'application/json' },
  });
  const response = await serve(problemFace, echo).fetch(request);
  expect([response.status, response.headers.get('connection')]).toEqual([413, 'close']);
  expect(pulled).toBeLessThan(20);
});

test('a message of a schema keeps the case of names and values', async () => {
  const named = endpoint({
    ...common,
    method: 'post',
    path: '/named',
    body: jsonBody(z.object({ resourceType: z.enum(['Patient', 'Group']) })),
    handle: async () => ok({ status: 200 }),
  });
  const refused = async (face: Face) =>
    (await serve(face, named).request('/named', post('{"resourceType":"x"}'))).json();
  expect(await refused(problemFace)).toMatchObject({
    detail: '`resourceType`: invalid option: expected one of "Patient"|"Group"',
  });
  expect(await refused(oauthFace)).toMatchObject({
    error_description: "`resourceType`: invalid option: expected one of 'Patient'|'Group'",
  });
});

test('an error description holds no character that RFC 6749 §5.2 leaves out', () => {
  const shown = oauthFace.render({ kind: 'malformed', code: 'invalid_request', detail: 'a "b" \\ ü\n😀' });
  return expect(shown.json()).resolves.toMatchObject({ error_description: "a 'b' ? ????" });
});

const failing = (path: string, error: unknown) =>
  endpoint({
    ...common,
    method: 'get',
    path,
    handle: async () => {
      throw error;
    },
  });

describe('an error nobody expected', () => {
  const groups = (error: unknown) =>
    serveGroups(
      { endpoints: [failing('/fhir/R4/Consent', error)], face: fhirFace('4.0') },
      { endpoints: [failing('/oauth/token', error)], face: oauthFace },
      { endpoints: [failing('/other', error)], face: problemFace },
    );
  const coded = (code: string) => Object.assign(new Error('password=hunter2'), { code });
  const gone = new Error('failed query', { cause: coded('CONNECT_TIMEOUT') });

  test.each([
    ['/fhir/R4/Consent', new Error('password=hunter2'), 500, { issue: [{ code: 'exception' }] }],
    ['/oauth/token', new Error('password=hunter2'), 500, { error: 'server_error' }],
    ['/other', new Error('password=hunter2'), 500, { title: 'internal error', status: 500 }],
    ['/fhir/R4/Consent', gone, 503, { issue: [{ code: 'transient' }] }],
    ['/oauth/token', gone, 503, { error: 'temporarily_unavailable' }],
    ['/other', gone, 503, { title: 'unavailable', status: 503 }],
  ])(
    'at %s is shown as its group shows failures, says nothing from inside, and is logged: %s',
    async (path, error, status, body) => {
      const response = await groups(error).request(path);
      const text = await response.text();
      expect(response.status).toBe(status);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(JSON.parse(text)).toMatchObject(body);
      expect(text).not.toContain('hunter2');
      expect(logged).toMatchObject([['request.failed', { error }]]);
    },
  );

  test.each([
    ['ECONNREFUSED', 503],
    ['CONNECTION_CLOSED', 503],
    ['CONNECTION_ENDED', 503],
    ['CONNECTION_DESTROYED', 503],
    ['57P01', 503],
    ['57P02', 503],
    ['57P03', 503],
    ['53300', 503],
    ['23505', 500],
    ['ECONNRESET', 503],
    ['EPIPE', 503],
    ['ENOENT', 500],
  ])('with code %s is %i', async (code, status) => {
    expect((await groups(coded(code)).request('/other')).status).toBe(status);
  });

  test('may go in circles', async () => {
    const circular = new Error('outer');
    circular.cause = new Error('inner', { cause: circular });
    expect((await groups(circular).request('/other')).status).toBe(500);
  });
});

test('a database that is not there is told from a fault of ours', async () => {
  const response = await applicationForContract().request('/oauth/jwks');
  expect([response.status, await response.json()]).toMatchObject([503, { error: 'temporarily_unavailable' }]);
});

describe('a path that nothing is served at', () => {
  test.each([
    ['/fhir/R4/Observation', { resourceType: 'OperationOutcome', issue: [{ code: 'not-supported' }] }],
    ['/fhir', { resourceType: 'OperationOutcome' }],
    ['/fhirs', { title: 'not found', status: 404 }],
    ['/', { title: 'not found', status: 404 }],
  ])('%s is 404, in the words of its neighbours', async (path, body) => {
    const app = serveGroups({ endpoints: [failing('/fhir/R4/Consent', undefined)], face: fhirFace('4.0') });
    const response = await app.request(path);
    expect([response.status, await response.json()]).toMatchObject([404, body]);
  });
});

describe('a refusal', () => {
  const refusing = (cause: unknown) =>
    endpoint({
      ...common,
      name: 'refuse',
      method: 'get',
      path: '/refuse/{id}',
      handle: async () => err({ kind: 'forbidden', code: 'not-here', detail: 'of `x`', cause }),
    });
  const loggedOf = async (cause: unknown) => {
    await serve(problemFace, refusing(cause)).request('/refuse/7?token=t', {
      headers: { 'x-request-id': 'r-1', authorization: 'Bearer t' },
    });
    return logged.splice(0);
  };
  const facts = { requestId: 'r-1', endpoint: 'refuse', status: 403, code: 'not-here' };

  test('is logged with the reason that the wire keeps to itself', async () => {
    expect(await loggedOf('bad-signature')).toEqual([
      ['request.refused', { ...facts, cause: 'bad-signature' }],
    ]);
  });

  test.each([undefined, new Error('x'), { token: 't' }, 'Bearer eyJhbGciOi', 'a value: 1'])(
    'is logged without a cause that is no plain reason: %s',
    async (cause) => {
      expect(await loggedOf(cause)).toEqual([['request.refused', facts]]);
    },
  );

  test('is not what it is called when the client hangs up within a body', async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"size"'));
        controller.error(new Error('socket hang up'));
      },
    });
    const headers = { 'content-type': 'application/json' };
    const request = new Request('http://localhost/things/a', {
      method: 'POST',
      body,
      duplex: 'half',
      headers,
    });
    expect((await serve(problemFace, echo).fetch(request)).status).toBe(400);
    expect(logged).toMatchObject([['request.aborted', { endpoint: 'test', status: 400 }]]);
    expect(logged[0]?.[1]).not.toHaveProperty('error');
  });
});

describe('the id of a request', () => {
  const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
  const idFor = async (sent: string) =>
    (await serve(problemFace, echo).request('/nowhere', { headers: { 'x-request-id': sent } })).headers.get(
      'x-request-id',
    );

  test.each([
    'r-1',
    'r 1" onload=',
    '%0d%0aset-cookie: a=b',
    'a\tb',
    'caf\u00e9',
    '{"a":1}',
    'x'.repeat(1024),
  ])('comes back as it was sent: %j', async (sent) => {
    expect(await idFor(sent)).toBe(sent);
  });

  test.each(['x'.repeat(1025), 'a\u0001b', '\u001b[31m', 'a\u007fb'])(
    'is one of ours where no field may hold it: %j',
    async (sent) => {
      expect(await idFor(sent)).toMatch(uuid);
    },
  );

  test.each([
    ['r-1', 'r-1'],
    ['r 1" onload=', 'r%201%22%20onload%3d'],
    ['r%201', 'r%25201'],
    ['caf\u00e9', 'caf%e9'],
    ['x'.repeat(129), expect.stringMatching(uuid)],
    ['', expect.stringMatching(uuid)],
  ])('is logged so that it can do no harm: %j', async (sent, kept) => {
    const headers = { 'x-request-id': sent };
    await serve(problemFace, echo).request('/things/a', { method: 'POST', headers });
    expect(logged).toMatchObject([['request.refused', { requestId: kept }]]);
  });
});
