/** Who a client is (oauth-baseline.md, RFC 6749 rows 8 to 12): secrets, and apps that cannot keep one. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../src/access/digest.ts';
import { checkSecret } from '../../src/protocols/authorization-server/client-secret.ts';
import { aClient, credentials, type Form, type Reply, type TestClient } from '../support/authority.ts';
import { invalidClient, refusal } from '../support/oauth-refusals.ts';
import { anApp, appSecret, aServer, basic } from '../support/oauth-story.ts';
import { authorityThroughout } from '../support/throughout.ts';

const authority = authorityThroughout();
let server: TestClient;
let app: TestClient;

beforeAll(async () => {
  server = await aServer(authority, { scopes: ['decision'] });
  app = await anApp(authority, { grants: ['client_credentials', 'refresh_token'], scopes: ['decision'] });
});

const ask = (headers: Form, form: Form = {}): Promise<Reply> =>
  authority.postForm(
    '/oauth/token',
    { grant_type: 'client_credentials', scope: 'decision', ...form },
    headers,
  );

describe('RFC 6749 §2.3.1 client_secret_basic', () => {
  it('takes credentials that were form-encoded before they were joined (row 9)', async () => {
    expect((await ask(basic(server.id, appSecret))).status).toBe(200);
    const raw = { authorization: `Basic ${btoa(`${server.id}:${appSecret}`)}` };
    expect(refusal(await ask(raw))).toEqual(invalidClient);
  });

  it('takes `basic` in any case, and a client_id beside it that says the same', async () => {
    const { authorization = '' } = basic(server.id, appSecret);
    expect((await ask({ authorization: authorization.replace('Basic', 'bASIC') })).status).toBe(200);
    expect((await ask({ authorization }, { client_id: server.id })).status).toBe(200);
    expect(refusal(await ask({ authorization }, { client_id: randomUUID() }))).toEqual(invalidClient);
  });

  it('refuses whatever is wrong alike, and says which scheme it takes (§5.2, row 10)', async () => {
    const keyed = await aClient(authority, { scopes: ['decision'] });
    const gone = await aServer(authority);
    await authority.deps.clients.disable(gone.id, authority.world.at);
    const wrong = [
      basic(server.id, 'wrong'),
      basic(server.id, ''),
      basic(server.id, sha256(appSecret)),
      basic(randomUUID(), appSecret),
      basic('nobody', appSecret),
      basic('a\u0000b', 'c\u0000d'),
      basic(keyed.id, ''),
      basic(keyed.id, '-'.repeat(43)),
      basic(app.id, ''),
      basic(gone.id, appSecret),
      { authorization: 'Basic !' },
      { authorization: `Basic ${btoa('no colon')}` },
      { authorization: `Basic ${btoa(`${server.id}:%zz`)}` },
      { authorization: 'Basic' },
      { authorization: 'Bearer x' },
      { authorization: 'Digest username="x"' },
    ];
    const replies = await Promise.all(wrong.map((headers) => ask(headers)));
    for (const reply of replies) {
      expect(refusal(reply)).toEqual(invalidClient);
      expect(reply.headers.get('www-authenticate')).toMatch(/^Basic/);
      expect(reply.headers.get('cache-control')).toBe('no-store');
    }
    expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('an unknown client is compared with a hash as well, so that it takes as long', async () => {
    // What is digested is encoded first.
    const encoded = vi.spyOn(TextEncoder.prototype, 'encode');
    const { authorization = '' } = basic(randomUUID(), 'x');
    const found = await checkSecret({ clients: { find: async () => undefined } }, authorization, undefined);
    expect(found).toEqual({ ok: false, failure: 'unknown-client' });
    expect(encoded.mock.calls).toEqual([['x']]);
    encoded.mockRestore();
  });

  it('is the only place for a secret: not the body, not the URI (row 8)', async () => {
    expect(refusal(await ask({}, { client_id: server.id, client_secret: appSecret }))).toEqual(invalidClient);
    const query = new URLSearchParams({ client_id: server.id, client_secret: appSecret });
    const form = { grant_type: 'client_credentials', scope: 'decision' };
    expect(refusal(await authority.postForm(`/oauth/token?${query}`, form))).toEqual(invalidClient);
  });
});

describe('RFC 6749 §2.3 one method at a time (row 8)', () => {
  const twice = { status: 400, error: 'invalid_request' };

  it.each([
    ['a secret in the body', async () => ({ client_secret: appSecret })],
    ['an assertion', async () => credentials(authority, await aClient(authority))],
  ] as const)('Basic beside %s is refused', async (_, more) => {
    expect(refusal(await ask(basic(server.id, appSecret), await more()))).toEqual(twice);
  });

  it('a client with a secret proves itself by nothing else, and one with keys as well', async () => {
    expect(refusal(await ask({}, { client_id: server.id }))).toEqual(invalidClient);
    const assertion = await credentials(authority, server);
    expect(refusal(await ask({}, assertion))).toEqual(invalidClient);
    const keyed = await aClient(authority, { scopes: ['decision'] });
    expect(refusal(await ask({}, { client_id: keyed.id }))).toEqual(invalidClient);
  });
});

describe('RFC 6749 §2.1 a public client', () => {
  it('gets nothing in its own name, whatever it is registered for (§4.4, row 12)', async () => {
    const reply = await ask({}, { client_id: app.id });
    expect(refusal(reply)).toEqual({ status: 400, error: 'unauthorized_client' });
  });

  it('must exist, be enabled and say its name', async () => {
    const gone = await anApp(authority);
    await authority.deps.clients.disable(gone.id, authority.world.at);
    const form = { grant_type: 'refresh_token', refresh_token: 'x' };
    for (const client_id of [gone.id, randomUUID(), 'nobody', 'a\u0000b', ''])
      expect(refusal(await ask({}, { ...form, client_id }))).toEqual(invalidClient);
    expect(refusal(await ask({}, { ...form, client_id: app.id }))).toEqual({
      status: 400,
      error: 'invalid_grant',
    });
  });

  it('introspects nothing (RFC 7662 §2.1)', async () => {
    const reply = await authority.postForm('/oauth/introspect', { token: 'x', client_id: app.id });
    expect(refusal(reply)).toEqual(invalidClient);
  });
});

describe('RFC 6749 §5.2 errors of the token endpoint (row 10)', () => {
  it.each([
    ['invalid_request', {}],
    ['invalid_request', { grant_type: 'authorization_code' }],
    ['invalid_request', { grant_type: 'refresh_token' }],
    ['unsupported_grant_type', { grant_type: 'password', username: 'ann', password: 'x' }],
    ['unauthorized_client', { grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket', ticket: 'x' }],
    ['invalid_grant', { grant_type: 'authorization_code', code: 'x' }],
    ['invalid_scope', { grant_type: 'client_credentials', scope: 'everything' }],
    ['invalid_scope', { grant_type: 'client_credentials', scope: 'offline_access' }],
    [
      'invalid_target',
      { grant_type: 'client_credentials', scope: 'decision', resource: 'https://x.example' },
    ],
  ] as const)('%s for %o', async (error, form) => {
    const reply = await authority.postForm('/oauth/token', form, basic(server.id, appSecret));
    expect(refusal(reply)).toEqual({ status: 400, error });
  });

  it('RFC 6749 §3.2 no parameter but resource may be repeated (row 2)', async () => {
    const form = 'grant_type=client_credentials&scope=decision&scope=decision';
    const { status, body } = await authority.postForm('/oauth/token', form, basic(server.id, appSecret));
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: 'invalid_request', error_description: '`scope`: must not be repeated' },
    });
  });
});
