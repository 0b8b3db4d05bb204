/** `npm start`: the database, a signing key, the server, and an orderly end. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { serve } from '@hono/node-server';
import { asInstant } from '../base/instant.ts';
import type { App } from '../http/mount.ts';
import { ensureSigningKey } from '../protocols/authorization-server/signing-key.ts';
import { type OpenDatabase, openDatabase } from '../storage/database.ts';
import { signingKeyStore } from '../storage/signing-keys.ts';
import { composeApp } from './compose.ts';
import type { Config } from './config.ts';
import { configOrExit } from './config-or-exit.ts';
import { EmbeddedPostgresError, startEmbeddedPostgres } from './embedded-postgres.ts';
import { greeting } from './greeting.ts';
import { keySecret } from './key-secret.ts';
import { createLog } from './log.ts';
import { migrate, pendingMigrations } from './migrate.ts';
import { parseSettings } from './settings.ts';

/** Enough for two cores; PostgreSQL gains nothing from more at once. */
const connections = 10;

await start().catch(fail);

async function start(): Promise<void> {
  const config = configOrExit();
  const source = await databaseSource(config);
  const open = openDatabase(source.url, { connections });
  const leave = async (): Promise<void> => {
    await open.close();
    await source.leave();
  };
  try {
    await listen(await application(config, open), config, leave);
  } catch (error) {
    await leave();
    throw error;
  }
}

type Source = { readonly url: string; readonly leave: () => Promise<void> };

async function databaseSource(config: Config): Promise<Source> {
  if (config.databaseUrl) return { url: config.databaseUrl.reveal(), leave: async () => {} };
  const onLost = (reason: string): never => fail(new EmbeddedPostgresError(reason));
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, onLost });
  const claim = await embedded.claim();
  if (!claim.ok) {
    await embedded.stop();
    throw new EmbeddedPostgresError(claim.message);
  }
  await migrate(embedded.url);
  return { url: embedded.url, leave: () => embedded.stop() };
}

async function application(config: Config, { database, client }: OpenDatabase): Promise<App> {
  const parts = {
    database,
    issuer: config.issuer,
    keySecret: await keySecret(config),
    settings: parseSettings(config.settingsFile ? await readFile(config.settingsFile, 'utf8') : '{}'),
    clock: () => asInstant(Date.now()),
    random: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
    log: createLog(config.logLevel, (line) => process.stderr.write(`${line}\n`)),
  };
  const signingKeys = signingKeyStore(database);
  const isCurrent = async (): Promise<boolean> => (await pendingMigrations(client)) === 0;
  // A key is made for a new service; a database of another version is its operator's to migrate first.
  if (await isCurrent()) await ensureSigningKey({ ...parts, signingKeys }, parts.clock());
  else parts.log('database.outdated', { remedy: 'npm run migrate' });
  const isReady = async (): Promise<boolean> => (await isCurrent()) && (await signingKeys.list()).length > 0;
  return composeApp({ ...parts, isReady: () => isReady().catch(() => false) });
}

async function listen(app: App, { host, port, issuer }: Config, leave: () => Promise<void>): Promise<void> {
  const server = serve({ fetch: app.fetch, hostname: host, port });
  await once(server, 'listening');
  process.stdout.write(greeting(issuer));
  const end = (): void => {
    server.close(() => void leave().then(() => process.exit(0), fail));
    if ('closeIdleConnections' in server) server.closeIdleConnections();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
}

/** One line for the operator; nothing is served by halves. */
function fail(error: unknown): never {
  process.stderr.write(`Headwater cannot serve: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
