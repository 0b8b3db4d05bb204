/** A search: candidates are put to the consents as evaluations, and those that are permitted are the results (S5). */
import type { Failure } from '../../base/failure.ts';
import type { Instant } from '../../base/instant.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type EvaluateDeps, type Evaluated, evaluateAll, isPermitted } from './evaluate.ts';
import { malformed } from './failures.ts';
import { boundTo, pageOf, placeOf, type SealTokens } from './page-results.ts';
import { type Question, questionFrom } from './read-evaluation.ts';
import { type Asked, type RecordDeps, record } from './record.ts';
import type { Evaluation, Page } from './wire.ts';

export type SearchDeps = EvaluateDeps & RecordDeps & { readonly pageTokens: SealTokens };

export type Call<Body> = Asked & { readonly at: Instant; readonly body: Body };

/** One that may be a result, and the evaluation that tells. */
export type Candidate = { readonly result: JsonObject; readonly evaluation: Evaluation };

export type Search = {
  readonly endpoint: string;
  readonly candidates: readonly Candidate[];
  /** What of the evaluations the record keeps. */
  readonly recorded: (evaluated: readonly Evaluated[], call: Asked) => readonly Evaluated[];
};

export async function answerSearch(
  deps: SearchDeps,
  call: Call<{ readonly page?: Page }>,
  { endpoint, candidates, recorded }: Search,
): Promise<Result<Json, Failure>> {
  // The body was read from JSON; its type says that members may be undefined.
  const paging = {
    page: call.body.page,
    boundTo: boundTo(call.caller.clientId, endpoint, call.body as JsonObject),
  };
  const place = await placeOf(deps.pageTokens, paging);
  if (!place.ok) return place;
  const questions = questionsOf(deps, candidates);
  if (!questions.ok) return err(malformed(questions.failure));
  const evaluated = await evaluateAll(deps, call, questions.value);
  await record(deps, call, recorded(evaluated, call));
  const results = resultsOf(candidates, evaluated);
  return ok(await pageOf(deps.pageTokens, paging, place.value, results));
}

function questionsOf(
  { settings }: SearchDeps,
  candidates: readonly Candidate[],
): Result<readonly Question[], string> {
  const questions: Question[] = [];
  for (const { evaluation } of candidates) {
    const question = questionFrom(evaluation, settings);
    if (!question.ok) return question;
    questions.push(question.value);
  }
  return ok(questions);
}

/** Each once; of two under one name the stricter word holds. */
function resultsOf(candidates: readonly Candidate[], evaluated: readonly Evaluated[]): readonly JsonObject[] {
  const named = candidates.map(({ result }) => JSON.stringify(result));
  const refused = new Set(named.filter((_, place) => !permitted(evaluated[place])));
  const shown = new Map(candidates.map(({ result }, place) => [named[place] ?? '', result]));
  return [...shown].filter(([name]) => !refused.has(name)).map(([, result]) => result);
}

const permitted = (evaluated: Evaluated | undefined): boolean =>
  evaluated !== undefined && isPermitted(evaluated);

/** As one decision, of what was permitted where anything was: its basis is theirs. */
export function together(evaluated: readonly Evaluated[]): readonly Evaluated[] {
  const permits = evaluated.filter(isPermitted);
  const counted = permits.length > 0 ? permits : evaluated;
  const [first] = counted;
  if (!first) return [];
  const { request, decision } = first.decided;
  const decisions = counted.map(({ decided }) => decided.decision);
  const types = [...new Set(counted.flatMap(({ decided }) => decided.request.resourceTypes ?? []))];
  const joined = {
    ...decision,
    basis: distinct(decisions.flatMap(({ basis }) => basis)),
    obligations: [...new Set(decisions.flatMap(({ obligations }) => obligations))],
    conflict: decisions.some(({ conflict }) => conflict),
  };
  const asked = request.resourceTypes ? { ...request, resourceTypes: types } : request;
  return [{ ...first, decided: { ...first.decided, request: asked, decision: joined } }];
}

const distinct = <Value>(values: readonly Value[]): readonly Value[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];
