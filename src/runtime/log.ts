/** Logs as JSON lines: dotted event names, ids and counts; of an error only what cannot hold anybody's data. */
import type { Log } from '../http/app.ts';
import type { LogLevel } from './config.ts';

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

export function createLog(level: LogLevel, write: (line: string) => void): Log {
  return (event, { error, ...facts }) => {
    const at: LogLevel = error === undefined ? 'info' : 'error';
    if (severity[at] < severity[level]) return;
    const described = error === undefined ? {} : { error: describeError(error) };
    write(JSON.stringify({ level: at, event, ...facts, ...described }));
  };
}

type DescribedError = {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  readonly at?: string;
  readonly cause?: DescribedError;
};

/**
 * The messages of database errors quote statements, parameters and values: of those the code alone is kept, and where
 * it happened.
 */
function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { name: typeof error };
  const { name, message, stack = '', cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const quotesData =
    name === 'PostgresError' || name === 'DrizzleQueryError' || message.startsWith('Failed query');
  return {
    name,
    ...code,
    ...(quotesData ? {} : { message }),
    at:
      stack
        .split('\n')
        .find((line) => /^\s+at /.test(line))
        ?.trim() ?? '',
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}
