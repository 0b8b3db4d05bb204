/** Keys in files: reading the public ones of others, writing a private one for a client that has none. */
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { parseJson } from '../../base/json.ts';
import type { PublicJwk } from '../../protocols/authorization-server/client.ts';
import { readKeySet } from '../../protocols/authorization-server/read-key-set.ts';
import { UsageError } from './command.ts';

export async function keysIn(file: string): Promise<readonly PublicJwk[]> {
  const json = parseJson(await textOf(file));
  const keys = json.ok ? await readKeySet(json.value) : undefined;
  if (keys?.ok) return keys.value;
  const reason = keys?.failure.reason ?? 'not-a-key-set';
  throw new UsageError(`\`${file}\` ${complaints[reason]}`);
}

const complaints = {
  'not-a-key-set': 'holds no JWK Set and no JWK',
  'private-key': 'holds a private key; hand in the public part',
  'unusable-key':
    'holds a key that cannot be used: expected P-256, P-384, Ed25519, or RSA of at least 2048 bits',
} as const;

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`\`${file}\` cannot be read`, { cause: error });
  }
}

/** The private JWK, for its owner's eyes alone; never over a file that is there already. */
export async function generateKeyFile(file: string): Promise<PublicJwk> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const bare = await exportJWK(pair.publicKey);
  const names = { kid: await calculateJwkThumbprint(bare), alg: 'ES256', use: 'sig' };
  const text = JSON.stringify({ ...(await exportJWK(pair.privateKey)), ...names }, undefined, 2);
  try {
    await writeFile(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new UsageError(`\`${file}\` exists already or cannot be written`, { cause: error });
  }
  return { ...bare, ...names };
}

export const discardKeyFile = (file: string): Promise<void> => unlink(file);
