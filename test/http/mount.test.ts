import { expect, test } from 'vitest';
import { z } from 'zod';
import { anyone, type Endpoint, endpoint, formBody, type Guard, jsonBody } from '../../src/base/endpoint.ts';
import { asInstant } from '../../src/base/instant.ts';
import { err, ok } from '../../src/base/result.ts';
import { createApp } from '../../src/http/app.ts';
import type { Face } from '../../src/http/face.ts';
import { oauthFace } from '../../src/http/oauth-face.ts';
import { problemFace } from '../../src/http/problem-face.ts';

const logged: string[] = [];

function serve(face: Face, ...endpoints: readonly Endpoint[]) {
  return createApp([{ endpoints, face }], {
    clock: () => asInstant(0),
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    log: (event) => logged.push(event),
  });
}

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

const post = (body: string, contentType = 'application/json') => ({
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

test('an error nobody expected says nothing from inside, and is logged', async () => {
  const broken = endpoint({
    ...common,
    method: 'get',
    path: '/broken',
    handle: async () => {
      throw new Error('password=hunter2');
    },
  });
  const response = await serve(problemFace, broken).request('/broken');
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('hunter2');
  expect(logged).toContain('request.failed');
});

test('a request id is echoed, unless it could not stand in a log line', async () => {
  const app = serve(problemFace, echo);
  const idFor = async (sent: string) =>
    (await app.request('/nowhere', { headers: { 'x-request-id': sent } })).headers.get('x-request-id');
  expect(await idFor('r-1')).toBe('r-1');
  expect(await idFor('r 1" onload=')).toMatch(/^[\da-f-]{36}$/);
});
