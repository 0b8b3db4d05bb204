import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../src/runtime/config.ts';
import { keySecret } from '../../src/runtime/key-secret.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-secret-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function secretIn(dataDir: string): Promise<string> {
  const config = readConfig({ HEADWATER_DATA_DIR: dataDir }, { required: [], readSettings: (text) => text });
  if (!config.ok) throw new Error('a data folder alone is a configuration');
  return keySecret(config.value);
}

test('is made once, for its owner alone, whoever asks at the same moment', async () => {
  const dataDir = join(folder, 'data');
  const secrets = await Promise.all([secretIn(dataDir), secretIn(dataDir)]);
  expect(await secretIn(dataDir)).toBe(secrets[0]);
  expect(secrets[1]).toBe(secrets[0]);
  expect(secrets[0]).toHaveLength(43);
  expect((await stat(join(dataDir, 'key-secret'))).mode & 0o777).toBe(0o600);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
});

test.each(['', 'too short', '\n'.repeat(40)])('a file that holds %j is refused by its name', async (text) => {
  const file = join(folder, 'key-secret');
  await writeFile(file, text, { mode: 0o600 });
  await expect(secretIn(folder)).rejects.toThrow(file);
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('a file that others can read is closed to them', async () => {
  const secret = await secretIn(folder);
  const file = join(folder, 'key-secret');
  await chmod(file, 0o644);
  expect(await secretIn(folder)).toBe(secret);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
