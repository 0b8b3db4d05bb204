/** The server's own access token at the authority, by default its PAT: fetched when needed, kept until it wears out. */
import { earlier, type Instant, plusSeconds } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { callAuthority, refused, unreadable } from './call-authority.ts';
import { authenticate, type ClientCredentials } from './client-assertion.ts';
import type { Authority } from './discover.ts';
import type { CascadeFailure } from './failure.ts';
import { textOf } from './members.ts';
import { type Wiring, wire } from './wiring.ts';

export type TokenSource = {
  /** A token that will live a little longer. Callers at the same moment share one request. */
  readonly token: () => Promise<Result<string, CascadeFailure>>;
  /** Says that the authority no longer accepts this token, so that the next call fetches another. */
  readonly discard: (token: string) => void;
};

type Held = { readonly token: string; readonly until: Instant };

/** A token is replaced this long before it expires, so that none dies on its way. */
const marginSeconds = 30;
/** Kept no longer than this, whatever the authority says, so that a changed registration takes effect. */
const longestSeconds = 3600;

/**
 * Gets access tokens with `client_credentials` and private_key_jwt (RFC 6749 §4.4, RFC 7523 §2.2). With the scope
 * `uma_protection`, which is the default, the token is a PAT (UMA Federated Authorization §1.3).
 *
 * @example
 * const pat = tokenSource(authority, { clientId: 'hospital', key: { key: privateJwk, kid: 'k1' } });
 * const token = await pat.token();
 * if (token.ok) headers['Authorization'] = `Bearer ${token.value}`;
 */
export function tokenSource(
  authority: Authority,
  client: ClientCredentials,
  options: { readonly scope?: string; readonly wiring?: Partial<Wiring> } = {},
): TokenSource {
  const wiring = wire(options.wiring);
  let held: Held | undefined;
  let fetching: Promise<Result<Held, CascadeFailure>> | undefined;

  async function renew(): Promise<Result<Held, CascadeFailure>> {
    const fetched = await fetchToken(wiring, authority, client, options.scope ?? 'uma_protection');
    if (fetched.ok) held = fetched.value;
    fetching = undefined;
    return fetched;
  }

  async function token(): Promise<Result<string, CascadeFailure>> {
    if (held && wiring.clock() < held.until) return ok(held.token);
    fetching ??= renew();
    const fetched = await fetching;
    return fetched.ok ? ok(fetched.value.token) : fetched;
  }

  function discard(token: string): void {
    if (held?.token === token) held = undefined;
  }

  return { token, discard };
}

async function fetchToken(
  wiring: Wiring,
  authority: Authority,
  client: ClientCredentials,
  scope: string,
): Promise<Result<Held, CascadeFailure>> {
  const at = wiring.clock();
  const proof = await authenticate(client, authority.issuer, at);
  const reply = await callAuthority(wiring, authority.tokenEndpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, ...proof }).toString(),
  });
  if (!reply.ok) return reply;
  return reply.value.status === 200 ? readToken(reply.value.body, at) : err(refused(reply.value));
}

function readToken(body: JsonObject, at: Instant): Result<Held, CascadeFailure> {
  const token = textOf(body['access_token']);
  if (token === undefined || !/^bearer$/i.test(textOf(body['token_type']) ?? '')) {
    return err(unreadable('the token response has no bearer token'));
  }
  // RFC 6749 §5.1 leaves `expires_in` out at will; a token of unknown age is not kept.
  const seconds = typeof body['expires_in'] === 'number' ? body['expires_in'] : 0;
  const wornOut = plusSeconds(at, seconds - marginSeconds);
  return ok({ token, until: earlier(wornOut, plusSeconds(at, longestSeconds)) });
}
