// Starts and stops the PostgreSQL server process of a cluster.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './error.ts';
import { lastLines, spawnOptions } from './initialise.ts';
import type { Place } from './place.ts';
import { isAlive, isSomethingElse, type Postmaster, readPostmaster } from './postmaster.ts';

const LOG_LIMIT_BYTES = 1_000_000;
const START_PATIENCE_MS = 120_000;
const STOP_PATIENCE_MS = 60_000;

const SMALL_SERVER: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  max_logical_replication_workers: '0',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_checkpoints: 'off',
  // Statements and the details of errors can name patients: the log gets the server's own life only.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_statement: 'none',
};

// For tests: nothing here survives a crash of the machine, and nothing runs that could hold a template open.
const FORGETFUL: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '128MB',
  max_connections: '300',
};

const settings = (port: number, durable: boolean): readonly string[] =>
  Object.entries({ ...SMALL_SERVER, ...(durable ? {} : FORGETFUL), port: String(port) }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  );

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const logFile = (place: Place): string => join(place.home, 'postgres.log');

const rotateLog = async (place: Place): Promise<number> => {
  const size = (await stat(logFile(place)).catch(() => undefined))?.size ?? 0;
  if (size < LOG_LIMIT_BYTES) return size;
  await rename(logFile(place), `${logFile(place)}.1`);
  return 0;
};

// Detached: Ctrl-C in a terminal reaches every process of its group, and the database must outlive its last requests.
const spawnServer = (place: Place, binaries: Binaries, args: readonly string[]): ChildProcess => {
  const log = openSync(logFile(place), 'a', 0o600);
  try {
    const options = { ...spawnOptions(place), detached: true, stdio: ['ignore', log, log] as const };
    const child = spawn(binaries.postgres, args, { ...options, stdio: [...options.stdio] });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
};

/** `elsewhere`: another process won the race for the folder, or for the port; look again. */
export type StartResult = Postmaster | 'elsewhere';

// Backends that outlive a killed postmaster hold its shared memory until they notice.
const LOST_RACE = /lock file .* already exists|address already in use|shared memory block .* still in use/i;

const explainExit = async (place: Place, logged: number, cause: unknown): Promise<'elsewhere'> => {
  const log = (await readFile(logFile(place))).subarray(logged).toString('utf8');
  if (LOST_RACE.test(log)) return 'elsewhere';
  const said = lastLines(log) || String(cause);
  throw new EmbeddedPostgresError(`the embedded database in \`${place.cluster}\` does not start:\n${said}`);
};

export const startServer = async (
  place: Place,
  binaries: Binaries,
  durable: boolean,
): Promise<StartResult> => {
  const logged = await rotateLog(place);
  const args = ['-D', place.cluster, ...settings(await freePort(), durable)];
  const child = spawnServer(place, binaries, args);
  let failure: unknown;
  child.once('error', (error) => {
    failure = error;
  });
  child.once('exit', (code, signal) => {
    failure ??= `it ended with ${signal ?? code}`;
  });
  const until = Date.now() + START_PATIENCE_MS;
  while (failure === undefined && Date.now() < until) {
    const found = await readPostmaster(place.cluster);
    if (found?.pid === child.pid && found?.ready) return found;
    await sleep(5);
  }
  return explainExit(place, logged, failure ?? 'it is not ready after two minutes');
};

const isRunning = async (place: Place, pid: number): Promise<boolean> =>
  isAlive(pid) && (await readPostmaster(place.cluster))?.pid === pid;

const waitUntil = async (done: () => boolean | Promise<boolean>, patienceMs: number): Promise<boolean> => {
  const until = Date.now() + patienceMs;
  while (!(await done())) {
    if (Date.now() > until) return false;
    await sleep(5);
  }
  return true;
};

// Node's signals end a Windows process without warning, so there pg_ctl asks in its stead.
const signal = async (
  place: Place,
  binaries: Binaries,
  pid: number,
  mode: 'fast' | 'immediate',
): Promise<void> => {
  if (process.platform === 'win32') {
    await promisify(execFile)(binaries.pgCtl, ['stop', '-D', place.cluster, '-m', mode, '--no-wait']);
  } else {
    process.kill(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  }
};

/** Ends every session and writes a checkpoint; what was acknowledged is safe even if that has to be cut short. */
export const stopServer = async (place: Place, binaries: Binaries, pid: number): Promise<void> => {
  if (!(await isRunning(place, pid))) return;
  await signal(place, binaries, pid, 'fast');
  const stopped = async (): Promise<boolean> => !(await isRunning(place, pid));
  if (!(await waitUntil(stopped, STOP_PATIENCE_MS))) {
    await signal(place, binaries, pid, 'immediate');
    await waitUntil(stopped, STOP_PATIENCE_MS);
  }
  // The pid file goes a moment before its process.
  await waitUntil(async () => !isAlive(pid) || (await isSomethingElse(pid)), 1_000);
};
