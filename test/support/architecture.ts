// Holds a set of source files against the tables of floors.ts and says what breaks them. Takes the files as data, so
// that a test can plant a violation.

import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { type LibraryRule, libraryRules, type Room, rooms } from './floors.ts';
import { type Import, importsOf, readsEnvironment } from './imports.ts';

/** Path seen from src/, and content. */
export type SourceFiles = ReadonlyMap<string, string>;

/** Of package.json: what is there at run time, and what only while checking types. */
export type Packages = {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

const isInside = (path: string, room: Room): boolean => path.startsWith(`${room.name}/`);

export const roomOf = (path: string): Room | undefined => rooms.find((room) => isInside(path, room));

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const isInstalled = (name: string, typeOnly: boolean, packages: Packages): boolean =>
  Object.hasOwn(packages.dependencies, name) ||
  (typeOnly && Object.hasOwn(packages.devDependencies, `@types/${name.replace('@', '').replace('/', '__')}`));

const checkLibrary = (path: string, specifier: string, typeOnly: boolean, packages: Packages): string[] => {
  const breaks = (rule: LibraryRule): boolean => rule.specifier.test(specifier) && !rule.files.test(path);
  const broken = libraryRules.filter(breaks).map((rule) => `${path} may not use ${rule.library}`);
  if (/^[a-z]+:/.test(specifier) || isInstalled(packageOf(specifier), typeOnly, packages)) return broken;
  return [...broken, `${path} imports \`${specifier}\`, which is no dependency`];
};

const checkFloor = (path: string, specifier: string, typeOnly: boolean): string[] => {
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  const from = roomOf(path);
  const to = roomOf(target);
  if (from === undefined) return []; // said once per file
  if (to === undefined) return [`${path} imports \`${specifier}\`, which is in no room`];
  if (from === to || from.imports.includes(to.name)) return [];
  if (!from.importsTypes?.includes(to.name)) return [`${path} may not import ${to.name} (${target})`];
  return typeOnly ? [] : [`${path} may import no more than types of ${to.name} (${target})`];
};

const checkImport = (path: string, { specifier, typeOnly }: Import, packages: Packages): string[] => {
  if (specifier === undefined) return [`${path} computes the name of what it imports`];
  if (specifier.startsWith('.')) return checkFloor(path, specifier, typeOnly);
  const named = isBuiltin(specifier) && !specifier.startsWith('node:') ? `node:${specifier}` : specifier;
  return checkLibrary(path, named, typeOnly, packages);
};

const DRAWERS = /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/;

const checkPlace = (path: string): string[] => [
  ...(roomOf(path) === undefined ? [`${path} is in no room of test/support/floors.ts`] : []),
  ...(DRAWERS.test(path) ? [`${path} is a drawer: name the thing in it`] : []),
  ...(path.endsWith('/index.ts') && path !== 'sdk/index.ts'
    ? [`${path} is an index, which only sdk/ has`]
    : []),
];

const checkEnvironment = (path: string, source: string): string[] =>
  readsEnvironment(source) && !path.startsWith('runtime/') ? [`${path} may not read the environment`] : [];

/** Every break of the tables, one line each. Reading no file at all is one. */
export const violations = (files: SourceFiles, packages: Packages): readonly string[] => {
  if (files.size === 0) return ['no source file was read'];
  return [...files].flatMap(([path, source]) => [
    ...checkPlace(path),
    ...checkEnvironment(path, source),
    ...importsOf(source).flatMap((one) => checkImport(path, one, packages)),
  ]);
};
