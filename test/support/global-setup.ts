// Starts one PostgreSQL for the whole run (or uses TEST_DATABASE_URL) and migrates a template database once.

import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres, { type Sql } from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/runtime/embedded-postgres.ts';
import { migrate } from '../../src/runtime/migrate.ts';
import { databaseUrl, dropDatabase } from './database.ts';

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 2 ** 30;

// In memory where there is room: ext4 avoids inodes freed in the last seconds one by one, which makes copying a
// database ten times slower in a run that keeps making and dropping them. A crash of the machine leaves no wreck either.
const roomiest = async (): Promise<string> => {
  const room = await statfs(MEMORY).catch(() => undefined);
  return room && room.bavail * room.bsize >= ENOUGH_BYTES ? MEMORY : tmpdir();
};

// One folder per checkout and user, kept from run to run.
const testFolder = async (): Promise<string> => {
  const checkout = fileURLToPath(new URL('../..', import.meta.url));
  const key = createHash('sha256').update(checkout).digest('hex').slice(0, 12);
  return join(await roomiest(), `headwater-test-${process.getuid?.() ?? 'user'}-${key}`);
};

// Its name can be guessed, and others can write to the folder for temporary files.
const makeOwnFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { mode: 0o700, recursive: true });
  const found = await lstat(folder);
  const ours = process.getuid === undefined || found.uid === process.getuid();
  if (!found.isDirectory() || !ours) throw new Error(`\`${folder}\` belongs to somebody else`);
};

// Every database of a run starts with `hwtest_<run>_`; runs in one checkout share the server and nothing else.
const DATABASES_OF_RUNS = '^hwtest_[0-9a-f]{8}_';
const RUN_LENGTH = 'hwtest_00000000_'.length;
const RUN_ALIVE = 716_587;

type Server = { readonly adminUrl: string; stop(): Promise<void> };

const startServer = async (): Promise<Server> => {
  const external = process.env['TEST_DATABASE_URL'];
  if (external) return { adminUrl: external, stop: () => Promise.resolve() };
  const dataDir = await testFolder();
  await makeOwnFolder(dataDir);
  return await startEmbeddedPostgres({ dataDir, durable: false });
};

// A session lock says that a run is alive: it goes with the process, however that ends.
const markAlive = (sql: Sql, run: string): Promise<unknown> =>
  sql`select pg_advisory_lock(${RUN_ALIVE}::int, hashtext(${run}))`;

const isAbandoned = async (sql: Sql, run: string): Promise<boolean> => {
  const [row] = await sql<
    { free: boolean }[]
  >`select pg_try_advisory_lock(${RUN_ALIVE}::int, hashtext(${run})) as free`;
  return row?.free === true;
};

const dropRun = async (sql: Sql, run: string): Promise<void> => {
  const rows = await sql<
    { name: string }[]
  >`select datname as name from pg_database where starts_with(datname, ${run})`;
  for (const { name } of rows) await dropDatabase(sql, name);
};

const dropAbandonedRuns = async (sql: Sql, own: string): Promise<void> => {
  const runs = await sql<{ run: string }[]>`
    select distinct left(datname, ${RUN_LENGTH}::int) as run from pg_database where datname ~ ${DATABASES_OF_RUNS}`;
  for (const { run } of runs) {
    if (run !== own && (await isAbandoned(sql, run))) await dropRun(sql, run);
  }
};

const makeTemplate = async (sql: Sql, adminUrl: string, template: string): Promise<void> => {
  await sql`create database ${sql(template)}`;
  await migrate(databaseUrl(adminUrl, template));
};

const setUp = async (sql: Sql, adminUrl: string, run: string): Promise<string> => {
  await markAlive(sql, run);
  await dropAbandonedRuns(sql, run);
  const template = `${run}template`;
  await makeTemplate(sql, adminUrl, template);
  return template;
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { adminUrl, stop } = await startServer();
  const prefix = `hwtest_${randomBytes(4).toString('hex')}_`;
  const sql = postgres(adminUrl, {
    max: 1,
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => undefined,
  });
  const tearDown = async (): Promise<void> => {
    await dropRun(sql, prefix);
    await sql.end();
    await stop();
  };
  try {
    project.provide('testServer', { adminUrl, template: await setUp(sql, adminUrl, prefix), prefix });
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
