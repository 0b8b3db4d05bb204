/** Action search: which interactions this subject may have with the resource (AuthZEN 1.0 §8.6). */
import type { Failure } from '../../base/failure.ts';
import type { Json } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import { interactions } from './action-meaning.ts';
import { answerSearch, type Call, type SearchDeps } from './answer-search.ts';
import type { Evaluated } from './evaluate.ts';
import { paths } from './metadata.ts';
import type { ActionSearch } from './wire.ts';

export const searchActions = async (
  deps: SearchDeps,
  call: Call<ActionSearch>,
): Promise<Result<Json, Failure>> => {
  const { page: _, ...question } = call.body;
  return await answerSearch(deps, call, {
    endpoint: paths.actions,
    candidates: interactions.map((name) => ({
      result: { name },
      evaluation: { ...question, action: { name } },
    })),
    recorded: onceEach,
  });
};

/** Several interactions are one action to the consents. */
const onceEach = (evaluated: readonly Evaluated[]): readonly Evaluated[] => [
  ...new Map(evaluated.map((each) => [each.decided.request.action, each])).values(),
];
