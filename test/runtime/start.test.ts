/** `npm start` as a process: what it refuses before it touches anything, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '../../src/runtime/embedded-postgres.ts';
import { withConnection } from '../support/database.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const launcher = fileURLToPath(new URL('../../src/runtime/launch.mjs', import.meta.url));

let folder: string;
let dataDir: string;
let running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-start-'));
  await chmod(folder, 0o711);
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  for (const child of running) {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGTERM');
    await ended;
  }
  running = [];
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function launch(args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HEADWATER_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, 'exit').then(async ([code]) => {
    const [stdout, stderr] = await said;
    return { code: Number(code), stdout, stderr };
  });
  return { child, ended };
}

/** A service that says it is up, and where. */
async function serve(env: NodeJS.ProcessEnv = {}) {
  const port = await freePort();
  const { child, ended } = launch(['start'], { PORT: String(port), ...env });
  const greeted = once(child.stdout, 'data');
  await Promise.race([greeted, ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  return { child, ended, base: `http://127.0.0.1:${port}` };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

test('it becomes ready, and ends in order, saying why', async () => {
  const { child, ended, base } = await serve();
  expect(await statusOf(`${base}/readyz`)).toBe(200);
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(JSON.parse(stderr)).toEqual({ level: 'info', event: 'service.stopping', reason: 'SIGTERM' });
  expect(await exists(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
});

test('it ends with the npm that started it, whose shell passes no signal on', async () => {
  const port = await freePort();
  const npm = { npm_lifecycle_event: 'start', npm_package_name: 'headwater' };
  const shell = spawn('sh', ['-c', `"${process.execPath}" "${launcher}" start & wait`], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HEADWATER_DATA_DIR: dataDir, PORT: String(port), ...npm },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(shell);
  await once(shell.stdout, 'data');
  const complaints = text(shell.stderr); // ends when the last process that holds it does
  shell.kill('SIGTERM');
  expect(await complaints).toContain('npm has ended');
  expect(await exists(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
});

test('it refuses, in one line, a secret that does not open the key on file', async () => {
  const other = { HEADWATER_KEY_SECRET: 'not the secret that the key was sealed with' };
  const { code, stderr } = await launch(['start'], { PORT: String(await freePort()), ...other }).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Headwater cannot serve: HEADWATER_KEY_SECRET .*key rotate --now.*\n$/);
  expect(stderr).not.toContain(other.HEADWATER_KEY_SECRET);
  expect(await exists(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
});

test('a key is not replaced with a secret that does not open the one before, unless that is to end', async () => {
  const other = { HEADWATER_KEY_SECRET: 'not the secret that the key was sealed with' };
  const refused = await launch(['headwater', 'key', 'rotate'], other).ended;
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('HEADWATER_KEY_SECRET')]);
  expect((await launch(['headwater', 'key', 'rotate', '--now'], other).ended).code).toBe(0);
  const { ended } = launch(['start'], { PORT: String(await freePort()) });
  expect((await ended).code).toBe(1);
  expect((await launch(['headwater', 'key', 'rotate', '--now'], {}).ended).code).toBe(0);
});

test('it reports every problem by name and touches nothing', async () => {
  const settings = join(folder, 'settings.json');
  await writeFile(settings, '{"combining": "as you like"}');
  const { code, stderr } = await launch(['start'], {
    HEADWATER_DATA_DIR: join(folder, 'untouched'),
    HEADWATER_SETTINGS: settings,
    DATABASE_URL: 'postgres://app:secret@db.example.org:99999/app',
    HEADWATER_ISSUER: 'http://consent.example.org',
  }).ended;
  expect(code).toBe(1);
  const named = stderr.split('\n').map((line) => line.split(':')[0]);
  expect(named).toEqual(['HEADWATER_ISSUER', 'DATABASE_URL', 'HEADWATER_SETTINGS', '']);
  expect(await exists(join(folder, 'untouched'))).toBe(false);
});

test('it refuses an empty key secret before it makes a database', async () => {
  const spoilt = await mkdtemp(join(folder, 'spoilt-'));
  await writeFile(join(spoilt, 'key-secret'), '', { mode: 0o600 });
  const { code, stderr } = await launch(['start'], { HEADWATER_DATA_DIR: spoilt }).ended;
  expect([code, stderr]).toEqual([1, expect.stringContaining('key-secret')]);
  expect(await exists(join(spoilt, 'postgres'))).toBe(false);
});

test('tools beside it come and go, and it serves on', async () => {
  const { base } = await serve();
  for (let round = 0; round < 2; round++) {
    const list = () => launch(['headwater', 'client', 'list'], {}).ended;
    const codes = (await Promise.all([list(), list(), list()])).map(({ code }) => code);
    expect(codes).toEqual([0, 0, 0]);
  }
  expect(await statusOf(`${base}/readyz`)).toBe(200);
});

test('a database that cannot be migrated is not left running', async () => {
  const tool = await startEmbeddedPostgres({ dataDir, log: () => {} });
  await withConnection(tool.url, (sql) => sql`delete from drizzle.__drizzle_migrations`);
  await tool.stop();
  for (const args of [['start'], ['headwater', 'client', 'list']]) {
    const { code, stderr } = await launch(args, { PORT: String(await freePort()) }).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('already exists')]);
    expect(await exists(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  }
});
