/** oidc-provider, set up to do as much of the same as it does: private_key_jwt, ES256, tokens kept in memory. */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK } from 'jose';
import Provider, { type Adapter, type AdapterPayload, type Configuration } from 'oidc-provider';
import { assertionType } from '../../../src/protocols/authorization-server/client-assertion.ts';
import { aKeyPair, type KeyPair, signed } from '../../support/keys.ts';
import { type Call, form, poster } from './over-http.ts';

const audience = 'https://api.example.org';
const opaque = 'https://opaque.example.org';

export type Peer = Awaited<ReturnType<typeof startPeer>>;

export async function startPeer() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = await aKeyPair();
  const secret = randomBytes(32).toString('base64url');
  const provider = new Provider(
    issuer,
    configuration(keys, await exportJWK((await aKeyPair()).privateKey), secret),
  );
  const answer = provider.callback();
  server.on('request', (incoming, outgoing) => void answer(incoming, outgoing));
  const post = poster(issuer);
  const basic = `Basic ${Buffer.from(`api:${secret}`).toString('base64')}`;
  return {
    post,
    /** An access token that is a JWT, by client_credentials. */
    tokenCall: (): Promise<Call> => tokenCall(issuer, keys, audience),
    /** Introspection of a token that is not, by a client that has a secret: it takes less than a signature. */
    introspectionCall: async (): Promise<Call> => {
      const answered = JSON.parse(await post(await tokenCall(issuer, keys, opaque))) as {
        access_token: string;
      };
      return {
        path: '/token/introspection',
        body: form({ token: answered.access_token }),
        headers: { authorization: basic },
      };
    },
    stop: (): void => {
      post.close();
      server.close();
    },
  };
}

async function tokenCall(issuer: string, keys: KeyPair, resource: string): Promise<Call> {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: 'app', sub: 'app', aud: issuer, iat, exp: iat + 300, jti: randomUUID() };
  const body = form({
    grant_type: 'client_credentials',
    scope: 'read',
    resource,
    client_assertion_type: assertionType,
    client_assertion: await signed(keys, claims),
  });
  return { path: '/token', body };
}

const configuration = (keys: KeyPair, signing: object, secret: string): Configuration => ({
  clients: [
    {
      client_id: 'app',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'read',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [keys.publicJwk as never] },
      id_token_signed_response_alg: 'ES256',
    },
    {
      client_id: 'api',
      client_secret: secret,
      grant_types: [],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: { keys: [{ ...signing, alg: 'ES256', use: 'sig' } as never] },
  scopes: ['read'],
  adapter: InMemory,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        scope: 'read',
        audience: resource,
        accessTokenTTL: 300,
        accessTokenFormat: resource === opaque ? 'opaque' : 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});

/** Its own forgets after a thousand entries; this one keeps them all, and does nothing else. */
class InMemory implements Adapter {
  static readonly kept = new Map<string, AdapterPayload>();
  readonly #name: string;
  constructor(name: string) {
    this.#name = name;
  }
  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    InMemory.kept.set(`${this.#name}:${id}`, payload);
  }
  async find(id: string): Promise<AdapterPayload | undefined> {
    return InMemory.kept.get(`${this.#name}:${id}`);
  }
  async findByUserCode(): Promise<undefined> {}
  async findByUid(): Promise<undefined> {}
  async consume(id: string): Promise<void> {
    const held = InMemory.kept.get(`${this.#name}:${id}`);
    if (held) held.consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id: string): Promise<void> {
    InMemory.kept.delete(`${this.#name}:${id}`);
  }
  async revokeByGrantId(): Promise<void> {}
}
