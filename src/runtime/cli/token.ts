/** `headwater client token`: an access token for trying things out, asked for as any client would. */
import { readFile } from 'node:fs/promises';
import { importJWK, SignJWT } from 'jose';
import { randomId } from '../../base/ids.ts';
import { assertionType } from '../../protocols/authorization-server/authenticate-client.ts';
import { grantTypes } from '../../protocols/authorization-server/grants.ts';
import { configOrExit } from '../config-or-exit.ts';
import { type Arguments, type Command, UsageError } from './command.ts';

const assertionSeconds = 60;

export const tokenCommand: Command = {
  words: 'client token',
  summary: 'Ask the running service for an access token (client_credentials, private_key_jwt)',
  options: {
    client: { type: 'string', value: 'CLIENT_ID', help: 'as `client create` printed it' },
    key: { type: 'string', value: 'FILE', help: 'its private JWK, as --generate-key wrote it' },
    scope: { type: 'string', value: '"SCOPE …"', help: 'what the token shall allow' },
  },
  async run(given) {
    const { issuer } = configOrExit();
    const assertion = await signAssertion(required(given, 'client'), required(given, 'key'), issuer);
    const answer = await requestToken(issuer, required(given, 'scope'), assertion);
    return { json: answer, text: answer.access_token };
  },
};

function required(given: Arguments, name: string): string {
  const value = given.text(name);
  if (value === undefined) throw new UsageError(`--${name} is required`);
  return value;
}

async function signAssertion(clientId: string, keyFile: string, issuer: string): Promise<string> {
  const jwk = JSON.parse(await readFile(keyFile, 'utf8'));
  const header = {
    alg: jwk.alg ?? 'ES256',
    ...(jwk.kid ? { kid: jwk.kid } : {}),
    typ: 'client-authentication+jwt',
  };
  return await new SignJWT()
    .setProtectedHeader(header)
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setIssuedAt()
    .setExpirationTime(`${assertionSeconds}s`)
    .setJti(randomId((count) => crypto.getRandomValues(new Uint8Array(count))))
    .sign(await importJWK(jwk));
}

async function requestToken(issuer: string, scope: string, assertion: string) {
  const endpoint = `${issuer}/oauth/token`;
  const response = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: grantTypes.clientCredentials,
      scope,
      client_assertion_type: assertionType,
      client_assertion: assertion,
    }),
  }).catch((cause: unknown) => {
    throw new Error(`nobody answers at ${endpoint}`, { cause });
  });
  const body: unknown = await response.json();
  if (response.ok && isTokenResponse(body)) return body;
  throw new Error(`the token request was refused: ${JSON.stringify(body)}`);
}

const isTokenResponse = (body: unknown): body is { readonly access_token: string } =>
  typeof body === 'object' &&
  body !== null &&
  'access_token' in body &&
  typeof body.access_token === 'string';
