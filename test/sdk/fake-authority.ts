// A consent authority on loopback that says whatever a test wants it to say, and remembers what it was asked.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type ClientCredentials, connect, type Upstream, type Wiring } from '../../src/sdk/index.ts';

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
};

type Say = (response: ServerResponse, asked: Asked) => void;

export const says =
  (status: number, body: JsonObject | string): Say =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** Opens the connection and then says nothing. */
export const staysSilent: Say = () => undefined;

export const redirectsTo =
  (location: string): Say =>
  (response) => {
    response.writeHead(302, { Location: location });
    response.end();
  };

export class FakeAuthority {
  readonly asked: Asked[] = [];
  issuer = '';
  #answers = new Map<string, Say>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    this.behave();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  /** Back to an authority that agrees to everything. */
  behave(): void {
    this.asked.length = 0;
    this.#answers = new Map([
      ['/.well-known/uma2-configuration', says(200, this.metadata())],
      ['/.well-known/oauth-authorization-server', says(200, this.metadata())],
      ['/oauth/token', says(200, { access_token: 'pat-1', token_type: 'Bearer', expires_in: 3600 })],
      ['/uma/resources', says(201, { _id: 'rsrc-7f3a', user_access_policy_uri: `${this.issuer}/policy` })],
      ['/uma/permission', says(201, { ticket: 'tU1' })],
    ]);
  }

  on(path: string, say: Say): void {
    this.#answers.set(path, say);
  }

  metadata(): JsonObject {
    const { issuer } = this;
    return {
      issuer,
      token_endpoint: `${issuer}/oauth/token`,
      introspection_endpoint: `${issuer}/oauth/introspect`,
      permission_endpoint: `${issuer}/uma/permission`,
      resource_registration_endpoint: `${issuer}/uma/resources`,
      jwks_uri: `${issuer}/oauth/jwks`,
    };
  }

  to(path: string): readonly Asked[] {
    return this.asked.filter((asked) => asked.path === path);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { method = '', url = '', headers } = request;
    const asked: Asked = { method, path: url, authorization: headers.authorization, body };
    this.asked.push(asked);
    (this.#answers.get(url) ?? says(404, { error: 'not_found' }))(response, asked);
  }
}

/** One authority for a test file, on its best behaviour at the start of every test. */
export function fakeAuthority(): FakeAuthority {
  const authority = new FakeAuthority();
  beforeAll(() => authority.start());
  afterEach(() => authority.behave());
  afterAll(() => authority.stop());
  return authority;
}

const { privateKey } = await generateKeyPair('ES256', { extractable: true });
export const ourClient: ClientCredentials = {
  clientId: 'hospital',
  key: { key: await exportJWK(privateKey), kid: 'k1' },
};

/** So long that only a dead machine makes a test fail that is not about time. */
const patient: Partial<Wiring> = { timeoutSeconds: 20 };
/** Short, so that the tests of silence are short too. */
export const impatient: Partial<Wiring> = { timeoutSeconds: 0.3 };

export async function connected(authority: FakeAuthority, wiring: Partial<Wiring> = {}): Promise<Upstream> {
  const upstream = await connect(authority.issuer, ourClient, { ...patient, ...wiring });
  if (!upstream.ok) throw new Error(upstream.failure.detail);
  return upstream.value;
}

/** The same upstream, with a PAT in hand and no patience from now on. */
export async function losingPatience(upstream: Upstream): Promise<Upstream> {
  await upstream.protection.token();
  return { ...upstream, wiring: { ...upstream.wiring, ...impatient } };
}
