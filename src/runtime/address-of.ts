/** Where a request comes from: who is connected, or whom our own proxies name. */
import { isIP } from 'node:net';
import type { HttpBindings } from '@hono/node-server';

type AddressOf = (request: Request, bindings: object) => string | undefined;

/**
 * `X-Forwarded-For` grows by one name at each proxy: of what it holds, as many are believed as there are proxies of ours, the
 * last ones; whatever stands before may have been made up (RFC 9700 §4.13).
 */
export const addressOf =
  (proxies: number): AddressOf =>
  ({ headers }, bindings) => {
    // What @hono/node-server hands along with a request.
    const connected = (bindings as Partial<HttpBindings>).incoming?.socket.remoteAddress;
    if (proxies === 0) return connected;
    const named = (headers.get('x-forwarded-for') ?? '').split(',').map((name) => addressIn(name.trim()));
    return named.at(-proxies) ?? connected;
  };

/** Some proxies add the port. */
function addressIn(name: string): string | undefined {
  const { v4, v6 } = /^(?:(?<v4>[\d.]+)(?::\d+)?|\[(?<v6>[\da-f:.]+)\](?::\d+)?)$/i.exec(name)?.groups ?? {};
  const address = v4 ?? v6 ?? name;
  return isIP(address) === 0 ? undefined : address;
}
