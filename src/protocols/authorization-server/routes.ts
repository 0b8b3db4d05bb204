/** The OAuth endpoints: token, introspection, revocation, key set, discovery. */
import type { Caller, RequireScope } from '../../access/caller.ts';
import {
  anyone,
  type Endpoint,
  endpoint,
  formBody,
  type Guard,
  type Reply,
  unchanged,
} from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import type { Instant } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { answerTokenRequest, type TokenEndpointDeps } from './answer-token-request.ts';
import { authenticateClient, authenticateConfidentialClient } from './authenticate-client.ts';
import { isBasic } from './client-secret.ts';
import { noCredentials } from './failures.ts';
import { type IntrospectionDeps, type Introspector, introspectToken } from './introspect-token.ts';
import { protectionScope } from './issue-access.ts';
import type { KeyRing } from './key-ring.ts';
import type { Discovery } from './metadata.ts';
import { type RevokeToken, revokeToken } from './revoke-token.ts';
import { keySetMaxAgeSeconds } from './signing-key.ts';
import * as wire from './wire.ts';

export type AuthorizationServerDeps = TokenEndpointDeps &
  IntrospectionDeps & {
    readonly revoke: readonly RevokeToken[];
    readonly keys: KeyRing;
    readonly requireScope: RequireScope;
    readonly discovery: Discovery;
  };

export const authorizationServerEndpoints = (deps: AuthorizationServerDeps): readonly Endpoint[] => [
  token(deps),
  introspect(deps),
  revoke(deps),
  jwks(deps),
  ...pathSuffixes(deps.discovery.issuer).map((suffix) => discover(deps, suffix)),
];

const token = (deps: AuthorizationServerDeps): Endpoint =>
  endpoint({
    name: 'issueToken',
    method: 'post',
    path: '/oauth/token',
    summary: 'Exchange a grant for an access token',
    limit: 'attempts',
    cors: 'anyone',
    guard: anyone,
    body: wire.tokenBody,
    replies: { 200: { description: 'an access token', schema: wire.tokenResponse } },
    async handle({ body, headers, at, requestId }) {
      const answer = await answerTokenRequest(deps, { ...body, headers, at, requestId });
      return answer.ok ? ok(unstored(answer.value)) : answer;
    },
  });

const introspect = (deps: AuthorizationServerDeps): Endpoint =>
  endpoint({
    name: 'introspectToken',
    method: 'post',
    path: '/oauth/introspect',
    summary: 'Ask whether a token still holds, and for what',
    limit: 'attempts',
    guard: protectionTokenOrNone(deps),
    body: formBody(wire.introspectionRequest),
    replies: { 200: { description: 'what the token permits now', schema: wire.introspectionResponse } },
    async handle({ body, headers, caller: bearer, at, requestId }) {
      const caller = bearer ? ok(bearer) : await introspectorOf(deps, body, headers, at);
      if (!caller.ok) return caller;
      const call = { caller: caller.value, at, requestId };
      return ok(unstored(await introspectToken(deps, body.token, call)));
    },
  });

/** A resource server shows its PAT, or proves which client it is, which takes the body to see (RFC 7662 §2.1). */
function protectionTokenOrNone({ requireScope }: AuthorizationServerDeps): Guard<Caller | undefined> {
  const { security, admit } = requireScope(protectionScope);
  return {
    ...(security ? { security } : {}),
    async admit(headers, at, target) {
      const authorization = headers.get('authorization');
      return authorization === null || isBasic(authorization)
        ? ok(undefined)
        : await admit(headers, at, target);
    },
  };
}

async function introspectorOf(
  deps: AuthorizationServerDeps,
  credentials: wire.ClientCredentials,
  headers: Headers,
  at: Instant,
): Promise<Result<Introspector, Failure>> {
  const { client_id, client_assertion, client_secret } = credentials;
  const isTried = [client_id, client_assertion, client_secret].some((each) => each !== undefined);
  if (!isTried && !headers.has('authorization')) return err(noCredentials);
  const client = await authenticateConfidentialClient(deps, credentials, headers, at);
  return client.ok ? ok({ ...client.value, clientId: client.value.id }) : client;
}

const revoke = (deps: AuthorizationServerDeps): Endpoint =>
  endpoint({
    name: 'revokeToken',
    method: 'post',
    path: '/oauth/revoke',
    summary: 'Take back a token',
    limit: 'attempts',
    cors: 'anyone',
    guard: anyone,
    body: formBody(wire.revocationRequest),
    replies: { 200: { description: 'the token does not hold any more, whether or not it ever did' } },
    async handle({ body, headers, at }) {
      const client = await authenticateClient(deps, body, headers, at);
      if (!client.ok) return client;
      await revokeToken(deps.revoke, client.value, body.token, at);
      return ok(unstored(undefined));
    },
  });

const jwks = ({ keys }: AuthorizationServerDeps): Endpoint =>
  endpoint({
    name: 'readKeySet',
    method: 'get',
    path: '/oauth/jwks',
    summary: 'The public keys that sign our tokens',
    cors: 'anyone',
    revalidated: true,
    guard: anyone,
    replies: { 200: { description: 'a JWK Set', schema: wire.keySet }, 304: unchanged },
    async handle({ at }) {
      const published = await keys.published(at);
      return ok(cached({ keys: published.map((key) => key as JsonObject) }, 'application/jwk-set+json'));
    },
  });

const discover = ({ discovery }: AuthorizationServerDeps, suffix: string): Endpoint =>
  endpoint({
    name: suffix === '' ? 'readAuthorizationServerMetadata' : 'readAuthorizationServerMetadataByPath',
    method: 'get',
    path: `/.well-known/oauth-authorization-server${suffix}`,
    summary: 'Authorization server metadata (RFC 8414)',
    cors: 'anyone',
    revalidated: true,
    guard: anyone,
    replies: { 200: { description: 'the metadata', schema: wire.discoveryDocument }, 304: unchanged },
    handle: async () => ok(cached(discovery, 'application/json')),
  });

/**
 * RFC 8414 §3.1: the path of an issuer that has one follows the well-known part. Whoever serves us below such a path
 * takes it off; then the other form is found as well.
 */
const pathSuffixes = (issuer: string): readonly string[] => [
  ...new Set(['', new URL(issuer).pathname.replace(/\/$/, '')]),
];

/** RFC 6749 §5.1. */
const unstored = (body: JsonObject | undefined): Reply => ({
  status: 200,
  ...(body === undefined ? {} : { body }),
  headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
});

const cached = (body: JsonObject, mediaType: string): Reply => ({
  status: 200,
  body,
  headers: { 'cache-control': `public, max-age=${keySetMaxAgeSeconds}`, 'content-type': mediaType },
});
