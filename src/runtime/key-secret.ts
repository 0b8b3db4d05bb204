/** The secret that encrypts signing keys at rest: configured, or made once and kept in the data folder. */
import { chmod, link, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeBase64Url } from '../base/base64url.ts';
import type { Config } from './config.ts';
import { makeFolder } from './embedded-postgres/place.ts';

/** A configuration without a secret is one for a loopback issuer. */
export async function keySecret(config: Config): Promise<string> {
  if (config.keySecret) return config.keySecret.reveal();
  const file = keySecretFile(config);
  await makeFolder(config.dataDir);
  await makeOnce(file);
  return await kept(file);
}

/** Two processes may start at once: a link appears whole or not at all, and whoever makes it decides for both. */
async function makeOnce(file: string): Promise<void> {
  if (await stat(file).catch(() => undefined)) return;
  const draft = `${file}.${crypto.randomUUID()}`;
  await writeFile(draft, encodeBase64Url(crypto.getRandomValues(new Uint8Array(32))), { mode: 0o600 });
  try {
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
}

export const keySecretFile = ({ dataDir }: Config): string => join(dataDir, 'key-secret');

async function kept(file: string): Promise<string> {
  await closeToOthers(file);
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret.length >= 32) return secret;
  throw new Error(
    `\`${file}\` holds no secret of at least 32 characters: restore it, or set HEADWATER_KEY_SECRET`,
  );
}

/** A file that was copied or restored may have lost its mode. */
async function closeToOthers(file: string): Promise<void> {
  if (process.platform === 'win32' || !(await isOpen(file))) return;
  await chmod(file, 0o600).catch(() => undefined);
  if (await isOpen(file))
    throw new Error(`\`${file}\` can be read by other users: make it readable by its owner alone`);
}

const isOpen = async (file: string): Promise<boolean> => ((await stat(file)).mode & 0o077) !== 0;
