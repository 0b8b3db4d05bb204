// A program that is a client of Headwater itself: the patient's app, the exchange, the privacy officer's desk, the
// registry that keeps the directory. They differ in what they are registered for, not in how they ask.

import type { JsonObject } from '../../../../src/base/json.ts';
import { discover, type TokenSource, tokenSource } from '../../../../src/sdk/index.ts';
import type { KeyPair } from './credentials.ts';
import { bearer, exchange, patience, type Seen } from './exchange-http.ts';
import { beParty } from './party.ts';

export type ClientSettings = {
  readonly issuer: string;
  readonly clientId: string;
  readonly keys: KeyPair;
  readonly scope: string;
};

export type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Relative to the issuer, or an absolute URL below it. */
  readonly url: string;
  readonly contentType?: string;
  readonly ifMatch?: string;
  readonly body?: JsonObject;
};

export type HeadwaterClient = {
  readonly open: (settings: ClientSettings) => Promise<void>;
  readonly call: (request: ApiRequest) => Promise<Seen>;
};

function headwaterClient(): HeadwaterClient {
  let issuer = '';
  let tokens: TokenSource | undefined;

  async function open({ issuer: given, clientId, keys, scope }: ClientSettings): Promise<void> {
    const authority = await discover(given, patience);
    if (!authority.ok) throw new Error(authority.failure.detail);
    const key = { key: keys.privateJwk, kid: keys.kid };
    issuer = given;
    tokens = tokenSource(authority.value, { clientId, key }, { scope, wiring: patience });
  }

  async function call({ method, url, contentType, ifMatch, body }: ApiRequest): Promise<Seen> {
    const token = await tokens?.token();
    if (!token?.ok) throw new Error(`no token: ${JSON.stringify(token?.failure)}`);
    const target = new URL(url, issuer).href;
    // A token goes to the server it is for, wherever a reference may point.
    if (!target.startsWith(`${issuer}/`)) throw new Error(`\`${target}\` is not at Headwater`);
    return await exchange(target, {
      method,
      headers: {
        ...bearer(token.value),
        Accept: 'application/fhir+json, application/json',
        ...(body === undefined ? {} : { 'Content-Type': contentType ?? 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  return { open, call };
}

await beParty(headwaterClient);
