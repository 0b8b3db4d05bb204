/** One schema from environment to configuration: every problem is reported at once, and an insecure start is refused. */
import { z } from 'zod';
import type { Settings } from '../access/settings.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isLoopbackHost } from '../protocols/authorization-server/browser/loopback.ts';
import { isDatabaseUrl } from '../storage/database.ts';
import { type LimitSettings, usualLimits } from './limits.ts';
import { parseSettings } from './settings.ts';

/** A value that must not reach a log; printing it shows `[secret]`. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
}

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type Config = {
  readonly port: number;
  readonly host: string;
  /** Without a trailing slash; what tokens name as `iss`. */
  readonly issuer: string;
  /** Absent: the embedded PostgreSQL in the data folder. */
  readonly databaseUrl: Secret | undefined;
  readonly dataDir: string;
  /** Absent for a loopback issuer: one is made and kept in the data folder. */
  readonly keySecret: Secret | undefined;
  readonly settings: Settings;
  /** How many proxies of ours stand in front; undefined: nobody said, so addresses may be theirs. */
  readonly proxies: number | undefined;
  readonly limits: LimitSettings;
  readonly logLevel: LogLevel;
};

export type ConfigProblem = { readonly variable: string; readonly expected: string };

const optional = <Schema extends z.ZodType<unknown, string>>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const aNumber = z
  .string()
  .regex(/^[1-9]\d{0,7}$/)
  .transform(Number);

const environment = z.object({
  PORT: optional(
    z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .refine((port) => port > 0 && port < 65_536),
  ).meta({
    description: 'a port number from 1 to 65535',
  }),
  HOST: optional(
    z
      .string()
      .regex(/^[\w.:-]+$/)
      .refine((host) => URL.canParse(urlOf(host))),
  ).meta({
    description: 'an address or host name to listen on, a loopback one unless HEADWATER_ISSUER is https',
  }),
  HEADWATER_ISSUER: optional(z.string().refine(isIssuer)).meta({
    description:
      'a URL as it is written in full: https (http only for a loopback host), lower case, without password, default port, query, fragment, space or trailing slash',
  }),
  DATABASE_URL: optional(
    z
      .string()
      .regex(/^postgres(ql)?:\/\/.+/)
      .refine(isDatabaseUrl),
  ).meta({
    description: 'a postgres:// URL, what is special in its password percent-encoded',
  }),
  HEADWATER_DATA_DIR: optional(z.string()).meta({
    description: 'a folder for the embedded database and its secrets',
  }),
  HEADWATER_KEY_SECRET: optional(z.string().min(32)).meta({
    description: 'a secret of at least 32 characters, required unless the issuer is a loopback host',
  }),
  HEADWATER_SETTINGS: optional(z.string()).meta({
    description: 'a JSON file with decision settings',
  }),
  HEADWATER_PROXIES: optional(z.string().regex(/^\d$/).transform(Number)).meta({
    description: 'how many proxies of yours stand in front and add to X-Forwarded-For, from 0 to 9',
  }),
  HEADWATER_FAILURES_PER_MINUTE: optional(aNumber).meta({
    description: 'how many authentications of one client may fail from one network, a number from 1',
  }),
  HEADWATER_REQUESTS_PER_MINUTE: optional(aNumber).meta({
    description: 'how many requests for tokens one network may send, a number from 1',
  }),
  HEADWATER_VISITS_PER_MINUTE: optional(aNumber).meta({
    description: 'how often browsers of one network may come to sign in, a number from 1',
  }),
  LOG_LEVEL: optional(z.enum(logLevels)).meta({ description: `one of ${logLevels.join(', ')}` }),
});

type Variable = keyof typeof environment.shape;
type Values = z.output<typeof environment>;

/** What differs between the systems we run on. */
export type Surroundings = {
  /** Variables that have no default here. */
  readonly required: readonly Variable[];
  /** The text of what HEADWATER_SETTINGS names; throws when there is none. */
  readonly readSettings: (named: string) => string;
};

/** @param env the environment, or the bindings of a Worker */
export function readConfig(
  env: Readonly<Record<string, unknown>>,
  { required, readSettings }: Surroundings,
): Result<Config, readonly ConfigProblem[]> {
  const malformed = malformedIn(env);
  // Read without those, so that whatever else is wrong is reported with them.
  const values = environment.parse({ ...env, ...Object.fromEntries(malformed.map((name) => [name, ''])) });
  const addresses = addressesOf(values);
  const missing = required.filter((name) => values[name] === undefined);
  const settings = settingsOf(values.HEADWATER_SETTINGS, readSettings);
  const refused = new Set([...malformed, ...missing, ...refusedIn(values, addresses)]);
  const problems = [...[...refused].map(expectation), ...(settings.ok ? [] : [settings.failure])];
  if (problems.length > 0 || !settings.ok) return err(problems);
  return ok(
    Object.freeze({
      ...addresses,
      databaseUrl: secret(values.DATABASE_URL),
      dataDir: values.HEADWATER_DATA_DIR ?? '.headwater',
      keySecret: secret(values.HEADWATER_KEY_SECRET),
      settings: settings.value,
      proxies: values.HEADWATER_PROXIES,
      limits: {
        failures: values.HEADWATER_FAILURES_PER_MINUTE ?? usualLimits.failures,
        requests: values.HEADWATER_REQUESTS_PER_MINUTE ?? usualLimits.requests,
        visits: values.HEADWATER_VISITS_PER_MINUTE ?? usualLimits.visits,
      },
      logLevel: values.LOG_LEVEL ?? 'info',
    }),
  );
}

function malformedIn(env: Readonly<Record<string, unknown>>): readonly Variable[] {
  const { error } = environment.safeParse(env);
  return (error?.issues ?? []).map(({ path }) => String(path[0]) as Variable);
}

type Addresses = Pick<Config, 'port' | 'host' | 'issuer'>;

function addressesOf({ PORT: port = 8080, HOST: host = '127.0.0.1', ...values }: Values): Addresses {
  return { port, host, issuer: values.HEADWATER_ISSUER ?? `${urlOf(host)}:${port}` };
}

/** What is well formed, but not safe together. */
function refusedIn(values: Values, { issuer, host }: Addresses): readonly Variable[] {
  const refused: Variable[] = [];
  if (!isIssuer(issuer)) refused.push('HEADWATER_ISSUER');
  else if (new URL(issuer).protocol === 'http:' && !isLoopback(urlOf(host))) refused.push('HOST');
  if (values.HEADWATER_KEY_SECRET === undefined && !isLoopback(issuer)) refused.push('HEADWATER_KEY_SECRET');
  return refused;
}

function settingsOf(
  named: string | undefined,
  read: Surroundings['readSettings'],
): Result<Settings, ConfigProblem> {
  const { variable, expected } = expectation('HEADWATER_SETTINGS');
  try {
    const settings = parseSettings(named === undefined ? '{}' : read(named));
    return settings.ok ? settings : err({ variable, expected: `${expected} (${settings.failure})` });
  } catch {
    return err({ variable, expected: `${expected} (it cannot be read)` });
  }
}

const expectation = (variable: Variable): ConfigProblem => ({
  variable,
  expected: environment.shape[variable].meta()?.description ?? '',
});

const secret = (value: string | undefined): Secret | undefined =>
  value === undefined ? undefined : new Secret(value);

/** Tokens, codes and consents travel to it, so plain http is for this very machine only. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text) || /[?#]|\/$/.test(text)) return false;
  const { href, origin, pathname, protocol, username, password } = new URL(text);
  // Compared as text by everybody who checks a token (RFC 8414 §3.3), so there is one way to write it.
  const isNormal = text === (pathname === '/' ? origin : href);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(text));
  return isNormal && isSafe && username === '' && password === '';
}

const urlOf = (host: string): string => `http://${host.includes(':') ? `[${host}]` : host}`;

export const isLoopback = (url: string): boolean => isLoopbackHost(new URL(url).hostname);
/**
 * Whether the runtime can tell who is asking. We speak no TLS ourselves, so that where the issuer is https, a proxy is who is connected;
 * to count everybody as that one would let anybody shut the others out.
 */
export const knowsAddresses = ({ issuer, proxies }: Pick<Config, 'issuer' | 'proxies'>): boolean =>
  proxies !== undefined || isLoopback(issuer);
