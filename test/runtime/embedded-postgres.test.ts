// The embedded database with real processes: what it survives, what it refuses, what it leaves behind.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/runtime/embedded-postgres.ts';
import { databaseUrl, freshDatabase, withConnection } from '../support/database.ts';

// Creating a cluster takes a second, more on a busy machine; nothing here waits for time to pass.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MODULE = new URL('../../src/runtime/embedded-postgres.ts', import.meta.url).href;

// The low half of the number by which the serving process is known (ownership.ts), as `pg_locks` shows it.
const SERVING_OBJID = Number(7_165_870_002n % 2n ** 32n);

let dataDir: string;
let started: EmbeddedPostgres[] = [];
let children: ChildProcess[] = [];

const start = async (folder = dataDir): Promise<EmbeddedPostgres> => {
  const database = await startEmbeddedPostgres({ dataDir: folder, log: () => undefined });
  started.push(database);
  return database;
};

// A Headwater of its own that serves from the folder, does `work` with the driver handle `sql`, and stays.
const startServing = async (work = ''): Promise<ChildProcess> => {
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(MODULE)});
    const { default: postgres } = await import(${JSON.stringify(import.meta.resolve('postgres'))});
    const database = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: () => undefined });
    const claim = await database.claim();
    const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
    ${work}
    console.log(claim.ok ? 'serving' : claim.message);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = await once(child.stdout, 'data');
  expect(String(said).trim()).toBe('serving');
  return child;
};

const killHard = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL');
  await once(child, 'exit');
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const postmasterPid = async (cluster: string): Promise<number> =>
  Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0]);

const hasPidFile = (cluster: string): Promise<boolean> =>
  stat(join(cluster, 'postmaster.pid')).then(
    () => true,
    () => false,
  );

// One folder for all tests, each of which finds it stopped: creating a cluster takes most of a second.
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'headwater-postgres-'));
});

afterEach(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) await killHard(child);
  for (const database of started) await database.stop();
  // Whoever was killed left the server running: joining and leaving shuts it down.
  if (children.length > 0) await (await startEmbeddedPostgres({ dataDir, log: () => undefined })).stop();
  started = [];
  children = [];
});

afterAll(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

test('a first start makes a database in which the service may create its tables, and stop leaves nothing running', async () => {
  const database = await start();
  const pid = await postmasterPid(database.cluster);
  const [row] = await withConnection(database.url, async (sql) => {
    await sql`create schema consents`;
    return await sql`select current_user as who, current_database() as here,
      (select rolsuper from pg_roles where rolname = current_user) as super,
      current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums,
      current_setting('fsync') as fsync`;
  });
  expect(row).toEqual({
    who: 'headwater',
    here: 'headwater',
    super: false,
    encoding: 'UTF8',
    checksums: 'on',
    fsync: 'on',
  });
  await database.stop();
  expect(await hasPidFile(database.cluster)).toBe(false);
  // It may take the system a moment to bury what has ended.
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000 });
});

test('only loopback listens, and only a password opens it', async () => {
  const database = await start();
  const url = new URL(database.url);
  expect(url.hostname).toBe('127.0.0.1');
  for (const password of ['', 'wrong']) {
    url.password = password;
    await expect(withConnection(url.href, (sql) => sql`select 1`)).rejects.toThrow(/password|SASL/i);
  }
  const [row] = await withConnection(
    database.adminUrl,
    (sql) => sql`select current_setting('listen_addresses') as addresses,
      current_setting('unix_socket_directories') as sockets,
      (select string_agg(distinct auth_method, ',') from pg_hba_file_rules) as methods`,
  );
  expect(row).toEqual({ addresses: '127.0.0.1', sockets: '', methods: 'scram-sha-256' });
  const { mode } = await stat(join(database.cluster, 'headwater-credentials.json'));
  expect(mode & 0o777).toBe(0o600);
});

test('a row acknowledged before its process is killed is there for the next, which adopts the running server', async () => {
  const child = await startServing(
    "await sql`create table kept (word text)`; await sql`insert into kept values ('yes')`;",
  );
  await killHard(child);
  const database = await start();
  expect(database.started).toBe(false);
  expect(await database.claim()).toEqual({ ok: true });
  expect(await withConnection(database.url, (sql) => sql`select word from kept`)).toEqual([{ word: 'yes' }]);
});

test('a row acknowledged before the server itself is killed is there after the next start', async () => {
  const child = await startServing(
    "await sql`create table kept_too (word text)`; await sql`insert into kept_too values ('yes')`;",
  );
  await killHard(child);
  const { cluster, stop } = await start();
  process.kill(await postmasterPid(cluster), 'SIGKILL');
  await stop();
  const database = await start();
  expect(database.started).toBe(true);
  expect(await withConnection(database.url, (sql) => sql`select word from kept_too`)).toEqual([
    { word: 'yes' },
  ]);
});

test('a second process that wants to serve from the folder is told which folder is taken', async () => {
  await startServing();
  const second = await start();
  const claim = await second.claim();
  expect(claim).toEqual({
    ok: false,
    message: `another Headwater is already serving from \`${dataDir}\`; stop it or set HEADWATER_DATA_DIR`,
  });
});

test('a tool that ends does not stop the server another process serves from', async () => {
  const tool = await start();
  expect(tool.started).toBe(true);
  await startServing();
  await tool.stop();
  const another = await start();
  expect(another.started).toBe(false);
  await another.stop();
  expect(await hasPidFile(another.cluster)).toBe(true);
});

// Stopped, so that it cannot come back before its time.
const cutOff = async (child: ChildProcess, adminUrl: string): Promise<void> => {
  child.kill('SIGSTOP');
  await withConnection(adminUrl, async (sql) => {
    const [held] =
      await sql`select pid from pg_locks where locktype = 'advisory' and objid = ${SERVING_OBJID}`;
    await sql`select pg_terminate_backend(${held?.['pid'] ?? 0}, 5000)`;
  });
};

test('a tool that ends does not stop the server of a process that has just lost its connection', async () => {
  const child = await startServing();
  const tool = await start();
  const pid = await postmasterPid(tool.cluster);
  await cutOff(child, tool.adminUrl);
  await tool.stop();
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGCONT');
  const another = await start();
  expect([another.started, (await another.claim()).ok]).toEqual([false, false]);
});

test('nobody can claim the place of a process that has just lost its connection', async () => {
  const child = await startServing();
  const second = await start();
  await cutOff(child, second.adminUrl);
  expect((await second.claim()).ok).toBe(false);
  child.kill('SIGCONT');
  const heldAgain = () =>
    withConnection(
      second.adminUrl,
      (sql) => sql`select from pg_locks where locktype = 'advisory' and objid = ${SERVING_OBJID}`,
    );
  await expect.poll(heldAgain, { timeout: 10_000 }).toHaveLength(1);
});

test('the server of a process that was killed is shut down by the next one that leaves', async () => {
  const child = await startServing();
  await killHard(child);
  const tool = await start();
  expect(tool.started).toBe(false);
  await tool.stop();
  expect(await hasPidFile(tool.cluster)).toBe(false);
});

test('however many tools come and go while its connections are cut, a server that is served from stays up', async () => {
  await startServing();
  const watch = await start();
  const pid = await postmasterPid(watch.cluster);
  const comeAndGo = async (): Promise<void> => {
    for (let round = 0; round < 15; round++) {
      const tool = await startEmbeddedPostgres({ dataDir, log: () => undefined });
      await sleep(Math.random() * 20);
      await tool.stop();
    }
  };
  const admin = postgres(watch.adminUrl, { max: 1, onnotice: () => undefined });
  await watch.stop();
  let going = true;
  const cut = async (): Promise<void> => {
    while (going) {
      await admin`select pg_terminate_backend(pid) from pg_locks
        where locktype = 'advisory' and objid = ${SERVING_OBJID}`;
      await sleep(Math.random() * 60);
    }
  };
  const tools = Promise.all([comeAndGo(), comeAndGo(), comeAndGo()]).finally(() => {
    going = false;
  });
  await Promise.all([tools, cut()]);
  await admin.end();
  expect(await postmasterPid(watch.cluster)).toBe(pid);
  expect(isAlive(pid)).toBe(true);
});

test('a claim outlives the crash of a database process', async () => {
  const database = await start();
  await database.claim();
  const sql = postgres(database.adminUrl, { max: 1, onnotice: () => undefined });
  const [victim] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  process.kill(victim?.pid ?? 0, 'SIGKILL');
  await sql.end({ timeout: 0 });
  const heldAgain = async (): Promise<boolean> => {
    const rows = await withConnection(
      database.adminUrl,
      (admin) => admin`select from pg_locks where locktype = 'advisory'`,
    );
    return rows.length === 2;
  };
  await expect.poll(() => heldAgain().catch(() => false), { timeout: 10_000 }).toBe(true);
});

test('processes that start at the same moment on a new folder share one server', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-postgres-'));
  const three = await Promise.all([start(folder), start(folder), start(folder)]);
  expect(new Set(three.map(({ url }) => url)).size).toBe(1);
  expect(three.filter(({ started }) => started)).toHaveLength(1);
  const claims = await Promise.all(three.map((database) => database.claim()));
  expect(claims.filter(({ ok }) => ok)).toHaveLength(1);
  await Promise.all(three.map((database) => database.stop()));
  await rm(folder, { recursive: true, force: true });
});

test('a pid file left by a crash does not keep the database from starting when its number was given away', async () => {
  const { cluster, stop } = await start();
  const pidFile = await readFile(join(cluster, 'postmaster.pid'), 'utf8');
  await stop();
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  children.push(stranger);
  await writeFile(join(cluster, 'postmaster.pid'), pidFile.replace(/^\d+/, String(stranger.pid)));
  expect((await start()).started).toBe(true);
  expect(isAlive(stranger.pid ?? 0)).toBe(true);
});

test('a folder that holds something else is refused in one sentence', async () => {
  const other = await mkdtemp(join(tmpdir(), 'headwater-other-'));
  await mkdir(join(other, 'postgres'));
  await writeFile(join(other, 'postgres', 'diary.txt'), 'mine');
  await expect(startEmbeddedPostgres({ dataDir: other })).rejects.toThrow(/not a database of ours/);
  await rm(other, { recursive: true, force: true });
});

test('each test gets a database of its own', async () => {
  const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);
  await withConnection(one.url, (sql) => sql`create table only_here ()`);
  const [row] = await withConnection(two.url, (sql) => sql`select to_regclass('only_here') as found`);
  expect(row).toEqual({ found: null });
  expect(databaseUrl(one.url, 'x')).toBe(databaseUrl(two.url, 'x'));
  await Promise.all([one.drop(), two.drop()]);
});
