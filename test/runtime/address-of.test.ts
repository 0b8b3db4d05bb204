/** Who is asking: believed of our own proxies, and of nobody before them (RFC 9700 §4.13). */
import { expect, it } from 'vitest';
import { addressOf } from '../../src/runtime/address-of.ts';

const connected = { incoming: { socket: { remoteAddress: '192.0.2.1' } } };
const told = (proxies: number, forwarded?: string): string | undefined =>
  addressOf(proxies)(
    new Request('http://localhost', {
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    }),
    connected,
  );

it.each([
  ['no proxy: who is connected', 0, undefined, '192.0.2.1'],
  ['no proxy: nobody is believed', 0, '198.51.100.7', '192.0.2.1'],
  ['one proxy: whom it names', 1, '198.51.100.7', '198.51.100.7'],
  ['one proxy: not what the client made up', 1, '127.0.0.1, 198.51.100.7', '198.51.100.7'],
  ['two proxies: whom the first of them names', 2, '10.9.9.9, 198.51.100.7, 203.0.113.5', '198.51.100.7'],
  ['two proxies, one of them passed by: who is connected', 2, '198.51.100.7', '192.0.2.1'],
  ['with a port', 1, '198.51.100.7:4711', '198.51.100.7'],
  ['IPv6', 1, '2001:db8::7', '2001:db8::7'],
  ['IPv6 with a port', 1, '[2001:db8::7]:4711', '2001:db8::7'],
  ['no address', 1, 'unknown', '192.0.2.1'],
  ['nothing', 1, '', '192.0.2.1'],
])('%s', (_, proxies, forwarded, address) => expect(told(proxies, forwarded)).toBe(address));

it('a runtime that does not say who is connected leaves it open', () => {
  expect(addressOf(0)(new Request('http://localhost'), {})).toBeUndefined();
});
