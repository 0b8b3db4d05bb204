/** The consent authority as this server knows it: its endpoints, our standing there, and calls that carry our PAT. */
import { err, type Result } from '../base/result.ts';
import { type AuthorityReply, type Call, callAuthority, refused } from './call-authority.ts';
import type { ClientCredentials } from './client-assertion.ts';
import { type Authority, discover } from './discover.ts';
import type { CascadeFailure } from './failure.ts';
import { type TokenSource, tokenSource } from './token-source.ts';
import { type Wiring, wire } from './wiring.ts';

/** What every other verb takes first. */
export type Upstream = {
  readonly authority: Authority;
  readonly client: ClientCredentials;
  readonly protection: TokenSource;
  readonly wiring: Wiring;
};

/**
 * Discovers the authority and prepares this server's PAT; nothing is registered or asked yet. Keep one `Upstream`
 * per authority in your configuration, keyed by issuer, and never build one from what a client sent (D1).
 *
 * @example
 * const upstream = await connect('https://consent.example.org', { clientId: 'hospital', key: { key: jwk, kid: 'k1' } });
 * if (!upstream.ok) throw new Error(upstream.failure.detail);
 */
export async function connect(
  issuer: string,
  client: ClientCredentials,
  own?: Partial<Wiring>,
): Promise<Result<Upstream, CascadeFailure>> {
  const wiring = wire(own);
  const authority = await discover(issuer, wiring);
  if (!authority.ok) return authority;
  const protection = tokenSource(authority.value, client, { wiring });
  return { ok: true, value: { authority: authority.value, client, protection, wiring } };
}

/** A protection API call (UMA Federated Authorization §1.3). A PAT that was revoked meanwhile is replaced once. */
export async function callProtected(
  upstream: Upstream,
  url: string,
  call: Call,
): Promise<Result<AuthorityReply, CascadeFailure>> {
  const first = await attempt(upstream, url, call);
  const reply = first.ok && first.value.status === 401 ? await attempt(upstream, url, call) : first;
  if (!reply.ok || reply.value.status < 400) return reply;
  return err(refused(reply.value));
}

async function attempt(
  upstream: Upstream,
  url: string,
  call: Call,
): Promise<Result<AuthorityReply, CascadeFailure>> {
  const token = await upstream.protection.token();
  if (!token.ok) return token;
  const headers = { ...call.headers, Authorization: `Bearer ${token.value}` };
  const reply = await callAuthority(upstream.wiring, url, { ...call, headers });
  if (reply.ok && reply.value.status === 401) upstream.protection.discard(token.value);
  return reply;
}
