/** `npm start`: the database, a signing key, the server, and an orderly end. */
import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { asInstant, type Instant } from '../base/instant.ts';
import type { Log } from '../http/app.ts';
import type { App } from '../http/mount.ts';
import { createFetchJson } from '../outbound/fetch-json.ts';
import { getPinned } from '../outbound/get-pinned.ts';
import {
  currentKey,
  ensureSigningKey,
  openPrivateKey,
  type SigningKeyDeps,
} from '../protocols/authorization-server/signing-key.ts';
import { type OpenDatabase, openDatabase } from '../storage/database.ts';
import { housekeepingSteps } from '../storage/housekeeping.ts';
import { signingKeyStore } from '../storage/signing-keys.ts';
import { addressOf } from './address-of.ts';
import { composeApp, type Parts } from './compose.ts';
import { type Config, isLoopback, knowsAddresses } from './config.ts';
import { configOrExit } from './config-or-exit.ts';
import { EmbeddedPostgresError, startEmbeddedPostgres } from './embedded-postgres.ts';
import { greeting } from './greeting.ts';
import { aboutAMinute, keepHouse, repeat } from './housekeeping.ts';
import { keySecret, keySecretFile } from './key-secret.ts';
import { limitsOf } from './limits.ts';
import { createLog } from './log.ts';
import { migrate } from './migrate.ts';
import { whenNpmEnds } from './npm-parent.ts';
import { pendingMigrations } from './pending-migrations.ts';
import { random } from './random.ts';
import { reindex } from './reindex.ts';

/** Enough for two cores; PostgreSQL gains nothing from more at once. */
const connections = 10;

// A terminal or a log collector that went away is no reason to stop, still less to stop without leaving the database.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

await start().catch(fail);

async function start(): Promise<void> {
  const config = configOrExit();
  const secret = await keySecret(config);
  const log = createLog(config.logLevel, (line) => process.stderr.write(`${line}\n`));
  const source = await databaseSource(config);
  const open = openDatabase(source.url, { connections });
  const leave = async (): Promise<void> => {
    await open.close();
    await source.leave();
  };
  try {
    if (!config.databaseUrl) await reindexed(config, open, log);
    const app = await application(config, open, { keySecret: secret, log });
    const stopKeepingHouse = startKeepingHouse(open, log);
    await listen(app, config, { leave: () => stopKeepingHouse().then(leave), log });
  } catch (error) {
    await leave();
    throw error;
  }
}

/** Several instances over one database do no harm to each other. */
function startKeepingHouse({ database }: OpenDatabase, log: Log): () => Promise<void> {
  const steps = housekeepingSteps(database);
  return repeat({
    round: (isStopping) => keepHouse(steps, asInstant(Date.now()), log, isStopping),
    pauseMilliseconds: aboutAMinute,
  });
}

type Source = { readonly url: string; readonly leave: () => Promise<void> };

async function databaseSource(config: Config): Promise<Source> {
  if (config.databaseUrl) return { url: config.databaseUrl.reveal(), leave: async () => {} };
  const onLost = (reason: string): never => fail(new EmbeddedPostgresError(reason));
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, onLost });
  try {
    const claim = await embedded.claim();
    if (!claim.ok) throw new EmbeddedPostgresError(claim.message);
    await migrate(embedded.url);
    return { url: embedded.url, leave: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

/** Like its schema; of a configured database both are its operator's (`npm run migrate`). */
async function reindexed({ issuer }: Config, { database }: OpenDatabase, log: Log): Promise<void> {
  const count = await reindex(database, { issuer, random });
  if (count > 0) log('resources.reindexed', { count });
}

async function application(
  config: Config,
  { database }: OpenDatabase,
  given: Pick<Parts, 'keySecret' | 'log'>,
): Promise<App> {
  const { issuer, settings } = config;
  const clock = () => asInstant(Date.now());
  const pending = await pendingMigrations((query) => database.execute(query));
  // A key is made for a new service; a configured database is its operator's to migrate first.
  if (pending.length > 0)
    given.log('database.outdated', { pending, ready: false, remedy: 'npm run migrate' });
  else await ensureUsableKey({ ...given, signingKeys: signingKeyStore(database), random }, config, clock());
  const fetchJson = createFetchJson({ get: getPinned(), allowLoopback: isLoopback(issuer) });
  return composeApp({
    ...given,
    database,
    issuer,
    settings,
    clock,
    random,
    fetchJson,
    addressOf: addressOf(config.proxies ?? 0),
    ...(knowsAddresses(config) ? { limits: limitsOf(config.limits) } : {}),
  });
}

/** Without it every request for a token would fail, and only then. */
async function ensureUsableKey(deps: SigningKeyDeps, config: Config, at: Instant): Promise<void> {
  await ensureSigningKey(deps, at);
  const key = currentKey(await deps.signingKeys.list(), at);
  if (key === undefined) return;
  await openPrivateKey(key, deps.keySecret).catch((cause: unknown) => {
    const where = config.keySecret ? '' : ` (not set: taken from \`${keySecretFile(config)}\`)`;
    throw new Error(
      `HEADWATER_KEY_SECRET${where} does not open the signing key ${key.kid} of this database: set the secret it was made with, or make another key with \`npm run headwater -- key rotate --now\``,
      { cause },
    );
  });
}

type Ending = { readonly leave: () => Promise<void>; readonly log: Log };

async function listen(app: App, config: Config, { leave, log }: Ending): Promise<void> {
  const { host, port } = config;
  const server = serve({ fetch: app.fetch, hostname: host, port });
  await once(server, 'listening');
  let isEnding = false;
  const end = (reason: string): void => {
    if (isEnding) return;
    isEnding = true;
    log('service.stopping', { reason });
    server.close(() => void leave().then(() => process.exit(0), fail));
    if ('closeIdleConnections' in server) server.closeIdleConnections();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  whenNpmEnds(process.env, () => end('npm has ended'));
  // Last: whoever reads it may tell us to end.
  process.stdout.write(greeting(config));
}

/** One line for the operator; nothing is served by halves. */
function fail(error: unknown): never {
  process.stderr.write(`Headwater cannot serve: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
