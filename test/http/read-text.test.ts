/** Bodies over a real connection: of a declared length, in chunks, cut short, and longer than they say. */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Result } from '../../src/base/result.ts';
import { type BodyProblem, readText } from '../../src/http/read-text.ts';

const atMost = 1000;
const found: Result<string, BodyProblem>[] = [];
const server = serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: async (request) => {
    const text = await readText(request, atMost);
    found.push(text);
    return new Response(text.ok ? 'read' : text.failure, { headers: { connection: 'close' } });
  },
});
beforeAll(async () => {
  if (!server.listening) await once(server, 'listening');
});
afterAll(() => server.close());
beforeEach(() => {
  found.length = 0;
});

/** What comes back on what is written to a connection; `hangUp`: we are gone before it can. */
async function sent(text: string, hangUp = false): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const chunks: string[] = [];
  socket.setEncoding('utf8').on('data', (chunk) => chunks.push(String(chunk)));
  socket.write(`POST / HTTP/1.1\r\nhost: a\r\n${text}`);
  if (hangUp) setImmediate(() => socket.destroy());
  await once(socket, 'close');
  return chunks.join('');
}

test('a body of a declared length is read to its end, and no further', async () => {
  await sent('content-length: 4\r\n\r\nä 1 and the rest');
  expect(found).toEqual([{ ok: true, value: 'ä 1' }]);
});

test('a body in chunks is read to its end', async () => {
  expect(await sent('transfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n')).toContain('read');
  expect(found).toEqual([{ ok: true, value: 'abc' }]);
});

test.each([
  ['declared', `content-length: 1001\r\n\r\n${'x'.repeat(1001)}`],
  ['in chunks', `transfer-encoding: chunked\r\n\r\n3e9\r\n${'x'.repeat(1001)}\r\n0\r\n\r\n`],
])('a body that is too large is refused: %s', async (_, text) => {
  expect(await sent(text)).toContain('too-large');
});

test('what is no UTF-8 is not mended', async () => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n');
  socket.write(Uint8Array.of(0xff));
  await once(socket.resume(), 'close');
  expect(found).toEqual([{ ok: false, failure: 'not-utf-8' }]);
});

test.each([
  ['declared', 'content-length: 10\r\n\r\nabc'],
  ['in chunks', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'],
])('a client that hangs up is told nothing, and nothing fails: %s', async (_, text) => {
  await sent(text, true);
  await expect.poll(() => found.length).toBe(1);
  expect(found).toEqual([{ ok: false, failure: 'cut-short' }]);
});
