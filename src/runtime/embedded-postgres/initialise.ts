// Creates a cluster so that it is either complete or absent, whoever else tries at the same moment.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Binaries } from './binaries.ts';
import { type Credentials, newCredentials, writeCredentials } from './credentials.ts';
import { EmbeddedPostgresError, errorCode } from './error.ts';
import type { Place } from './place.ts';

const STAGING = 'postgres-staging-';
const ABANDONED_MS = 10 * 60_000;

// Only loopback, only with a password; there is no line for local sockets because none is opened.
const HOST_RULES = 'host all all 127.0.0.1/32 scram-sha-256\n';

/** PostgreSQL gets none of our environment: it holds secrets the database user has no business reading. */
export const spawnOptions = (place: Place): SpawnOptions => ({
  cwd: place.home,
  env: process.platform === 'win32' ? process.env : { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  windowsHide: true,
  ...(place.runAs && { uid: place.runAs.uid, gid: place.runAs.gid }),
});

export const lastLines = (output: string): string => output.trim().split('\n').slice(-6).join('\n');

const exited = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });

const run = async (place: Place, program: string, args: readonly string[], input = ''): Promise<void> => {
  const child = spawn(program, args, { ...spawnOptions(place), stdio: ['pipe', 'pipe', 'pipe'] });
  if (!child.stdin || !child.stdout || !child.stderr) throw new Error('a piped child has three streams');
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ends = Promise.all([exited(child), text(child.stdout), text(child.stderr)]).catch(
    (cause: unknown) => {
      throw new EmbeddedPostgresError(
        `cannot run \`${program}\`: set DATABASE_URL to use another PostgreSQL`,
        { cause },
      );
    },
  );
  const [code, stdout, stderr] = await ends;
  if (code === 0) return;
  throw new EmbeddedPostgresError(
    `creating the embedded database failed:\n${lastLines(`${stdout}\n${stderr}`)}`,
  );
};

const ownedByDatabaseUser = async (place: Place, path: string): Promise<void> => {
  if (place.runAs) await chown(path, place.runAs.uid, place.runAs.gid);
};

const writeForDatabaseUser = async (place: Place, path: string, content: string): Promise<void> => {
  await writeFile(path, content, { mode: 0o600 });
  await ownedByDatabaseUser(place, path);
};

const initdb = async (
  place: Place,
  binaries: Binaries,
  staging: string,
  durable: boolean,
  password: string,
) => {
  const passwordFile = join(staging, 'password');
  await writeForDatabaseUser(place, passwordFile, password);
  await run(place, binaries.initdb, [
    `--pgdata=${join(staging, 'data')}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ]);
};

// Single-user mode takes one statement a line, before anything listens.
const createDatabase = async (
  place: Place,
  binaries: Binaries,
  data: string,
  durable: boolean,
  password: string,
) => {
  const statements = [
    `CREATE ROLE headwater LOGIN PASSWORD '${password}'`,
    'CREATE DATABASE headwater OWNER headwater',
  ];
  const sync = durable ? [] : ['-c', 'fsync=off'];
  const single = [
    '--single',
    '-j',
    ...sync,
    '-c',
    'exit_on_error=on',
    '-c',
    'log_min_messages=fatal',
    '-D',
    data,
  ];
  await run(place, binaries.postgres, [...single, 'postgres'], `${statements.join(';\n\n')};\n\n`);
};

const build = async (
  place: Place,
  binaries: Binaries,
  staging: string,
  durable: boolean,
  credentials: Credentials,
): Promise<string> => {
  const data = join(staging, 'data');
  await initdb(place, binaries, staging, durable, credentials.admin);
  await writeForDatabaseUser(place, join(data, 'pg_hba.conf'), HOST_RULES);
  await createDatabase(place, binaries, data, durable, credentials.service);
  await writeCredentials(data, credentials);
  return data;
};

const sweepAbandoned = async (home: string): Promise<void> => {
  const names = (await readdir(home)).filter((name) => name.startsWith(STAGING));
  for (const path of names.map((name) => join(home, name))) {
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
};

// INVARIANT: the cluster appears under its name in one step, with its passwords; of two builders one wins, whole.
const publish = async (data: string, cluster: string): Promise<void> => {
  await rename(data, cluster).catch((error: unknown) => {
    if (!['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  });
};

export const initialise = async (place: Place, binaries: Binaries, durable: boolean): Promise<void> => {
  await sweepAbandoned(place.home);
  await mkdir(place.home, { recursive: true });
  const staging = await mkdtemp(join(place.home, STAGING));
  try {
    await ownedByDatabaseUser(place, staging);
    await publish(await build(place, binaries, staging, durable, newCredentials()), place.cluster);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};
