/** The database that the environment names, for as long as a piece of work takes: DATABASE_URL, or the embedded one. */
import type { Database } from '../storage/database.ts';
import { openDatabase } from '../storage/database.ts';
import type { Config } from './config.ts';
import { configOrExit } from './config-or-exit.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';
import { random } from './random.ts';
import { reindex } from './reindex.ts';

/** For the command line: works beside a running server, and leaves the database as it was found. */
export async function withConfiguredDatabase<T>(
  work: (database: Database, config: Config) => Promise<T>,
): Promise<T> {
  const config = configOrExit();
  const source = await databaseUrl(config);
  try {
    const { database, close } = openDatabase(source.url, { connections: 2 });
    try {
      if (!config.databaseUrl) await reindexed(database, config);
      return await work(database, config);
    } finally {
      await close();
    }
  } finally {
    await source.leave();
  }
}

/** Opening the embedded database migrates it; another one is brought up to date when its operator says so. */
export async function migrateConfiguredDatabase(): Promise<void> {
  const { databaseUrl: given } = configOrExit();
  if (given) await migrate(given.reveal());
  await withConfiguredDatabase(reindexed);
}

const reindexed = (database: Database, { issuer }: Config): Promise<number> =>
  reindex(database, { issuer, random });

async function databaseUrl(
  config: Config,
): Promise<{ readonly url: string; readonly leave: () => Promise<void> }> {
  if (config.databaseUrl) return { url: config.databaseUrl.reveal(), leave: async () => {} };
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir });
  try {
    await migrate(embedded.url);
    return { url: embedded.url, leave: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}
