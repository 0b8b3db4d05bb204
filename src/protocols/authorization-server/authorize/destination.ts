/** Where codes may be sent: whether a client registered it, and how a browser and a person are told of it. */
import { isLoopbackHost } from '../browser/loopback.ts';

/** Letter by letter; of an app on the same machine the port alone is free (RFC 9700 §2.1, RFC 8252 §7.3). */
export function isRegisteredRedirect(registered: readonly string[], asked: string): boolean {
  if (registered.includes(asked)) return true;
  const rest = withoutPort(asked);
  return rest !== undefined && registered.some((uri) => withoutPort(uri) === rest);
}

/** An address and no name, since names can be made to lead elsewhere. */
const loopbackAddress = /^(?<origin>http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(?<rest>[/?].*)?$/;

function withoutPort(uri: string): string | undefined {
  const { origin, rest = '' } = (URL.canParse(uri) && loopbackAddress.exec(uri)?.groups) || {};
  return origin === undefined ? undefined : `${origin}${rest}`;
}

/**
 * As a source of a policy (CSP 3 §2.3.1). The grammar has no room for IPv6, nor do browsers match other addresses than
 * 127.0.0.1: those, and schemes of apps, are named by their scheme.
 */
export function formTargetOf(uri: string): string {
  const { protocol, hostname, origin } = new URL(uri);
  const isNameable = /^[a-z\d-]+(?:\.[a-z\d-]+)*$/.test(hostname) && !isOtherAddress(hostname);
  return /^https?:$/.test(protocol) && isNameable ? origin : protocol;
}

const isOtherAddress = (hostname: string): boolean =>
  /^\d+(?:\.\d+){3}$/.test(hostname) && hostname !== '127.0.0.1';

/** To a person: the host, in the letters that tell apart what looks alike, or that it stays on the device. */
export function describeDestination(uri: string): string {
  const { protocol, host, hostname } = new URL(uri);
  if (!/^https?:$/.test(protocol)) return `an app on this device (${protocol.slice(0, -1)})`;
  return isLoopbackHost(hostname) ? `an app on this computer (${host})` : host;
}
