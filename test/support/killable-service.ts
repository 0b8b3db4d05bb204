/** Headwater as a process of its own over a durable database of its own, either of which can be killed and started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../../src/runtime/embedded-postgres.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { freePort, type Program, plainEnvironment, startProcesses } from '../examples/cascade/processes.ts';
import { withConnection } from './database.ts';

const launcher = fileURLToPath(new URL('../../src/runtime/launch.mjs', import.meta.url));

export type KillableService = Awaited<ReturnType<typeof killableService>>;

export async function killableService() {
  const dataDir = await mkdtemp(join(tmpdir(), 'headwater-killed-'));
  const processes = startProcesses();
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  let program: Program;

  const start = async (): Promise<void> => {
    const env = plainEnvironment({ HEADWATER_DATA_DIR: dataDir, PORT: String(port) });
    program = processes.run(launcher, ['start'], env);
    while (!(await isReady(issuer))) {
      if (!program.isRunning()) throw new Error(`it did not start: ${program.output()}`);
      await sleep(20);
    }
  };

  /** As the tools beside a server come and go. */
  const withDatabase = async <T>(work: (database: Database, adminUrl: string) => Promise<T>): Promise<T> => {
    const embedded = await startEmbeddedPostgres({ dataDir, log: () => undefined });
    const { database, close } = openDatabase(embedded.url, { connections: 1 });
    try {
      return await work(database, embedded.adminUrl);
    } finally {
      await close();
      await embedded.stop();
    }
  };

  /** Of PostgreSQL: all of it, so that nothing is left that could tidy up. */
  const databasePids = (): Promise<readonly number[]> =>
    withDatabase(async (_, adminUrl) =>
      withConnection(adminUrl, async (sql) => {
        const [own] = await sql<{ pid: number }[]>`
          select split_part(pg_read_file('postmaster.pid'), E'\n', 1)::integer as pid`;
        const others = await sql<{ pid: number }[]>`
          select pid from pg_stat_activity where pid <> pg_backend_pid()`;
        return [own, ...others].map((row) => row?.pid ?? 0);
      }),
    );

  await start();
  return {
    issuer,
    start,
    withDatabase,
    databasePids,
    kill(others: readonly number[] = []): void {
      for (const pid of [program.pid, ...others]) signal(pid);
    },
    stop: async (): Promise<void> => {
      await processes.stopAll();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function isReady(issuer: string): Promise<boolean> {
  try {
    const { ok } = await fetch(`${issuer}/readyz`);
    return ok;
  } catch {
    return false;
  }
}

/** Some of them end by themselves as soon as the first is gone. */
function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}
