// Which process serves from a cluster, written down beside it. A session lock is gone for as long as its connection is;
// this stays, and counts only while that very process lives.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from './error.ts';

/** `born` tells a process from a later one that got its number. */
type Mark = { readonly id: string; readonly pid: number; readonly born: string };

export type Serving = {
  /** Somebody else serves, or did until now and is still alive. */
  isElsewhere(): Promise<boolean>;
  /** It is us from now on. */
  mark(): Promise<void>;
  /** Not us any more; does nothing when it never was. */
  unmark(): Promise<void>;
};

const fileOf = (cluster: string): string => join(cluster, 'headwater-serving.json');

const isMark = (value: unknown): value is Mark =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  'pid' in value &&
  'born' in value &&
  typeof value.id === 'string' &&
  typeof value.pid === 'number' &&
  typeof value.born === 'string';

// A mark that cannot be read says nothing: the locks decide alone then.
const readMark = async (cluster: string): Promise<Mark | undefined> => {
  try {
    const read: unknown = JSON.parse(await readFile(fileOf(cluster), 'utf8'));
    return isMark(read) ? read : undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

// proc(5): the name, in brackets, may hold anything; behind it the 1st field is the state and the 20th the start time.
const bornOnLinux = async (pid: number): Promise<string | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
};

const bornElsewhere = async (pid: number): Promise<string | undefined> => {
  const asked = ['-o', 'stat=,lstart=', '-p', String(pid)];
  const { stdout } = await promisify(execFile)('ps', asked, { env: { ...process.env, LC_ALL: 'C' } });
  const [state = '', ...born] = stdout.trim().split(/\s+/);
  return state.startsWith('Z') ? undefined : born.join(' ');
};

/** When a process began; nothing when it has ended, or where the system does not tell (Windows). */
const bornAt = async (pid: number): Promise<string | undefined> => {
  try {
    return process.platform === 'linux' ? await bornOnLinux(pid) : await bornElsewhere(pid);
  } catch {
    return undefined;
  }
};

export const servingFrom = (cluster: string): Serving => {
  const id = randomUUID();
  return {
    async isElsewhere() {
      const mark = await readMark(cluster);
      return mark !== undefined && mark.id !== id && (await bornAt(mark.pid)) === mark.born;
    },
    async mark() {
      const mark: Mark = { id, pid: process.pid, born: (await bornAt(process.pid)) ?? 'unknown' };
      const draft = `${fileOf(cluster)}.${id}`;
      await writeFile(draft, `${JSON.stringify(mark)}\n`, { mode: 0o600 });
      await rename(draft, fileOf(cluster));
    },
    async unmark() {
      if ((await readMark(cluster))?.id === id) await rm(fileOf(cluster), { force: true });
    },
  };
};
