/** What a resource server answers to whoever lacks an RPT that suffices (UMA Grant §3.2.1, §3.2.2). */
import type { Result } from '../base/result.ts';

export type Challenge = {
  readonly status: 401 | 403;
  readonly headers: Readonly<Record<string, string>>;
};

/**
 * 401 with the ticket and where to take it; without a ticket 403 and the warning that the client cannot go on. Ask for a
 * new ticket each time, also when an RPT came and did not suffice (§3.5).
 *
 * @example
 * const { status, headers } = challenge('records', issuer, await requestTicket(upstream, [wanted]));
 * return new Response(null, { status, headers });
 */
export function challenge(realm: string, issuer: string, ticket: Result<string, unknown>): Challenge {
  if (!ticket.ok)
    return { status: 403, headers: { Warning: '199 - "UMA Authorization Server Unreachable"' } };
  const parameters = { realm, as_uri: issuer, ticket: ticket.value };
  const written = Object.entries(parameters).map(([name, value]) => `${name}=${quoted(value)}`);
  return { status: 401, headers: { 'WWW-Authenticate': `UMA ${written.join(', ')}` } };
}

/** RFC 9110 §5.6.4. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
