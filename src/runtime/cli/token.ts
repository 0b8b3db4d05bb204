/** `headwater client token`: an access token for trying things out, asked for as any client would. */
import { readFile } from 'node:fs/promises';
import { discover, tokenSource } from '../../sdk/index.ts';
import { configOrExit } from '../config-or-exit.ts';
import { type Arguments, type Command, UsageError } from './command.ts';

export const tokenCommand: Command = {
  words: 'client token',
  summary: 'Ask the running service for an access token (client_credentials, private_key_jwt)',
  options: {
    client: { type: 'string', value: 'CLIENT_ID', help: 'as `client create` printed it' },
    key: { type: 'string', value: 'FILE', help: 'its private JWK, as --generate-key wrote it' },
    scope: { type: 'string', value: '"SCOPE …"', help: 'what the token shall allow' },
  },
  async run(given) {
    const client = { id: required(given, 'client'), keyFile: required(given, 'key') };
    const token = await requestToken(configOrExit().issuer, client, required(given, 'scope'));
    return { json: { access_token: token }, text: token };
  },
};

function required(given: Arguments, name: string): string {
  const value = given.text(name);
  if (value === undefined) throw new UsageError(`--${name} is required`);
  return value;
}

type KeyHolder = { readonly id: string; readonly keyFile: string };

async function requestToken(issuer: string, { id, keyFile }: KeyHolder, scope: string): Promise<string> {
  const jwk = JSON.parse(await readFile(keyFile, 'utf8'));
  const authority = await discover(issuer);
  if (!authority.ok) throw new Error(`nobody answers as ${issuer}: ${authority.failure.detail}`);
  const client = { clientId: id, key: { key: jwk, kid: jwk.kid } };
  const token = await tokenSource(authority.value, client, { scope }).token();
  if (!token.ok) throw new Error(`the token request was refused: ${token.failure.detail}`);
  return token.value;
}
