/** The database that the environment names, for as long as a piece of work takes: DATABASE_URL, or the embedded one. */
import type { Database } from '../storage/database.ts';
import { openDatabase } from '../storage/database.ts';
import type { Config } from './config.ts';
import { configOrExit } from './config-or-exit.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';

/** For the command line: works beside a running server, and leaves the database as it was found. */
export async function withConfiguredDatabase<T>(
  work: (database: Database, config: Config) => Promise<T>,
): Promise<T> {
  const config = configOrExit();
  const source = await databaseUrl(config);
  try {
    const { database, close } = openDatabase(source.url, { connections: 2 });
    try {
      return await work(database, config);
    } finally {
      await close();
    }
  } finally {
    await source.leave();
  }
}

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
