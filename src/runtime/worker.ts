/** The service on Cloudflare Workers: one application and one database handle for each request. */
import { createDecisionCache } from '../access/decide-access.ts';
import { createRateMemory } from '../access/rate-memory.ts';
import { asInstant } from '../base/instant.ts';
import { createFetchJson } from '../outbound/fetch-json.ts';
import { getByFetch } from '../outbound/get-by-fetch.ts';
import { createKeySetCache } from '../protocols/authorization-server/keys-of.ts';
import { openDatabase } from '../storage/database.ts';
import { housekeepingSteps } from '../storage/housekeeping.ts';
import { composeApp } from './compose.ts';
import { type Config, readConfig } from './config.ts';
import { keepHouse } from './housekeeping.ts';
import { limitsOf } from './limits.ts';
import { createLog } from './log.ts';
import { random } from './random.ts';

type Env = Readonly<Record<string, unknown>> & { readonly HYPERDRIVE: { readonly connectionString: string } };
type Context = { readonly waitUntil: (work: Promise<unknown>) => void };

/** Data alone, as long as the isolate; every use of it is confirmed through the handle of the request at hand. */
const decisionCache = createDecisionCache();

const rateMemory = createRateMemory();
const keySetCache = createKeySetCache();
const fetchJson = createFetchJson({ get: getByFetch, allowLoopback: false });

export default {
  async fetch(request: Request, env: Env, context: Context): Promise<Response> {
    const config = configFrom(env);
    // A socket belongs to the request that opened it, so the handle cannot outlive it; Hyperdrive keeps the pool.
    const { database, close } = openDatabase(env.HYPERDRIVE.connectionString, { connections: 5 });
    try {
      const app = composeApp({
        database,
        issuer: config.issuer,
        keySecret: config.keySecret?.reveal() ?? '',
        settings: config.settings,
        clock: () => asInstant(Date.now()),
        random,
        decisionCache,
        keySetCache,
        fetchJson,
        rateMemory,
        limits: limitsOf(config.limits),
        log: createLog(config.logLevel, (line) => console.log(line)),
        // Set by Cloudflare itself; what a client sends under this name is replaced.
        addressOf: ({ headers }) => headers.get('cf-connecting-ip') ?? undefined,
      });
      return await app.fetch(request);
    } finally {
      context.waitUntil(close());
    }
  },

  /** Housekeeping, as often as `wrangler.toml` says. */
  async scheduled(_event: unknown, env: Env): Promise<void> {
    const log = createLog(configFrom(env).logLevel, (line) => console.log(line));
    const { database, close } = openDatabase(env.HYPERDRIVE.connectionString, { connections: 1 });
    try {
      await keepHouse(housekeepingSteps(database), asInstant(Date.now()), log);
    } finally {
      await close();
    }
  },
};

function configFrom(env: Env): Config {
  const config = readConfig(env, {
    // There is no address to tell the issuer from, and no folder to keep a secret in.
    required: ['HEADWATER_ISSUER', 'HEADWATER_KEY_SECRET'],
    // Nor are there files: the variable holds the settings themselves.
    readSettings: (text) => text,
  });
  if (config.ok) return config.value;
  throw new Error(
    config.failure.map(({ variable, expected }) => `${variable}: expected ${expected}`).join('; '),
  );
}
