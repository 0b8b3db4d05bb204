/** A few round trips at a time: while all are under way, those who come wait for the next and go in it together. */

type Turn<Asked, Answer> = {
  readonly asked: Asked[];
  readonly answered: PromiseWithResolvers<readonly Answer[]>;
};

/** So that the database works while we do; more at once would only be smaller. */
const mostUnderWay = 2;

/**
 * Nobody joins what has begun: it may have looked before a change that was acknowledged before they came. Where a round
 * trip fails, it fails for all who went in it, and the next one goes on.
 */
export function inTurns<Asked, Answer>(
  ask: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
): (asked: readonly Asked[]) => Promise<readonly Answer[]> {
  let underWay = 0;
  let next: Turn<Asked, Answer> | undefined;
  const begin = async (): Promise<void> => {
    if (!next || underWay >= mostUnderWay) return;
    const { asked, answered } = next;
    next = undefined;
    underWay++;
    try {
      answered.resolve(await ask(asked));
    } catch (cause) {
      answered.reject(cause);
    } finally {
      underWay--;
      void begin();
    }
  };
  const join = (): Turn<Asked, Answer> => {
    if (next) return next;
    next = { asked: [], answered: Promise.withResolvers() };
    // Those who come in the same moment are in time for it.
    void Promise.resolve().then(begin);
    return next;
  };
  return async (mine) => {
    const { asked, answered } = join();
    const start = asked.length;
    for (const each of mine) asked.push(each);
    return (await answered.promise).slice(start, start + mine.length);
  };
}

/** For those who ask one thing each. */
export function oneInTurns<Asked, Answer>(
  ask: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
): (asked: Asked) => Promise<Answer> {
  const answersTo = inTurns(ask);
  return async (asked) => {
    const [answer] = await answersTo([asked]);
    return answer as Answer;
  };
}
