/** Scripts of other origins (oauth-baseline.md, Cross-cutting endpoint headers): what an app in a browser needs, and nowhere else. */
import { describe, expect, it } from 'vitest';
import { anyone, endpoint } from '../../src/base/endpoint.ts';
import { asInstant } from '../../src/base/instant.ts';
import { err, ok } from '../../src/base/result.ts';
import { createApp } from '../../src/http/app.ts';
import { oauthFace } from '../../src/http/oauth-face.ts';
import { applicationForContract, contractDocument } from '../../src/runtime/contract.ts';

const origin = 'https://app.example.org';
const corsOf = ({ headers }: Response): readonly string[] =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

const served = Object.entries(contractDocument().paths ?? {}).flatMap(([path, operations]) =>
  Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
);
/** Opened by a token that a patient's app got for itself. */
const ofPatientsApps = served.filter((route) => /^[A-Z]+ \/(fhir|user)\//.test(route));
const forScripts = [
  'GET /.well-known/oauth-authorization-server',
  'GET /.well-known/uma2-configuration',
  'GET /oauth/jwks',
  'POST /oauth/revoke',
  'POST /oauth/token',
  ...ofPatientsApps,
].sort();

describe('every endpoint', () => {
  const app = applicationForContract();
  const ask = (route: string, headers: Record<string, string>, method?: string) => {
    const [usual = '', path = ''] = route.split(' ');
    return app.request(path.replaceAll(/\{\w+\}/g, 'x'), { method: method ?? usual, headers });
  };

  it('is known here by name', () => {
    expect(served).toEqual(expect.arrayContaining(forScripts));
    const methods = new Set(ofPatientsApps.map((route) => route.split(' ')[0]));
    expect([...methods].sort()).toEqual(['DELETE', 'GET', 'PATCH', 'POST', 'PUT']);
    expect(ofPatientsApps).toContain('POST /user/requests/{id}');
  });

  it('answers scripts of other origins exactly where it is meant to', async () => {
    const answering: string[] = [];
    for (const route of served) {
      const answer = await ask(route, { origin });
      if (corsOf(answer).length > 0) answering.push(route);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
    expect(answering.sort()).toEqual(forScripts);
  });

  it('permits exactly those methods before they are tried', async () => {
    const permitted: string[] = [];
    for (const route of served) {
      const [method = ''] = route.split(' ');
      const preflight = await ask(route, { origin, 'access-control-request-method': method }, 'OPTIONS');
      const methods = preflight.headers.get('access-control-allow-methods')?.split(', ') ?? [];
      if (methods.includes(method)) permitted.push(route);
      else expect(corsOf(preflight)).toEqual([]);
    }
    expect(permitted.sort()).toEqual(forScripts);
  });

  it.each([
    '/',
    '/nothing',
    '/oauth/authorize',
    '/oauth/authorize/decision',
    '/oauth/introspect',
    '/uma/claims',
    '/uma/permission',
    '/uma/resources',
    '/uma/resources/1',
    '/decisions',
    '/decisions/explain',
    '/access/v1/evaluation',
    '/cds-services',
    '/b2b/authorization-extension',
    '/fhir/R4/Nothing',
  ])('%s has no word for scripts, whatever the method', async (path) => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'])
      expect(
        corsOf(
          await app.request(path, { method, headers: { origin, 'access-control-request-method': 'POST' } }),
        ),
      ).toEqual([]);
  });

  it.each(ofPatientsApps)('%s is opened by no cookie, and a script may read that', async (route) => {
    const answer = await ask(route, { origin, cookie: '__Host-visit=secret' });
    const isOpen = /metadata|versions/.test(route);
    expect(answer.status).toBe(isOpen ? 200 : 401);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('of the FHIR API lets a script send and read what a FHIR client does (FHIR R4 §3.1.0)', async () => {
    const wanted =
      'accept, authorization, content-type, if-match, if-none-match, if-none-exist, if-modified-since, prefer';
    for (const route of ofPatientsApps) {
      const [method = ''] = route.split(' ');
      const asked = {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': wanted,
      };
      const preflight = await ask(route, asked, 'OPTIONS');
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
      const sendable = preflight.headers.get('access-control-allow-headers')?.split(', ');
      expect(sendable).toEqual(expect.arrayContaining(wanted.split(', ')));
      const readable = (await ask(route, { origin })).headers.get('access-control-expose-headers');
      for (const name of [
        'etag',
        'location',
        'content-location',
        'last-modified',
        'x-request-id',
        'www-authenticate',
      ])
        expect(readable?.split(', ')).toContain(name);
    }
  });

  it('that is for scripts lets them ask for the headers alone', async () => {
    const answer = await app.request('/fhir/R4/metadata', { method: 'HEAD', headers: { origin } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  });
});

describe('an endpoint for scripts', () => {
  const replies = { 200: { description: 'done' } };
  const common = { summary: 'for the test', guard: anyone, replies, path: '/door', cors: 'anyone' } as const;
  const app = createApp(
    [
      {
        endpoints: [
          endpoint({ ...common, name: 'a', method: 'post', handle: async () => ok({ status: 200 }) }),
          endpoint({
            ...common,
            name: 'b',
            method: 'get',
            path: '/refused',
            handle: async () =>
              err({ kind: 'unauthenticated', code: 'invalid_client', detail: 'no' } as const),
          }),
          endpoint({
            ...common,
            name: 'c',
            method: 'get',
            path: '/broken',
            handle: () => Promise.reject(new Error('a fault')),
          }),
        ],
        face: oauthFace,
      },
    ],
    { clock: () => asInstant(0), random: (count) => new Uint8Array(count), log: () => {} },
  );
  const preflight = (headers: Record<string, string>) =>
    app.request('/door', { method: 'OPTIONS', headers: { origin, ...headers } });

  it('answers a preflight with what may be sent, for a while', async () => {
    const answer = await preflight({
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    });
    expect(answer.status).toBe(204);
    expect(
      Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('access-control-'))),
    ).toEqual({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers':
        'accept, authorization, content-type, dpop, if-match, if-modified-since, if-none-exist, if-none-match, prefer',
      'access-control-max-age': '86400',
    });
  });

  it('takes OPTIONS for a method it does not have, unless it is a preflight', async () => {
    const answer = await preflight({});
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect(corsOf(answer)).toEqual([]);
  });

  it('lets refusals and faults be read as well, with what they ask for', async () => {
    for (const [path, status] of [
      ['/refused', 401],
      ['/broken', 500],
    ] as const) {
      const answer = await app.request(path, { headers: { origin } });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, '*']);
      expect(answer.headers.get('access-control-expose-headers')).toContain('www-authenticate');
    }
  });

  it('says nothing under a method that is not for scripts', async () => {
    expect(corsOf(await app.request('/door', { method: 'PUT', headers: { origin } }))).toEqual([]);
  });
});
