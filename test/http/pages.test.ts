/** Replies and failures for a browser: pages, ways to go on, and the face in which faults are shown. */
import { expect, it } from 'vitest';
import { anyone, type Endpoint, endpoint, type Reply } from '../../src/base/endpoint.ts';
import type { Failure } from '../../src/base/failure.ts';
import { asInstant } from '../../src/base/instant.ts';
import type { Html } from '../../src/base/page.ts';
import { err, ok, type Result } from '../../src/base/result.ts';
import { createApp } from '../../src/http/app.ts';
import { oauthFace } from '../../src/http/oauth-face.ts';
import { pageFace } from '../../src/http/page-face.ts';

const answering = (path: string, answer: () => Result<Reply, Failure>): Endpoint =>
  endpoint({
    name: path,
    method: 'get',
    path,
    summary: 'for the test',
    guard: anyone,
    replies: { 200: { description: 'done' } },
    handle: async () => answer(),
  });

const broken = (): never => {
  throw new Error('inside');
};
const html = '<p>hello' as Html;
const failure: Failure = { kind: 'malformed', code: 'invalid_request', detail: '`<b>` is odd', cause: 'odd' };
const logged: unknown[] = [];

const app = createApp(
  [
    {
      face: pageFace,
      endpoints: [
        answering('/oauth/page', () =>
          ok({
            status: 200,
            page: { html, formTargets: ['https://app.example'] },
            headers: { 'set-cookie': 'a=b' },
          }),
        ),
        answering('/oauth/on', () =>
          ok({ status: 303, location: 'https://app.example/cb', headers: { 'set-cookie': 'a=b' } }),
        ),
        answering('/oauth/refused', () => err(failure)),
        answering('/oauth/back', () => err({ ...failure, location: 'https://app.example/cb?error=x' })),
        answering('/oauth/broken', broken),
        // Of no common path with the others, so that the group claims none.
        answering('/sign-out', broken),
      ],
    },
    { face: oauthFace, endpoints: [answering('/oauth/json', broken), answering('/elsewhere', broken)] },
  ],
  {
    clock: () => asInstant(0),
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    log: (event, facts) => logged.push({ event, ...facts }),
  },
);
const get = async (path: string) => {
  const response = await app.request(path);
  return { status: response.status, headers: response.headers, text: await response.text() };
};

it('a page comes with its policy and whatever the endpoint sets', async () => {
  const { status, headers, text } = await get('/oauth/page');
  expect([status, text, headers.get('set-cookie')]).toEqual([200, html, 'a=b']);
  expect(headers.get('content-security-policy')).toContain("form-action 'self' https://app.example;");
});

it('a way to go on is a 303 without a body', async () => {
  const { status, headers, text } = await get('/oauth/on');
  expect([status, text, headers.get('location'), headers.get('set-cookie')]).toEqual([
    303,
    '',
    'https://app.example/cb',
    'a=b',
  ]);
  expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
});

it('a refusal is a page in plain words', async () => {
  const { status, text } = await get('/oauth/refused');
  expect(status).toBe(400);
  expect(text).toContain('<p>“&lt;b&gt;” is odd.</p>');
});

it('a refusal that goes back somewhere is a redirect, and logged as a refusal', async () => {
  const { status, headers } = await get('/oauth/back');
  expect([status, headers.get('location')]).toEqual([303, 'https://app.example/cb?error=x']);
  expect(logged.at(-1)).toMatchObject({ event: 'request.refused', status: 303, cause: 'odd' });
});

it.each([
  ['/oauth/broken', 500, 'text/html; charset=utf-8'],
  ['/oauth/json', 500, 'application/json'],
  ['/oauth/unknown', 404, 'application/json'],
])(
  '%s is shown in the face of its own endpoint, and nothing from inside',
  async (path, status, mediaType) => {
    const { headers, text, ...shown } = await get(path);
    expect([shown.status, headers.get('content-type')]).toEqual([status, mediaType]);
    expect(text).not.toContain('inside');
  },
);
