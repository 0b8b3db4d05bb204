/** Finding out where a trusted authority keeps its endpoints (RFC 8414 §3, UMA Federated Authorization §2). */
import type { JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { callAuthority, refused, unreadable } from './call-authority.ts';
import type { CascadeFailure } from './failure.ts';
import { textOf } from './members.ts';
import { type Wiring, wire } from './wiring.ts';

/** An authority as its own metadata describes it. Every URL is absolute and https, or loopback. */
export type Authority = {
  /** Exactly as configured: the `iss` and the `as_uri` of everything that comes from it. */
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly introspectionEndpoint: string;
  readonly permissionEndpoint: string;
  readonly resourceRegistrationEndpoint: string;
  readonly jwksUri: string;
};

/**
 * Reads both metadata documents of `issuer`, which comes from your configuration and never from a client (D1).
 *
 * Fails with `untrusted-issuer` when either document names another issuer, when the two disagree, or when an
 * endpoint is neither https nor loopback; with `authority-…` when there is no usable answer.
 *
 * @example
 * const authority = await discover('https://consent.example.org');
 * if (!authority.ok) throw new Error(`no cascade without its authority: ${authority.failure.detail}`);
 * authority.value.tokenEndpoint; // 'https://consent.example.org/oauth/token'
 */
export async function discover(
  issuer: string,
  own?: Partial<Wiring>,
): Promise<Result<Authority, CascadeFailure>> {
  if (!isTrustworthyUrl(issuer)) return untrusted('the issuer is neither https nor loopback');
  const documents = [umaDocumentOf(issuer), oauthDocumentOf(issuer)];
  const [uma, oauth] = await Promise.all(documents.map((url) => readMetadata(wire(own), url, issuer)));
  if (!uma?.ok) return uma ?? untrusted('no metadata');
  if (!oauth?.ok) return oauth ?? untrusted('no metadata');
  const authority = authorityFrom(issuer, uma.value);
  if (!authority.ok) return authority;
  return disagreement(uma.value, oauth.value) ?? authority;
}

// UMA appends to the issuer (Federated Authorization §2); RFC 8414 §3.1 inserts before its path.
const umaDocumentOf = (issuer: string): string =>
  `${issuer.replace(/\/$/, '')}/.well-known/uma2-configuration`;

function oauthDocumentOf(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`;
}

async function readMetadata(
  wiring: Wiring,
  url: string,
  issuer: string,
): Promise<Result<JsonObject, CascadeFailure>> {
  const reply = await callAuthority(wiring, url, { method: 'GET' });
  if (!reply.ok) return reply;
  if (reply.value.status !== 200) return err(refused(reply.value));
  // RFC 8414 §3.3: compared as strings, without normalisation; otherwise the document must not be used.
  if (reply.value.body['issuer'] !== issuer) return untrusted('the metadata names another issuer');
  return ok(reply.value.body);
}

const endpoints = {
  tokenEndpoint: 'token_endpoint',
  introspectionEndpoint: 'introspection_endpoint',
  permissionEndpoint: 'permission_endpoint',
  resourceRegistrationEndpoint: 'resource_registration_endpoint',
  jwksUri: 'jwks_uri',
} as const;

function authorityFrom(issuer: string, metadata: JsonObject): Result<Authority, CascadeFailure> {
  const members = Object.values(endpoints);
  const missing = members.find((member) => textOf(metadata[member]) === undefined);
  if (missing !== undefined) return err(unreadable(`the metadata lacks \`${missing}\``));
  const insecure = members.find((member) => !isTrustworthyUrl(textOf(metadata[member]) ?? ''));
  if (insecure !== undefined) return untrusted(`\`${insecure}\` is neither https nor loopback`);
  const url = (name: keyof typeof endpoints): string => textOf(metadata[endpoints[name]]) ?? '';
  return ok({
    issuer,
    tokenEndpoint: url('tokenEndpoint'),
    introspectionEndpoint: url('introspectionEndpoint'),
    permissionEndpoint: url('permissionEndpoint'),
    resourceRegistrationEndpoint: url('resourceRegistrationEndpoint'),
    jwksUri: url('jwksUri'),
  });
}

/** The OAuth document knows nothing of UMA, but where both speak they must say the same. */
function disagreement(uma: JsonObject, oauth: JsonObject): Result<never, CascadeFailure> | undefined {
  const disputed = Object.values(endpoints).find(
    (member) => oauth[member] !== undefined && oauth[member] !== uma[member],
  );
  return disputed && untrusted(`the two metadata documents disagree about \`${disputed}\``);
}

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

function isTrustworthyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, hash, search, username } = new URL(text);
  const isSecure = protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));
  return isSecure && hash === '' && search === '' && username === '';
}

const untrusted = (detail: string): Result<never, CascadeFailure> =>
  err({ reason: 'untrusted-issuer', detail });
