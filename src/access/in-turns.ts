/** One round trip at a time: while one is under way, all who come wait for the next and go in it together. */

type Turn<Asked, Answer> = { readonly asked: Asked[]; readonly answers: Promise<readonly Answer[]> };

/**
 * Nobody joins what has begun: it may have looked before a change that was acknowledged before they came. Where a round
 * trip fails, it fails for all who went in it, and the next one goes on.
 */
export function inTurns<Asked, Answer>(
  ask: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
): (asked: readonly Asked[]) => Promise<readonly Answer[]> {
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Turn<Asked, Answer> | undefined;
  const nextTurn = (): Turn<Asked, Answer> => {
    const asked: Asked[] = [];
    const begin = (): Promise<readonly Answer[]> => {
      next = undefined;
      return ask(asked);
    };
    const answers = underWay.then(begin, begin);
    underWay = answers;
    return { asked, answers };
  };
  return async (mine) => {
    next ??= nextTurn();
    const { asked, answers } = next;
    const start = asked.length;
    for (const each of mine) asked.push(each);
    return (await answers).slice(start, start + mine.length);
  };
}
