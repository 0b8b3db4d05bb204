import { lookup } from 'node:dns/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeRefused } from './no-network.ts';

// Addresses of RFC 5737 and names of RFC 2606: nobody answers there, should the guard ever fail.
const OUTSIDE = '192.0.2.1';

const failureOf = (socket: ReturnType<typeof connect>): Promise<string> =>
  new Promise((resolve) => socket.once('error', (error) => resolve(error.message)));

describe('a test that calls out', () => {
  it('is refused by name and by address, and the call is remembered', async () => {
    await expect(fetch('https://upstream.example/token')).rejects.toThrow('fetch failed');
    await expect(fetch(`http://${OUTSIDE}/`)).rejects.toThrow('fetch failed');
    expect(takeRefused()).toEqual(['upstream.example:443', `${OUTSIDE}:80`]);
  });

  it('is refused on a bare socket, with and without TLS', async () => {
    expect(await failureOf(connect(25, 'mail.example'))).toContain('mail.example:25');
    expect(await failureOf(connect({ port: 5432, host: '2001:db8::1' }))).toContain('2001:db8::1:5432');
    expect(await failureOf(connectTls(443, OUTSIDE))).toContain(`${OUTSIDE}:443`);
    expect(takeRefused()).toHaveLength(3);
  });

  it('is refused when it only looks a name up', async () => {
    await expect(lookup('upstream.example')).rejects.toThrow('may not reach');
    expect(takeRefused()).toEqual(['name upstream.example']);
  });
});

describe('a test that stays here', () => {
  const server = createServer((_request, response) => response.end('here'));
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('reaches loopback by address and by name', async () => {
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
    expect((await lookup('localhost')).address).toMatch(/^(127\.|::1)/);
    expect(takeRefused()).toEqual([]);
  });
});
