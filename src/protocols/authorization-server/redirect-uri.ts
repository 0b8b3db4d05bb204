/** Where a browser may be sent with something secret in its address (RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1). */

const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
/** A domain of the app's maker, backwards, so that no scheme of the platform is meant (RFC 8252 §7.1). */
const privateUseScheme = /^[a-z][a-z\d+-]*(?:\.[a-z\d+-]+)+:$/i;

/** https anywhere, http on this very machine, or a private-use scheme; absolute, without fragment, naming nobody. */
export function isRedirectUri(text: string): boolean {
  if (!/^[\x21-\x7e]{1,2000}$/.test(text) || text.includes('#') || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  if (protocol === 'https:') return true;
  return protocol === 'http:' ? loopbackHosts.has(hostname) : privateUseScheme.test(protocol);
}
