/** Many who come at once in one statement, and each alone where PostgreSQL refuses what they would do together. */
import { oneInTurns } from '../base/in-turns.ts';

/**
 * So that what one of them brings fails nobody else, and two statements that lock each other out (deadlock) both happen
 * in the end. Where the connection is lost nobody knows what was done, and nothing is done again.
 */
export function together<Asked, Answer>(
  ask: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
): (asked: Asked) => Promise<Answer> {
  const settle = oneInTurns(async (asked: readonly Asked[]): Promise<readonly Settled<Answer>[]> => {
    try {
      return (await ask(asked)).map((value) => ({ status: 'fulfilled', value }));
    } catch (reason) {
      if (!wasRefused(reason) || (asked.length === 1 && !isOfTheMoment(reason))) throw reason;
      return await Promise.allSettled(asked.map(async (one) => (await ask([one]))[0] as Answer));
    }
  });
  return async (asked) => {
    const settled = await settle(asked);
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  };
}

type Settled<Answer> = PromiseSettledResult<Answer>;

/** PostgreSQL said no, so that nothing was written; drizzle wraps what the driver says. */
const wasRefused = (error: unknown): boolean => refusalOf(error) !== undefined;

/** deadlock_detected, lock_not_available: another time it may do. */
const isOfTheMoment = (error: unknown): boolean => /^(?:40P01|55P03)$/.test(refusalOf(error) ?? '');

function refusalOf(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error) || cause.name !== 'PostgresError' || !('code' in cause)) return undefined;
  // Classes 08 and 57: the connection or the server is going, and what was sent may have been done.
  return typeof cause.code === 'string' && !/^(?:08|57)/.test(cause.code) ? cause.code : undefined;
}
