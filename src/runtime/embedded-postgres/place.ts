// Where the cluster of a data folder lives, and which operating system user runs it.

import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError, errorCode } from './error.ts';

export type Identity = { readonly uid: number; readonly gid: number };

export type Place = {
  /** Absolute path of the data folder, as the operator named it. */
  readonly dataDir: string;
  /** Holds the cluster, its log and, where needed, a copy of the binaries. */
  readonly home: string;
  /** PGDATA. */
  readonly cluster: string;
  /** Set when we are root: PostgreSQL refuses to run as root, so it runs as this user. */
  readonly runAs?: Identity;
};

// The overflow user and group: present on every Linux, and owner of nothing else.
const UNPRIVILEGED: Identity = { uid: 65_534, gid: 65_534 };
const SYSTEM_HOME = '/var/lib/headwater';
const POINTER = 'postgres-location';

const isRoot = (): boolean => process.getuid?.() === 0;

const statOrNothing = async (path: string) => {
  try {
    return await stat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const mayEnterOne = async (folder: string, user: Identity): Promise<boolean> => {
  const { uid, gid, mode } = await stat(folder);
  if (uid === user.uid) return (mode & 0o100) !== 0;
  if (gid === user.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
};

/** Judged by mode bits alone: an access list that grants more only costs us a needless move. */
export const mayEnter = async (folder: string, user: Identity): Promise<boolean> => {
  for (let at = await realpath(folder); ; at = dirname(at)) {
    if (!(await mayEnterOne(at, user))) return false;
    if (at === dirname(at)) return true;
  }
};

/** For its owner alone, unless it is there already. */
export const makeFolder = async (folder: string): Promise<void> => {
  if ((await statOrNothing(folder)) !== undefined) return;
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
};

// Passing through is all the database user gets: it can neither list the folder nor read what lies beside the cluster.
const letPass = async (folder: string): Promise<void> => {
  const { uid, mode } = await stat(folder);
  if (uid === 0 && (mode & 0o001) === 0) await chmod(folder, (mode & 0o7777) | 0o001);
};

const readPointer = async (dataDir: string): Promise<string | undefined> => {
  try {
    return (await readFile(join(dataDir, POINTER), 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

// Starting afresh would hide that every consent on file is gone.
const followPointer = async (dataDir: string): Promise<string | undefined> => {
  const home = await readPointer(dataDir);
  if (home === undefined || (await statOrNothing(home)) !== undefined) return home;
  throw new EmbeddedPostgresError(
    `the database of \`${dataDir}\` was kept in \`${home}\`, which is gone: restore it, or remove \`${POINTER}\` to start empty`,
  );
};

const refuseForeign = async (folder: string): Promise<void> => {
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return;
  throw new EmbeddedPostgresError(
    `\`${folder}\` must be a folder owned and writable by root alone before a database can live there`,
  );
};

const makeSystemFolder = async (...names: readonly string[]): Promise<string> => {
  const folder = join(SYSTEM_HOME, ...names);
  await makeFolder(folder);
  await refuseForeign(folder);
  await letPass(folder);
  return folder;
};

const systemHome = async (dataDir: string): Promise<string> => {
  const name = createHash('sha256')
    .update(await realpath(dataDir))
    .digest('hex')
    .slice(0, 16);
  await makeSystemFolder();
  return makeSystemFolder(name);
};

/** Where copied programs go: as root one place for every data folder, which also may lie on a disk that runs none. */
export const programFolder = async (place: Place): Promise<string> => {
  if (!place.runAs) return place.home;
  try {
    return await makeSystemFolder();
  } catch (error) {
    if (errorCode(error) === 'EROFS') return place.home;
    throw error;
  }
};

const at = (dataDir: string, home: string, runAs?: Identity): Place => ({
  dataDir,
  home,
  cluster: join(home, 'postgres'),
  ...(runAs && { runAs }),
});

const ownerOf = async (cluster: string): Promise<Identity | undefined> => {
  const found = await statOrNothing(cluster);
  if (!found) return undefined;
  // A folder first used without root keeps its owner: PostgreSQL insists on running as whoever owns PGDATA.
  return found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid };
};

const placeAsRoot = async (dataDir: string, pointer: string | undefined): Promise<Place> => {
  const home = pointer ?? dataDir;
  await letPass(home);
  const existing = await ownerOf(join(home, 'postgres'));
  const runAs = existing ?? UNPRIVILEGED;
  if (await mayEnter(home, runAs)) return at(dataDir, home, runAs);
  if (existing) {
    throw new EmbeddedPostgresError(
      `the database in \`${home}\` belongs to user ${runAs.uid}, who may not enter that folder: open the way to it or set DATABASE_URL`,
    );
  }
  return at(dataDir, await systemHome(dataDir), runAs);
};

/**
 * Decides where the cluster of `dataDir` lives. Once moved out of a folder the database user cannot enter, it is found
 * again by the pointer file, even when that folder opens up later: a change of mode must never lead to an empty database.
 */
export const findPlace = async (folder: string): Promise<Place> => {
  const dataDir = resolve(folder);
  await makeFolder(dataDir);
  const pointer = await followPointer(dataDir);
  if (isRoot()) return placeAsRoot(dataDir, pointer);
  return at(dataDir, pointer ?? dataDir);
};

/** Leaves word in the data folder of where the cluster went. */
export const leavePointer = async (place: Place): Promise<void> => {
  await writeFile(join(place.dataDir, POINTER), `${place.home}\n`, { mode: 0o644 });
};
