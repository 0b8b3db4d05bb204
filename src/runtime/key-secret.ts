/** The secret that encrypts signing keys at rest: configured, or made once and kept in the data folder. */
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeBase64Url } from '../base/base64url.ts';
import type { Config } from './config.ts';

/** A configuration without a secret is one for a loopback issuer. */
export async function keySecret(config: Config): Promise<string> {
  if (config.keySecret) return config.keySecret.reveal();
  const file = join(config.dataDir, 'key-secret');
  await mkdir(config.dataDir, { recursive: true });
  const made = encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, made, { mode: 0o600 });
  try {
    // Two processes may start at once: a link appears whole or not at all, and whoever makes it decides for both.
    await link(draft, file);
    return made;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      return await readFile(file, 'utf8');
    throw error;
  } finally {
    await unlink(draft);
  }
}
