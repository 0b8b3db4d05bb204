// Reads what a running PostgreSQL says about itself in postmaster.pid, and whether that process still lives.

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from './error.ts';

export type Postmaster = { readonly pid: number; readonly port: number; readonly ready: boolean };

const pidFile = (cluster: string): string => join(cluster, 'postmaster.pid');

// Line numbers of the file are fixed in PostgreSQL's miscadmin.h (LOCK_FILE_LINE_*).
const parse = (text: string): Postmaster | undefined => {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' };
};

export const readPostmaster = async (cluster: string): Promise<Postmaster | undefined> => {
  try {
    return parse(await readFile(pidFile(cluster), 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
};

const commandOf = async (pid: number): Promise<string | undefined> => {
  try {
    if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8');
    const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout;
  } catch {
    return undefined;
  }
};

/** True only when the process is known not to be PostgreSQL: its number was given away, or it ended and nobody reaped it. */
export const isSomethingElse = async (pid: number): Promise<boolean> => {
  const command = await commandOf(pid);
  return command !== undefined && !command.includes('postgres');
};

/**
 * Marks the pid file as left behind. PostgreSQL takes a file that names its own parent for a stale one; removing the file
 * instead would also lose the shared memory key by which it notices backends that outlived their postmaster.
 */
export const disownPidFile = async (cluster: string): Promise<void> => {
  const text = await readFile(pidFile(cluster), 'utf8');
  await writeFile(pidFile(cluster), text.replace(/^\d+/, String(process.pid)));
};
