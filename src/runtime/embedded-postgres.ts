// Runs a real PostgreSQL beside this process, for use without a database of one's own.

import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Binaries, prepareBinaries } from './embedded-postgres/binaries.ts';
import { adminUrl, type Credentials, readCredentials, serviceUrl } from './embedded-postgres/credentials.ts';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres/error.ts';
import { initialise } from './embedded-postgres/initialise.ts';
import { openTenancy, type Tenancy } from './embedded-postgres/ownership.ts';
import { findPlace, leavePointer, type Place } from './embedded-postgres/place.ts';
import {
  disownPidFile,
  isAlive,
  isSomethingElse,
  type Postmaster,
  readPostmaster,
} from './embedded-postgres/postmaster.ts';
import { startServer, stopServer } from './embedded-postgres/server.ts';
import { type Serving, servingFrom } from './embedded-postgres/serving.ts';

export { EmbeddedPostgresError } from './embedded-postgres/error.ts';

export type EmbeddedPostgresOptions = {
  readonly dataDir: string;
  /** Default true. False trades surviving a crash of the machine for speed: for tests. */
  readonly durable?: boolean;
  /** Told once, when the cluster cannot live in the data folder. Default: a line on standard error. */
  readonly log?: (event: string, facts: Readonly<Record<string, string>>) => void;
  /** The database went away, or another process took it over, while we were using it. Default: nothing. */
  readonly onLost?: (reason: string) => void;
};

export type Claim = { readonly ok: true } | { readonly ok: false; readonly message: string };

export type EmbeddedPostgres = {
  /** The database `headwater`, as the role that owns it. */
  readonly url: string;
  /** The database `postgres`, as superuser. */
  readonly adminUrl: string;
  /** PGDATA: not always inside the data folder. */
  readonly cluster: string;
  /** False when PostgreSQL was running already. */
  readonly started: boolean;
  /** Become the one process that serves from this folder; one sentence for the operator when another is. */
  claim(): Promise<Claim>;
  /** Leave; PostgreSQL is shut down, and waited for, when no other process uses it. */
  stop(): Promise<void>;
};

const PATIENCE_MS = 120_000;
// A postmaster listens within milliseconds of writing its pid file.
const REFUSED_PATIENCE_MS = 1_000;

type Running = {
  readonly postmaster: Postmaster;
  readonly credentials: Credentials;
  readonly tenancy: Tenancy;
};

const defaultLog = (event: string, facts: Readonly<Record<string, string>>): void => {
  process.stderr.write(`${JSON.stringify({ level: 'info', event, ...facts })}\n`);
};

const WRONG_PASSWORD = '28P01';

const tryTenancy = async (
  place: Place,
  credentials: Credentials,
  port: number,
  onLost: (reason: string) => void,
): Promise<Tenancy | undefined> => {
  try {
    return await openTenancy(adminUrl(credentials, port), onLost);
  } catch (error) {
    if (errorCode(error) !== WRONG_PASSWORD) return undefined;
    throw new EmbeddedPostgresError(
      `the database in \`${place.cluster}\` no longer takes its stored password`,
      { cause: error },
    );
  }
};

// Waits out a server that is starting, recovering or stopping; nothing when no server is there, or none any more.
const adopt = async (
  place: Place,
  credentials: Credentials,
  onLost: (reason: string) => void,
): Promise<Running | undefined> => {
  const since = Date.now();
  while (Date.now() - since < PATIENCE_MS) {
    const postmaster = await readPostmaster(place.cluster);
    if (!postmaster || postmaster.pid === process.pid || !isAlive(postmaster.pid)) return undefined;
    const tenancy = postmaster.ready
      ? await tryTenancy(place, credentials, postmaster.port, onLost)
      : undefined;
    if (tenancy) return { postmaster, credentials, tenancy };
    if (Date.now() - since > REFUSED_PATIENCE_MS && (await isSomethingElse(postmaster.pid))) {
      await disownPidFile(place.cluster);
      return undefined;
    }
    await sleep(10);
  }
  throw new EmbeddedPostgresError(`the database in \`${place.cluster}\` runs but does not answer`);
};

const isOccupied = async (folder: string): Promise<boolean> => {
  try {
    return (await readdir(folder)).length > 0;
  } catch (error) {
    // Reading the passwords next says more about any other obstacle.
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
};

// Looked at before the passwords: a cluster that another process publishes in between is found with them.
const findCredentials = async (place: Place): Promise<Credentials | undefined> => {
  const occupied = await isOccupied(place.cluster);
  const found = await readCredentials(place.cluster);
  if (found || !occupied) return found;
  throw new EmbeddedPostgresError(
    `\`${place.cluster}\` holds files that are not a database of ours: move them away`,
  );
};

const ensureCredentials = async (place: Place, binaries: Binaries, options: EmbeddedPostgresOptions) => {
  const existing = await findCredentials(place);
  if (existing) return existing;
  if (place.home !== place.dataDir) {
    await leavePointer(place);
    (options.log ?? defaultLog)('postgres.relocated', { dataDir: place.dataDir, cluster: place.cluster });
  }
  await initialise(place, binaries, options.durable ?? true);
  const created = await findCredentials(place);
  if (created) return created;
  throw new EmbeddedPostgresError(`\`${place.cluster}\` disappeared while it was being created`);
};

const runOrAdopt = async (place: Place, binaries: Binaries, options: EmbeddedPostgresOptions) => {
  const onLost = options.onLost ?? (() => undefined);
  const credentials = await ensureCredentials(place, binaries, options);
  const until = Date.now() + PATIENCE_MS;
  let started = false;
  while (Date.now() < until) {
    const running = await adopt(place, credentials, onLost);
    if (running) return { ...running, started };
    started = (await startServer(place, binaries, options.durable ?? true)) !== 'elsewhere';
    if (!started) await sleep(50);
  }
  throw new EmbeddedPostgresError(
    `the database in \`${place.cluster}\` keeps stopping as soon as it has started`,
  );
};

const claimFor = async (tenancy: Tenancy, serving: Serving, dataDir: string): Promise<Claim> => {
  const message = `another Headwater is already serving from \`${dataDir}\`; stop it or set HEADWATER_DATA_DIR`;
  if (!(await tenancy.claim())) return { ok: false, message };
  // The lock was free, but only because its holder lost its connection and is about to come back.
  if (await serving.isElsewhere()) {
    await tenancy.disclaim();
    return { ok: false, message };
  }
  await serving.mark();
  return { ok: true };
};

const leave = async (tenancy: Tenancy, serving: Serving, shutDown: () => Promise<void>): Promise<void> => {
  await serving.unmark();
  // A connection that is lost means a server that is gone or going: nothing is left for us to stop.
  const alone = await tenancy.leave().catch(() => false);
  try {
    // INVARIANT: what a living process serves from is not shut down, even while that process has no connection.
    if (alone && !(await serving.isElsewhere())) await shutDown();
  } finally {
    await tenancy.close();
  }
};

/**
 * Starts the PostgreSQL of a data folder, or joins it when it is running already: because another process uses it, or
 * because the process that started it was killed. Every process that joins must `stop()`; the last one shuts it down.
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const place = await findPlace(options.dataDir);
  const binaries = await prepareBinaries(place);
  const { postmaster, credentials, tenancy, started } = await runOrAdopt(place, binaries, options);
  const serving = servingFrom(place.cluster);
  let stopping: Promise<void> | undefined;
  return {
    url: serviceUrl(credentials, postmaster.port),
    adminUrl: adminUrl(credentials, postmaster.port),
    cluster: place.cluster,
    started,
    claim: () => claimFor(tenancy, serving, place.dataDir),
    stop: () => {
      stopping ??= leave(tenancy, serving, () => stopServer(place, binaries, postmaster.pid));
      return stopping;
    },
  };
};
