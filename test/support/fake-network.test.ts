import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { HttpResponse, http } from 'msw';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeNetwork } from './fake-network.ts';
import { takeRefused } from './no-network.ts';

const network = fakeNetwork(
  http.get('https://keys.example/jwks', () => HttpResponse.json({ keys: [] })),
  http.get('http://192.0.2.1/', () => new HttpResponse('by address')),
);

const answerOf = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) =>
    socket.once('data', (data) => resolve(String(data))).once('error', reject),
  );

describe('a faked network', () => {
  const server = createServer((_request, response) => response.end('here'));
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('answers for the hosts it has handlers for', async () => {
    expect(await (await fetch('https://keys.example/jwks')).json()).toEqual({ keys: [] });
    expect(await (await fetch('http://192.0.2.1/')).text()).toBe('by address');
  });

  it('takes a handler for one test', async () => {
    network.use(http.get('https://once.example/', () => new HttpResponse('once')));
    expect(await (await fetch('https://once.example/')).text()).toBe('once');
  });

  it('forgets that handler afterwards and refuses what nothing answers', async () => {
    await expect(fetch('https://once.example/')).rejects.toThrow('fetch failed');
    await expect(fetch('http://192.0.2.2/')).rejects.toThrow('fetch failed');
    expect(takeRefused()).toEqual(['once.example:443', '192.0.2.2:80']);
  });

  it('lets loopback through, HTTP and bare sockets', async () => {
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n');
    expect(await answerOf(socket)).toContain('200 OK');
    socket.destroy();
  });
});
