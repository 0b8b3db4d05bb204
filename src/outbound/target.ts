/** Whether a URL may be asked at all, before anything is looked up or connected to. */
import ipaddr from 'ipaddr.js';
import { err, ok, type Result } from '../base/result.ts';
import type { FetchProblem } from '../protocols/authorization-server/fetch-json.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

export type Target = {
  readonly url: URL;
  /** INVARIANT: asked of every address before anything is sent there. */
  readonly mayConnect: (address: string) => boolean;
};

export type TargetPolicy = {
  /** For development alone, where our own issuer is a loopback host: other services of this machine, over plain http too. */
  readonly allowLoopback: boolean;
};

const longestUrl = 2000;
const lowestPort = 1024;

export function targetOf(text: string, { allowLoopback }: TargetPolicy): Result<Target, FetchProblem> {
  if (text.length > longestUrl || !URL.canParse(text)) return err('refused-url');
  // Decimal, octal and hexadecimal addresses are the usual ones by now (WHATWG URL §3.5).
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const isLocal = allowLoopback && (host === 'localhost' || isLoopbackAddress(host));
  if (!isPlain(url) || !(url.protocol === 'https:' || (isLocal && url.protocol === 'http:')))
    return err('refused-url');
  const mayConnect = isLocal ? isLoopbackAddress : isPublicAddress;
  const isAddress = ipaddr.isValid(host);
  if (isAddress ? !mayConnect(host) : !isLocal && isLocalName(host)) return err('refused-address');
  return ok({ url, mayConnect });
}

/** No credentials to hand over, and no port where something other than a web server listens. */
const isPlain = ({ username, password, hash, port }: URL): boolean =>
  username === '' && password === '' && hash === '' && (port === '' || Number(port) >= lowestPort);

/** Names that mean something only here (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const isLocalName = (host: string): boolean =>
  !host.includes('.') || /\.(?:localhost|local|internal|home\.arpa)$/.test(host);
