/** What has to be right in the database before requests can be served. */
import { asInstant, formatInstant, type Instant } from '../../base/instant.ts';
import { algorithmOf, currentKey, openPrivateKey } from '../../protocols/authorization-server/signing-key.ts';
import type { SealedKey } from '../../protocols/authorization-server/signing-key-store.ts';
import type { Database } from '../../storage/database.ts';
import { databaseCounts, databaseFacts } from '../../storage/database-facts.ts';
import { signingKeyStore } from '../../storage/signing-keys.ts';
import { pendingMigrations } from '../pending-migrations.ts';
import { type Finding, found, good, notice, wrong } from './finding.ts';

const oldestVersion = 150_000;
/** Within what tokens forgive (30 s), several instances and their clients included. */
const largestSkewMilliseconds = 5000;

/** Each check needs what the one before it found good. */
export async function examineDatabase(
  database: Database,
  keySecret: () => Promise<string>,
  clock: () => Instant,
): Promise<readonly Finding[]> {
  const reached = await found('database', () => examineServer(database, clock));
  if (reached.some(({ check, state }) => check === 'database' && state === 'wrong')) return reached;
  const migrated = await found('migrations', () => examineMigrations(database));
  if (migrated.some(({ state }) => state === 'wrong')) return [...reached, ...migrated];
  const keys = await found('signing key', () => examineKeys(database, keySecret, clock()));
  const counts = await found('contents', () => examineContents(database));
  return [...reached, ...migrated, ...keys, ...counts];
}

async function examineServer(database: Database, clock: () => Instant): Promise<readonly Finding[]> {
  const before = clock();
  const { version, versionNumber, clock: theirs } = await databaseFacts(database);
  const ours = asInstant((before + clock()) / 2);
  const isSupported = versionNumber >= oldestVersion;
  return [
    (isSupported ? good : wrong)(
      'database',
      `PostgreSQL ${version}${isSupported ? ' answers' : ', expected 15 or later'}`,
    ),
    examineClock(theirs - ours),
  ];
}

function examineClock(skewMilliseconds: number): Finding {
  const seconds = Math.abs(Math.round(skewMilliseconds / 1000));
  if (Math.abs(skewMilliseconds) <= largestSkewMilliseconds)
    return good('clock', `agrees with that of the database, within ${seconds} s`);
  const direction = skewMilliseconds > 0 ? 'behind' : 'ahead of';
  return wrong(
    'clock',
    `${seconds} s ${direction} that of the database: tokens would be refused, or live too long`,
  );
}

async function examineMigrations(database: Database): Promise<Finding> {
  const pending = await pendingMigrations((query) => database.execute(query));
  return pending.length === 0
    ? good('migrations', 'the schema is that of this version')
    : wrong('migrations', `${pending.join(', ')}: run \`headwater migrate\``);
}

async function examineKeys(
  database: Database,
  keySecret: () => Promise<string>,
  at: Instant,
): Promise<readonly Finding[]> {
  const keys = await signingKeyStore(database).list();
  const current = currentKey(keys, at);
  if (!current) return [wrong('signing key', 'none signs: run `headwater key rotate`')];
  await openPrivateKey(current, await keySecret());
  return [good('signing key', `${current.kid} signs by ${algorithmOf(current)}`), ...withoutSuccessor(keys)];
}

function withoutSuccessor(keys: readonly SealedKey[]): readonly Finding[] {
  const ends = keys.map(({ retiredAt }) => retiredAt);
  if (ends.includes(undefined)) return [];
  const last = Math.max(...ends.map((end) => end ?? 0));
  return [
    notice(
      'signing key',
      `none is left to sign after ${formatInstant(asInstant(last))}: run \`headwater key rotate\``,
    ),
  ];
}

async function examineContents(database: Database): Promise<Finding> {
  const counts = Object.entries(await databaseCounts(database));
  return good('contents', counts.map(([name, count]) => `${count} ${name}`).join(', '));
}
