import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { serve } from '@hono/node-server';
import { expect, test } from 'vitest';
import { asInstant } from '../../src/base/instant.ts';
import { createApp } from '../../src/http/app.ts';

const app = createApp([], {
  clock: () => asInstant(0),
  random: (count) => crypto.getRandomValues(new Uint8Array(count)),
  log: () => undefined,
});

/** Byte by byte, which no client of HTTP would let us send. */
async function answeredTo(value: string): Promise<string> {
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  try {
    const lines = ['GET /nowhere HTTP/1.1', 'host: localhost', 'connection: close', `x-request-id: ${value}`];
    socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('latin1');
  } finally {
    socket.destroy();
    server.close();
  }
}

test.each(['plain', 'a "b"\t{c}; d=e', 'caf\u00e9', 'caf\u00c3\u00a9', '\u0080\u00ff'])(
  'authzen.md T6: over the wire %j comes back byte by byte',
  async (value) => {
    const answer = await answeredTo(value);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer.toLowerCase()).toContain(`\r\nx-request-id: ${value.toLowerCase()}\r\n`);
    expect(answer).toContain('nothing is served at this path');
  },
);
