/** What an application is made of: a database, a configuration, a clock, chance, and what outlives a request. */
import type { DecisionCache } from '../../access/decide-access.ts';
import type { RateMemory } from '../../access/rate-memory.ts';
import type { Settings } from '../../access/settings.ts';
import type { HttpDeps } from '../../http/app.ts';
import type { Limits } from '../../http/limited.ts';
import type { FetchJson } from '../../protocols/authorization-server/fetch-json.ts';
import type { KeySetCache } from '../../protocols/authorization-server/keys-of.ts';
import type { Database } from '../../storage/database.ts';

export type Parts = HttpDeps & {
  readonly database: Database;
  readonly issuer: string;
  readonly keySecret: string;
  readonly settings: Settings;
  /** What outlives this application: on Workers one is composed for each request. */
  readonly decisionCache?: DecisionCache;
  readonly keySetCache?: KeySetCache;
  readonly rateMemory?: RateMemory;
  /** Absent where `addressOf` does not tell who is asking. */
  readonly limits?: Limits;
  /** Absent: nobody is asked for keys, and whoever has them elsewhere is not believed. */
  readonly fetchJson?: FetchJson;
};
