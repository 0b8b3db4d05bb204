/** One schema from environment to configuration: every problem is reported at once, and an insecure start is refused. */
import { z } from 'zod';
import { err, ok, type Result } from '../base/result.ts';

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

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
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
  readonly settingsFile: string | undefined;
  readonly logLevel: LogLevel;
};

export type ConfigProblem = { readonly variable: string; readonly expected: string };

const optional = <Schema extends z.ZodType<unknown, string>>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

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
  HOST: optional(z.string().regex(/^[\w.:-]+$/)).meta({
    description: 'an address or host name to listen on',
  }),
  HEADWATER_ISSUER: optional(z.string().refine(isIssuer)).meta({
    description: 'an https URL without query, fragment or trailing slash (http only for a loopback host)',
  }),
  DATABASE_URL: optional(z.string().regex(/^postgres(ql)?:\/\/.+/)).meta({
    description: 'a postgres:// URL',
  }),
  HEADWATER_DATA_DIR: optional(z.string()).meta({
    description: 'a folder for the embedded database and its secrets',
  }),
  HEADWATER_KEY_SECRET: optional(z.string().min(32)).meta({
    description: 'a secret of at least 32 characters, required unless the issuer is a loopback host',
  }),
  HEADWATER_SETTINGS: optional(z.string()).meta({
    description: 'the path of a JSON file with decision settings',
  }),
  LOG_LEVEL: optional(z.enum(logLevels)).meta({ description: `one of ${logLevels.join(', ')}` }),
});

/** @param env the environment, or the bindings of a Worker */
export function readConfig(env: Readonly<Record<string, unknown>>): Result<Config, readonly ConfigProblem[]> {
  const parsed = environment.safeParse(env);
  if (!parsed.success) return err(problemsIn(parsed.error));
  const { data } = parsed;
  const port = data.PORT ?? 8080;
  const host = data.HOST ?? '127.0.0.1';
  const issuer = data.HEADWATER_ISSUER ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const problems = [
    ...(isIssuer(issuer) ? [] : [expectation('HEADWATER_ISSUER')]),
    ...(data.HEADWATER_KEY_SECRET === undefined && !isLoopback(issuer)
      ? [expectation('HEADWATER_KEY_SECRET')]
      : []),
  ];
  if (problems.length > 0) return err(problems);
  const secret = (value: string | undefined): Secret | undefined =>
    value === undefined ? undefined : new Secret(value);
  return ok(
    Object.freeze({
      port,
      host,
      issuer,
      databaseUrl: secret(data.DATABASE_URL),
      dataDir: data.HEADWATER_DATA_DIR ?? '.headwater',
      keySecret: secret(data.HEADWATER_KEY_SECRET),
      settingsFile: data.HEADWATER_SETTINGS,
      logLevel: data.LOG_LEVEL ?? 'info',
    }),
  );
}

type Variable = keyof typeof environment.shape;

function problemsIn(error: z.ZodError): readonly ConfigProblem[] {
  const variables = new Set(error.issues.map(({ path }) => String(path[0]) as Variable));
  return [...variables].map(expectation);
}

const expectation = (variable: Variable): ConfigProblem => ({
  variable,
  expected: environment.shape[variable].meta()?.description ?? '',
});

/** Tokens, codes and consents travel to it, so plain http is for this very machine only. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text) || text.endsWith('/')) return false;
  const { protocol, search, hash, username } = new URL(text);
  return (
    search === '' &&
    hash === '' &&
    username === '' &&
    (protocol === 'https:' || (protocol === 'http:' && isLoopback(text)))
  );
}

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
