/** Tells an error of the database that cannot be reached from one of ours, by its code: `storage/` is out of sight here. */
const codes: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  // Of the driver.
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  // Of PostgreSQL: too_many_connections, admin_shutdown, crash_shutdown, cannot_connect_now.
  '53300',
  '57P01',
  '57P02',
  '57P03',
]);

/** Looks through the causes as well, since libraries wrap what the driver says. */
export function isUnreachable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > deepestCause) return false;
  const isCoded = 'code' in error && typeof error.code === 'string' && codes.has(error.code);
  return isCoded || isUnreachable(error.cause, depth + 1);
}

/** Causes may refer to each other. */
const deepestCause = 8;
