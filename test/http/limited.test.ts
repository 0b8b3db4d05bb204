/** Rate limits as clients meet them: two instances over one database, and attackers at several addresses. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsSchema } from '../../src/access/settings.ts';
import { anyone, endpoint } from '../../src/base/endpoint.ts';
import { asInstant, plusSeconds, toEpochSeconds } from '../../src/base/instant.ts';
import { err, ok } from '../../src/base/result.ts';
import { createApp } from '../../src/http/app.ts';
import { networkOf } from '../../src/http/limited.ts';
import type { App } from '../../src/http/mount.ts';
import { problemFace } from '../../src/http/problem-face.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { assertionType } from '../../src/protocols/authorization-server/client-assertion.ts';
import { ensureSigningKey } from '../../src/protocols/authorization-server/signing-key.ts';
import { composeApp } from '../../src/runtime/compose.ts';
import { limitsOf, usualLimits } from '../../src/runtime/limits.ts';
import { clientStore } from '../../src/storage/clients.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { signingKeyStore } from '../../src/storage/signing-keys.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { aKeyPair, type KeyPair, signed } from '../support/keys.ts';

const issuer = 'https://consent.example.org';
const keySecret = 'a secret of the test, long enough to be one';
const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
const limits = limitsOf({ failures: 5, requests: 100, visits: 3 });

let fresh: TestDatabase;
let open: OpenDatabase;
let at = asInstant(0);
let keys: KeyPair;
let client: Client;

beforeEach(async () => {
  fresh = await freshDatabase();
  open = openDatabase(fresh.url, { connections: 4 });
  at = asInstant(Date.parse('2026-10-01T10:00:00Z'));
  await ensureSigningKey({ signingKeys: signingKeyStore(open.database), keySecret, random }, at);
  keys = await aKeyPair();
  client = await aClientWith(keys);
});
afterEach(async () => {
  await open.close();
  await fresh.drop();
});

async function aClientWith(pair: KeyPair): Promise<Client> {
  const described = { name: 'a client', jwks: [pair.publicJwk], grants: ['client_credentials'] };
  const registered = { ...described, id: randomUUID(), scopes: ['decision'], may: [], createdAt: at };
  const created = await clientStore(open.database, { random }).create(registered);
  if (!created.ok) throw new Error(created.failure);
  return created.value;
}

const anInstance = (allowed = limits): App =>
  composeApp({
    database: open.database,
    issuer,
    keySecret,
    settings: settingsSchema.parse({}),
    clock: () => at,
    random,
    log: () => {},
    limits: allowed,
    addressOf: ({ headers }) => headers.get('test-address') ?? undefined,
  });

const mine = '198.51.100.7';
type Attempt = {
  readonly by?: KeyPair;
  readonly as?: Client;
  readonly from?: string;
  readonly path?: string;
};

async function attempt(
  app: App,
  { by = keys, as = client, from = mine, path = '/oauth/token' }: Attempt = {},
) {
  const now = toEpochSeconds(at);
  const claims = { iss: as.id, sub: as.id, aud: issuer, iat: now, exp: now + 60, jti: randomUUID() };
  const form = { grant_type: 'client_credentials', scope: 'decision', token: 'x' };
  const assertion = { client_assertion_type: assertionType, client_assertion: await signed(by, claims) };
  return await app.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'test-address': from },
    body: new URLSearchParams({ ...form, ...assertion }),
  });
}

describe('who fails to authenticate too often', () => {
  let stranger: KeyPair;
  const guess = async (app: App, given: Attempt = {}) =>
    (await attempt(app, { by: stranger, ...given })).status;
  const guesses = async (app: App, count: number, given: Attempt = {}): Promise<readonly number[]> => {
    const statuses: number[] = [];
    for (let i = 0; i < count; i++) statuses.push(await guess(app, given));
    return statuses;
  };
  beforeEach(async () => {
    stranger = await aKeyPair();
  });

  it('is told to wait, even with the right key, until the time is over', async () => {
    const app = anInstance();
    expect(await guesses(app, 7)).toEqual([401, 401, 401, 401, 401, 429, 429]);
    const refused = await attempt(app);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(await refused.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'too many requests for now',
    });
    at = plusSeconds(at, 60);
    expect((await attempt(app)).status).toBe(200);
  });

  it('is not everybody who says a name alone: nothing is guessed by that', async () => {
    const app = anInstance();
    const named = { grant_type: 'client_credentials', scope: 'decision', client_id: client.id };
    for (let i = 0; i < 9; i++) {
      const refused = await app.request('/oauth/token', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'test-address': mine },
        body: new URLSearchParams(named),
      });
      expect(refused.status).toBe(401);
    }
    expect((await attempt(app)).status).toBe(200);
  });

  it('is counted however the name of what would prove it is spelled', async () => {
    const app = anInstance();
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) {
      const refused = await app.request('/oauth/token', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'test-address': mine },
        body: `grant_type=client_credentials&client_id=${client.id}&client%5Fsecret=guess`,
      });
      statuses.push(refused.status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it('is refused by every instance, after one more failure there', async () => {
    const [first, second] = [anInstance(), anInstance()];
    expect(await guesses(first, 6)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await guesses(second, 3)).toEqual([401, 429, 429]);
  });

  it('at one endpoint is refused at the others as well', async () => {
    const app = anInstance();
    expect(await guesses(app, 5, { path: '/oauth/revoke' })).not.toContain(429);
    expect(await guess(app)).toBe(429);
  });

  it('stops neither the client at another address nor another client at the same one', async () => {
    const app = anInstance();
    await guesses(app, 6);
    expect((await attempt(app, { from: '203.0.113.9' })).status).toBe(200);
    const others = await aKeyPair();
    expect((await attempt(app, { by: others, as: await aClientWith(others) })).status).toBe(200);
  });

  it('by guessing its secret is refused just as well, however the client is written', async () => {
    const app = anInstance();
    const encoded = client.id.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`);
    const statuses: number[] = [];
    for (const id of [client.id, encoded, client.id, encoded, encoded, client.id, encoded]) {
      const answer = await app.request('/oauth/introspect', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${btoa(`${id}:guess`)}`,
          'test-address': mine,
        },
        // Another name beside it does not count for another client.
        body: new URLSearchParams({ token: 'x', client_id: randomUUID() }),
      });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it('is counted by address too, however many clients it claims to be', async () => {
    const app = anInstance();
    const statuses: number[] = [];
    for (let i = 0; i < 52; i++) statuses.push(await guess(app, { as: { ...client, id: randomUUID() } }));
    expect(statuses.indexOf(429)).toBe(50);
    expect((await attempt(app)).status).toBe(429);
    expect((await attempt(app, { from: '203.0.113.9' })).status).toBe(200);
  });

  it('changes the address within a /64 of IPv6 in vain', async () => {
    const app = anInstance();
    for (let i = 0; i < 5; i++) await guess(app, { from: `2001:db8:1:2:${i}::1` });
    expect(await guess(app, { from: '2001:db8:1:2:ffff::1' })).toBe(429);
    expect(await guess(app, { from: '2001:db8:1:3::1' })).toBe(401);
  });

  it('leaves neither address nor client readable in the database', async () => {
    await guesses(anInstance(), 2);
    const rows = await open.database.execute('select row_to_json(rate_limit)::text as row from rate_limit');
    expect(rows).toHaveLength(2);
    for (const { row } of rows) {
      expect(String(row)).not.toContain(mine);
      expect(String(row)).not.toContain(client.id);
    }
  });

  it('at the same moment is not let through before the others are counted, at however many instances', async () => {
    const instances = [anInstance(), anInstance()];
    const crowd = instances.flatMap((app) => Array.from({ length: 25 }, () => guess(app)));
    const statuses = await Promise.all(crowd);
    // Each instance asks nobody about the first, and once more where the other holds all the room there is.
    const few = 2 * instances.length;
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(5 + few);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(45 - few);
    for (const app of instances) expect((await attempt(app)).status).toBe(429);
    at = plusSeconds(at, 60);
    for (const app of instances) expect((await attempt(app)).status).toBe(200);
  });

  it('with bearer tokens is counted by address', async () => {
    const app = anInstance();
    const ask = (token: string, from = mine) =>
      app.request('/oauth/introspect', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Bearer ${token}`,
          'test-address': from,
        },
        body: new URLSearchParams({ token: 'x' }),
      });
    const statuses: number[] = [];
    for (let i = 0; i < 52; i++) statuses.push((await ask(`guess-${i}`)).status);
    expect(statuses.indexOf(429)).toBe(50);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    const refused = await ask('guess');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await ask('guess', '203.0.113.9')).status).toBe(401);
    at = plusSeconds(at, 60);
    const crowd = await Promise.all(Array.from({ length: 80 }, (_, index) => ask(`other-${index}`)));
    expect(crowd.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(50 + 5);
  });

  it('is answered with nothing while failures cannot be counted', async () => {
    const app = anInstance();
    await open.database.execute('drop table rate_limit');
    expect(await guess(app)).toBe(500);
    expect((await attempt(app)).status).toBe(200);
  });
});

describe('who succeeds', () => {
  it('pays no round trip for being counted', async () => {
    const app = anInstance();
    await attempt(app);
    const sent: string[] = [];
    open.client.options.debug = (_connection, text) => sent.push(text);
    for (let i = 0; i < 5; i++) expect((await attempt(app)).status).toBe(200);
    expect(sent.filter((text) => text.includes('rate_limit'))).toEqual([]);
  });

  it('in a crowd of 200 is let in as well, for a few statements', async () => {
    const app = anInstance(limitsOf(usualLimits));
    const sent: string[] = [];
    open.client.options.debug = (_connection, text) => sent.push(text);
    const crowd = await Promise.all(Array.from({ length: 200 }, () => attempt(app)));
    expect(crowd.filter(({ status }) => status !== 200)).toEqual([]);
    expect(sent.filter((text) => text.includes('rate_limit')).length).toBeLessThanOrEqual(50);
    const rows = await open.database.execute('select count from rate_limit where count > 0');
    // A tenth part of what is allowed of requests may be told.
    expect(rows).toEqual([]);
  });

  it('in a crowd leaves nothing behind that would count against the next', async () => {
    const [app, other] = [anInstance(), anInstance()];
    for (let round = 0; round < 4; round++) {
      const crowd = await Promise.all(Array.from({ length: 5 }, () => attempt(app)));
      expect(crowd.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    }
    const stranger = await aKeyPair();
    for (let i = 0; i < 5; i++) expect((await attempt(other, { by: stranger })).status).toBe(401);
    expect((await attempt(other)).status).toBe(429);
  });

  it('is bounded all the same, over all instances', async () => {
    const instances = [anInstance(), anInstance()];
    const statuses: number[] = [];
    for (let i = 0; i < 65; i++) for (const app of instances) statuses.push((await attempt(app)).status);
    const admitted = statuses.filter((status) => status === 200).length;
    expect(admitted).toBeGreaterThanOrEqual(100);
    expect(admitted).toBeLessThanOrEqual(120);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('a network that is over its limit', () => {
  const isRead = async (path: string, headers: Record<string, string>, app: App) => {
    let read = false;
    const body = new ReadableStream(
      {
        pull(controller) {
          read = true;
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const init = {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'test-address': mine,
        ...headers,
      },
      body,
      duplex: 'half',
    };
    const { status } = await app.request(path, init as RequestInit);
    return { status, read };
  };

  it('is refused before anything of what it sends is read', async () => {
    const app = anInstance();
    expect(await isRead('/oauth/token', {}, app)).toEqual({ status: 400, read: true });
    for (let i = 0; i < 100; i++) await isRead('/oauth/revoke', {}, app);
    for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/introspect'])
      expect(await isRead(path, {}, app)).toEqual({ status: 429, read: false });
  });

  it('as a visitor as well', async () => {
    const app = anInstance();
    const path = '/oauth/authorize/decision';
    for (let i = 0; i < 3; i++) expect((await isRead(path, {}, app)).read).toBe(true);
    expect(await isRead(path, {}, app)).toEqual({ status: 429, read: false });
  });

  it('by failures as well, where the headers show that it tries again', async () => {
    const app = anInstance();
    const basic = (id: string) => ({ authorization: `Basic ${btoa(`${id}:guess`)}` });
    const guess = (id: string) =>
      app.request('/oauth/introspect', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'test-address': mine,
          ...basic(id),
        },
        body: 'token=x',
      });
    for (let i = 0; i < 50; i++) expect((await guess(randomUUID())).status).toBe(401);
    expect(await isRead('/oauth/token', basic(client.id), app)).toEqual({ status: 429, read: false });
    expect((await isRead('/oauth/token', {}, app)).read).toBe(true);
  });
});

describe('a visit', () => {
  const visited = () => {
    const page = endpoint({
      name: 'visit',
      method: 'get',
      path: '/visit',
      summary: 'for the test',
      guard: anyone,
      limit: 'visits',
      replies: { 200: { description: 'done' } },
      handle: async () => ok({ status: 200 }),
    });
    const counts = new Map<string, number>();
    const limiter = {
      fullUntil: () => undefined,
      surelyFullUntil: () => undefined,
      tally: async () => {},
      attempt: async () => err(at),
      count: async ([bucket]: readonly { readonly who: string }[]) => {
        const count = (counts.get(bucket?.who ?? '') ?? 0) + 1;
        counts.set(bucket?.who ?? '', count);
        return count > limits.visits.most ? plusSeconds(at, 9) : undefined;
      },
    };
    return createApp([{ endpoints: [page], face: problemFace }], {
      clock: () => at,
      random,
      log: () => {},
      limiting: { limiter, limits },
      addressOf: ({ headers }) => headers.get('test-address') ?? undefined,
    });
  };

  it('is counted before it is answered, by address', async () => {
    const app = visited();
    const visit = async (from?: string) =>
      (await app.request('/visit', { headers: from === undefined ? {} : { 'test-address': from } })).status;
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push(await visit(mine));
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect(await visit('203.0.113.9')).toBe(200);
    // What another page makes a browser fetch uses nothing up.
    const within = { 'test-address': '203.0.113.10', 'sec-fetch-mode': 'no-cors' };
    for (let i = 0; i < 5; i++) expect((await app.request('/visit', { headers: within })).status).toBe(403);
    expect(await visit('203.0.113.10')).toBe(200);
    // Whom nobody can tell from others is not counted with them.
    for (let i = 0; i < 5; i++) expect(await visit()).toBe(200);
  });
});

it.each([
  ['198.51.100.7', '198.51.100.7'],
  ['::ffff:198.51.100.7', '198.51.100.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', undefined],
  [undefined, undefined],
])('the network of %s is %s', (address, network) => expect(networkOf(address)).toBe(network));
