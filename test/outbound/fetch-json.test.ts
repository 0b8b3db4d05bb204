/** Fetching from servers that mean no good: real ones on loopback, and names that a test resolves. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createFetchJson } from '../../src/outbound/fetch-json.ts';
import { getByFetch } from '../../src/outbound/get-by-fetch.ts';
import { getPinned, type Resolve } from '../../src/outbound/get-pinned.ts';
import { takeRefused } from '../support/no-network.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
}

const json = (response: ServerResponse, headers: Record<string, string> = {}): ServerResponse =>
  response.writeHead(200, { 'content-type': 'application/json', ...headers });

const ways = [
  ['on Node', getPinned()],
  ['by fetch alone', getByFetch],
] as const;

describe.each(ways)('%s', (_, get) => {
  const fetchJson = createFetchJson({ get, allowLoopback: true });

  it('a document is read, with the age it may reach', async () => {
    const url = await serving((_request, response) =>
      json(response, { 'cache-control': 'public, max-age=120' }).end('{"keys":[]}'),
    );
    expect(await fetchJson(url)).toEqual({ ok: true, value: { json: { keys: [] }, maxAgeSeconds: 120 } });
  });

  it.each([
    ['no-store', 0],
    ['private, no-cache, max-age=60', 0],
    ['MAX-AGE="60"', 60],
    ['s-maxage=60', undefined],
    ['max-age=soon', undefined],
    ['max-age=99999999999', undefined],
  ])('Cache-Control: %s means %s', async (control, maxAgeSeconds) => {
    const url = await serving((_request, response) => json(response, { 'cache-control': control }).end('1'));
    expect(await fetchJson(url)).toEqual({ ok: true, value: { json: 1, maxAgeSeconds } });
  });

  it.each([301, 302, 303, 307, 308])('a redirect (%s) into private space is not followed', async (status) => {
    let visited = false;
    const inside = await serving((_request, response) => {
      visited = true;
      json(response).end('{}');
    });
    const url = await serving((_request, response) =>
      response.writeHead(status, { location: inside, 'content-type': 'application/json' }).end('{}'),
    );
    expect(await fetchJson(url)).toEqual({ ok: false, failure: 'refused-status' });
    expect(visited).toBe(false);
  });

  it.each([204, 206, 400, 404, 500])('an answer %s is none', async (status) => {
    const url = await serving((_request, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(status === 204 ? '' : '{}'),
    );
    expect(await fetchJson(url)).toEqual({ ok: false, failure: 'refused-status' });
  });

  it.each(['text/html', 'text/plain', 'application/octet-stream', 'application/jsonp'])(
    'what is %s is not read',
    async (type) => {
      const url = await serving((_request, response) => json(response, { 'content-type': type }).end('{}'));
      expect(await fetchJson(url)).toEqual({ ok: false, failure: 'wrong-type' });
    },
  );

  it.each([
    ['text', 'keys'],
    ['nothing', ''],
    ['half of it', '{"keys":['],
    ['what is no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['nesting without end', '['.repeat(30_000)],
    ['a prototype', '{"__proto__":{"keys":[]}}'],
  ])('%s is no JSON', async (_what, body) => {
    const url = await serving((_request, response) => json(response).end(body));
    expect(await fetchJson(url)).toEqual({ ok: false, failure: 'not-json' });
  });

  it('an endless body is left as soon as it is too large', async () => {
    const left = Promise.withResolvers<void>();
    const url = await serving((_request, response) => {
      json(response);
      response.on('close', left.resolve);
      const chunk = Buffer.alloc(16 * 1024, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    expect(await fetchJson(url)).toEqual({ ok: false, failure: 'too-large' });
    await left.promise;
  });

  it('a body of exactly 64 KiB is read, one of a byte more is not', async () => {
    const body = (length: number): string => `"${'a'.repeat(length - 2)}"`;
    const url = await serving((request, response) =>
      json(response).end(body(Number(request.url?.split('?')[1]))),
    );
    expect((await fetchJson(`${url}?${64 * 1024}`)).ok).toBe(true);
    expect(await fetchJson(`${url}?${64 * 1024 + 1}`)).toEqual({ ok: false, failure: 'too-large' });
  });

  it('whoever sends drop by drop is left when time is up', async () => {
    const [reached, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const patience = new AbortController();
    const url = await serving((_request, response) => {
      response.on('close', left.resolve);
      json(response).write('{');
      reached.resolve();
    });
    const answer = createFetchJson({ get, allowLoopback: true, deadline: () => patience.signal })(url);
    await reached.promise;
    patience.abort();
    expect(await answer).toEqual({ ok: false, failure: 'timed-out' });
    await left.promise;
  });

  it('so is whoever does not answer at all', async () => {
    const patience = new AbortController();
    const url = await serving(() => patience.abort());
    const answer = createFetchJson({ get, allowLoopback: true, deadline: () => patience.signal })(url);
    expect(await answer).toEqual({ ok: false, failure: 'timed-out' });
  });

  it('a connection that breaks is no answer', async () => {
    const url = await serving((_request, response) => {
      json(response, { 'content-length': '100' }).write('{"keys":[]}');
      response.socket?.end();
    });
    expect(await fetchJson(url)).toEqual({ ok: false, failure: 'unreachable' });
  });
});

it('what unpacks to more than it is stays packed on Node, and is counted unpacked elsewhere', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, ' '));
  expect(bomb.length).toBeLessThan(64 * 1024);
  const url = await serving((_request, response) => json(response, { 'content-encoding': 'gzip' }).end(bomb));
  const fetchWith = (get: typeof getByFetch) => createFetchJson({ get, allowLoopback: true })(url);
  expect(await fetchWith(getPinned())).toEqual({ ok: false, failure: 'wrong-type' });
  expect(await fetchWith(getByFetch)).toEqual({ ok: false, failure: 'too-large' });
});

describe('a name that is looked up', () => {
  const resolving = (...answers: readonly (readonly string[])[]) => {
    const asked: string[] = [];
    const resolve: Resolve = async (host) => {
      asked.push(host);
      return answers[Math.min(asked.length, answers.length) - 1] ?? [];
    };
    return { asked, fetchJson: createFetchJson({ get: getPinned(resolve), allowLoopback: false }) };
  };

  it.each([
    ['loopback', ['127.0.0.1']],
    ['this network', ['10.0.0.7']],
    ['the metadata of a cloud', ['169.254.169.254']],
    ['loopback inside IPv6', ['::ffff:127.0.0.1']],
    ['a public and a private address', ['93.184.216.34', '192.168.1.1']],
    ['nowhere', []],
    ['what is no address', ['keys.example.org']],
  ])('and leads to %s is not connected to', async (_, addresses) => {
    const { fetchJson } = resolving(addresses);
    expect(await fetchJson('https://keys.example.org/jwks')).toEqual({
      ok: false,
      failure: 'refused-address',
    });
  });

  it('is looked up once for a connection, so that a second answer into private space changes nothing', async () => {
    const { asked, fetchJson } = resolving(['93.184.216.34'], ['127.0.0.1']);
    // The first answer is what is connected to; no test gets as far as that.
    expect(await fetchJson('https://keys.example.org:8443/jwks')).toEqual({
      ok: false,
      failure: 'unreachable',
    });
    expect(asked).toEqual(['keys.example.org']);
    expect(takeRefused()).toEqual(['keys.example.org:8443']);
    // The next connection looks it up anew, and checks anew.
    expect(await fetchJson('https://keys.example.org:8443/jwks')).toEqual({
      ok: false,
      failure: 'refused-address',
    });
  });

  it('is connected to where it led, and by no other look-up', async () => {
    const url = new URL(await serving((_request, response) => json(response).end('{}')));
    url.hostname = 'localhost';
    const asked: string[] = [];
    const get = getPinned(async (host) => {
      asked.push(host);
      return ['127.0.0.1'];
    });
    expect((await createFetchJson({ get, allowLoopback: true })(url.href)).ok).toBe(true);
    expect(asked).toEqual(['localhost']);
  });

  it('and that nobody answers for is unreachable', async () => {
    const get = getPinned(() => Promise.reject(new Error('ENOTFOUND')));
    const fetchJson = createFetchJson({ get, allowLoopback: false });
    expect(await fetchJson('https://keys.example.org/jwks')).toEqual({ ok: false, failure: 'unreachable' });
  });

  it('and takes too long to be found is left', async () => {
    const patience = new AbortController();
    const get = getPinned(() => {
      patience.abort();
      return new Promise(() => {});
    });
    const fetchJson = createFetchJson({ get, allowLoopback: false, deadline: () => patience.signal });
    expect(await fetchJson('https://keys.example.org/jwks')).toEqual({ ok: false, failure: 'timed-out' });
  });
});
