/** The command line on a database and in a folder of its own, run in process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { headwater } from '../../../src/runtime/cli/headwater.ts';
import { type Database, type OpenDatabase, openDatabase } from '../../../src/storage/database.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

export const issuer = 'https://consent.example.org';

export type Ended = { readonly code: number; readonly out: string; readonly complaint: string };

export async function run(...args: readonly string[]): Promise<Ended> {
  const [printed, complained]: [string[], string[]] = [[], []];
  const code = await headwater(args, {
    print: (text) => void printed.push(text),
    complain: (text) => void complained.push(text),
  });
  return { code, out: printed.join(''), complaint: complained.join('') };
}

/** For the whole of a test file. */
export function commandLine() {
  let fresh: TestDatabase;
  let open: OpenDatabase;
  let folder: string;
  beforeAll(async () => {
    fresh = await freshDatabase();
    open = openDatabase(fresh.url, { connections: 2 });
    folder = await mkdtemp(join(tmpdir(), 'headwater-cli-'));
    vi.stubEnv('DATABASE_URL', fresh.url);
    vi.stubEnv('HEADWATER_DATA_DIR', join(folder, 'data'));
    vi.stubEnv('HEADWATER_ISSUER', issuer);
    vi.stubEnv('HEADWATER_KEY_SECRET', 'a secret of the test, long enough to be one');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
    await open.close();
    await fresh.drop();
  });
  const path = (name: string): string => join(folder, name);
  return {
    path,
    database: (): Database => open.database,
    /** Each value as a line; text as it is. */
    async file(name: string, ...lines: readonly unknown[]): Promise<string> {
      const written = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
      await writeFile(path(name), written.join('\n'));
      return path(name);
    },
  };
}
