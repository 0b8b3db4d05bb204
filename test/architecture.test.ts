import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Packages, roomOf, type SourceFiles, violations } from './support/architecture.ts';
import { rooms } from './support/floors.ts';
import { importsOf } from './support/imports.ts';

const top = fileURLToPath(new URL('..', import.meta.url));
const src = `${top}src`;

// What is not ignored, new files included. `safe.directory` since a build often runs as another user than the clone;
// where there is no git at all, the folder stands for it.
const topEntries = (): string[] => {
  const list = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  try {
    const paths = execFileSync('git', list, {
      cwd: top,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return paths.split('\0').flatMap((path) => path.split('/')[0] || []);
  } catch {
    const made = ['.git', '.headwater', '.wrangler', 'dist', 'node_modules'];
    return readdirSync(top).filter((name) => !made.includes(name));
  }
};

const sourceFiles = (): SourceFiles =>
  new Map(
    readdirSync(src, { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [path, readFileSync(`${src}/${path}`, 'utf8')]),
  );

const packages = JSON.parse(readFileSync(`${top}package.json`, 'utf8')) as Packages;

const folders = (under = src): string[] =>
  readdirSync(under, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [`${under}/${name}`.slice(src.length + 1), ...folders(`${under}/${name}`)]);

describe('the source', () => {
  it('keeps to its floors and libraries', () => {
    expect(violations(sourceFiles(), packages)).toEqual([]);
  });

  it('has no folder outside the rooms of the table', () => {
    const outside = folders().filter(
      (folder) => folder !== 'protocols' && roomOf(`${folder}/`) === undefined,
    );
    expect(outside).toEqual([]);
  });

  it('has a README in every room', () => {
    const built = rooms.filter((room) => existsSync(`${src}/${room.name}`));
    expect(built).not.toEqual([]);
    expect(
      built.filter((room) => !existsSync(`${src}/${room.name}/README.md`)).map((room) => room.name),
    ).toEqual([]);
  });
});

describe('the top of the repository', () => {
  const allowed = [
    ...['.biome.json', '.ci', '.editorconfig', '.gitattributes', '.gitignore', '.npmrc'],
    ...['LICENSE', 'README.md', 'package-lock.json', 'package.json', 'tsconfig.json', 'wrangler.toml'],
    ...['drizzle', 'openapi', 'src', 'test'],
  ];

  it('holds what it is meant to hold and nothing else', () => {
    const entries = topEntries();
    expect(entries).toContain('package.json');
    expect([...new Set(entries)].filter((entry) => !allowed.includes(entry))).toEqual([]);
  });
});

describe('the table', () => {
  it('names only rooms that it has', () => {
    const names = rooms.map((room) => room.name);
    expect(new Set(names).size).toBe(names.length);
    expect(rooms.flatMap((room) => [...room.imports, ...(room.importsTypes ?? [])])).toSatisfy(
      (imported: string[]) => imported.every((name) => names.includes(name)),
    );
  });

  it('has no way around in a circle', () => {
    const below = (name: string): readonly string[] =>
      rooms.find((room) => room.name === name)?.imports ?? [];
    const reaches = (from: string, to: string): boolean =>
      below(from).some((next) => next === to || reaches(next, to));
    expect(rooms.filter((room) => reaches(room.name, room.name))).toEqual([]);
  });
});

describe('the check of the floors', () => {
  const found = (path: string, source: string): readonly string[] =>
    violations(new Map([[path, source]]), {
      dependencies: { hono: '1', '@hono/node-server': '1', 'drizzle-orm': '1', postgres: '1', zod: '1' },
      devDependencies: { '@types/fhir': '1', vitest: '1' },
    });

  it('fails when it read nothing', () => {
    expect(violations(new Map(), packages)).toEqual(['no source file was read']);
  });

  it.each([
    ['decision/a.ts', "import { x } from '../consent/x.ts'"],
    ['decision/a.ts', "import { x } from './deep/x.ts'"],
    ['decision/deep/a.ts', "import { x } from '../../labeling/x.ts'"],
    ['protocols/uma/a.ts', "import { x } from '../authorization-server/x.ts'"],
    ['protocols/cascade/a.ts', "import { x } from '../uma/x.ts'"],
    ['protocols/uma/routes.ts', "import { Hono } from 'hono'"],
    ['pages/a.ts', "import { html } from 'hono/html'"],
    ['http/a.ts', "import { x } from '../protocols/decisions/routes.ts'"],
    ['storage/a.ts', "import type { ConsentStore } from '../consent/consent-store.ts'"],
    ['storage/a.ts', "import { type ConsentStore } from '../consent/consent-store.ts'"],
    ['storage/a.ts', "import { eq } from 'drizzle-orm'"],
    ['outbound/a.ts', "import { X509Certificate } from 'node:crypto'"],
    ['runtime/cli/a.ts', "import { serve } from '@hono/node-server'; process.env['PORT']"],
    ['runtime/a.ts', "import { migrate } from 'drizzle-orm/postgres-js/migrator'"],
    ['fhir/a.ts', "import type { Consent } from 'fhir/r4'"],
    ['base/a.ts', "// import '../http/app.ts'\nconst text = \"import '../http/app.ts'\"; text.process.env"],
  ])('lets %s write %j', (path, source) => {
    expect(found(path, source)).toEqual([]);
  });

  it.each([
    ['decision/a.ts', "import { x } from '../access/x.ts'"],
    ['decision/a.ts', "import type { X } from '../access/x.ts'"],
    ['decision/a.ts', "export * from '../enforcement/x.ts'"],
    ['decision/a.ts', "const x = await import('../access/x.ts')"],
    ['decision/a.ts', "const x = await import('../' + name)"],
    ['consent/a.ts', "import { x } from '../labeling/x.ts'"],
    ['audit/a.ts', "import { x } from '../enforcement/x.ts'"],
    ['protocols/decisions/a.ts', "import { x } from '../authorization-server/x.ts'"],
    ['protocols/authorization-server/a.ts', "import { x } from '../uma/x.ts'"],
    ['protocols/uma/a.ts', "import { Hono } from 'hono'"],
    ['protocols/uma/routes.ts', "import { serve } from '@hono/node-server'"],
    ['pages/a.ts', "import { x } from '../protocols/uma/x.ts'"],
    ['http/a.ts', "import { x } from '../storage/x.ts'"],
    ['http/a.ts', "import { eq } from 'drizzle-orm'"],
    ['storage/a.ts', "import { reading } from '../consent/reading.ts'"],
    ['storage/a.ts', "import type { X } from '../http/x.ts'"],
    ['runtime/a.ts', "import { eq } from 'drizzle-orm'"],
    ['runtime/a.ts', "import { html } from 'hono/html'"],
    ['runtime/a.ts', "import { it } from 'vitest'"],
    ['runtime/a.ts', "import { x } from '../../test/support/x.ts'"],
    ['sdk/a.ts', "import { x } from '../fhir/x.ts'"],
    ['access/a.ts', "import { hash } from 'node:crypto'"],
    ['access/a.ts', "import fs from 'fs'"],
    ['outbound/a.ts', "import { env } from 'node:process'"],
    ['fhir/a.ts', "import { x } from 'fhir/r4'"],
    ['http/a.ts', "const port = process.env['PORT']"],
    ['http/a.ts', 'const { env } = process'],
    ['http/a.ts', "const port = globalThis.process.env['PORT']"],
    ['http/a.ts', 'const env = import.meta.env'],
    ['elsewhere/a.ts', 'export {}'],
    ['protocols/a.ts', 'export {}'],
    ['base/utils.ts', 'export {}'],
    ['base/index.ts', 'export {}'],
  ])('stops %s from writing %j', (path, source) => {
    expect(found(path, source)).toHaveLength(1);
  });
});

describe('the reading of imports', () => {
  it.each([
    ["import a from './x.ts'", false],
    ["import './x.ts'", false],
    ["import * as a from './x.ts'", false],
    ["import a, { type B } from './x.ts'", false],
    ["import { type B, type C } from './x.ts'", true],
    ["import type B from './x.ts'", true],
    ["import {\n  a,\n} from\n  './x.ts'", false],
    ["import/**/{ a }/* from 'y' */from'./x.ts'", false],
    ["export { a } from './x.ts'", false],
    ["export * as a from './x.ts'", false],
    ["export type { A } from './x.ts'", true],
    ["export type * from './x.ts'", true],
    ["type A = import('./x.ts').A<string>", true],
    ["type A = typeof import('./x.ts')", true],
    ["declare module './x.ts' { interface A {} }", true],
    ["import a = require('./x.ts')", false],
    ["const a = require('./x.ts')", false],
    ['const a = async () => (await import(`./x.ts`)).a', false],
    ["/// <reference path='./x.ts' />", true],
    ["import a from './x.ts' with { type: 'json' }", false],
  ])('sees %j', (source, typeOnly) => {
    expect(importsOf(source)).toEqual([{ specifier: './x.ts', typeOnly }]);
  });

  it('sees nothing where nothing is imported', () => {
    expect(importsOf("// import './x.ts'\nconst a = `import './x.ts'`; export { a }; a.import('y')")).toEqual(
      [],
    );
  });

  it('refuses a file it cannot read', () => {
    expect(() => importsOf("import { from './x.ts'")).toThrow();
  });
});
