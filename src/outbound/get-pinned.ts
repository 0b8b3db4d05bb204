/** One request on Node, to an address that was checked: the name is looked up once, and what it led to is connected to. */
import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { err, ok } from '../base/result.ts';
import { type Answer, accepted, type Get } from './get.ts';
import type { Target } from './target.ts';

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const asTheSystemDoes: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

export const getPinned =
  (resolve: Resolve = asTheSystemDoes): Get =>
  async (target, signal) => {
    try {
      const message = await send(target, signal, resolve);
      // Never asked for, so never decoded: what unpacks to gigabytes stays packed.
      if ((message.headers['content-encoding'] ?? 'identity') === 'identity') return ok(answerFrom(message));
      message.destroy();
      return err('wrong-type');
    } catch (error) {
      if (error instanceof RefusedAddress) return err('refused-address');
      throw error;
    }
  };

class RefusedAddress extends Error {}

function send({ url, mayConnect }: Target, signal: AbortSignal, resolve: Resolve): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestSecure : requestPlain;
  const headers = { accept: accepted.join(', '), 'accept-encoding': 'identity' };
  return new Promise((resolved, rejected) => {
    // No agent: a connection kept from an earlier request was checked for that one.
    request(url, { agent: false, signal, headers, lookup: checkedLookup(resolve, mayConnect) })
      .on('response', resolved)
      .on('error', rejected)
      .end();
  });
}

/** INVARIANT: the one look-up of a connection, so that no second answer (DNS rebinding) is ever asked for. */
const checkedLookup =
  (resolve: Resolve, mayConnect: Target['mayConnect']): LookupFunction =>
  (host, { all }, done) => {
    const answer = (addresses: readonly string[]): void => {
      const [first] = addresses;
      if (first === undefined || !addresses.every(mayConnect)) done(new RefusedAddress(), '');
      else if (all) done(null, addresses.map(withFamily));
      else done(null, first, isIP(first));
    };
    resolve(host).then(answer, (error: unknown) => done(error as NodeJS.ErrnoException, ''));
  };

const withFamily = (address: string) => ({ address, family: isIP(address) });

const answerFrom = (message: IncomingMessage): Answer => ({
  status: message.statusCode ?? 0,
  header: (name) => [message.headers[name]].flat()[0],
  body: message,
  close: () => void message.destroy(),
});
