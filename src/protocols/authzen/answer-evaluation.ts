/** One evaluation, or many of them (AuthZEN 1.0 §6, §7). */
import type { Failure } from '../../base/failure.ts';
import type { Instant } from '../../base/instant.ts';
import type { Json } from '../../base/json.ts';
import { fromJson } from '../../base/present.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { describeAnswer, describeFault } from './describe-answer.ts';
import { type EvaluateDeps, type Evaluated, evaluateAll, isPermitted } from './evaluate.ts';
import { faultIn, malformed } from './failures.ts';
import { type Question, questionFrom } from './read-evaluation.ts';
import { type Asked, type RecordDeps, record } from './record.ts';
import { type Evaluation, type Evaluations, evaluationRequest } from './wire.ts';

export type AnswerDeps = EvaluateDeps & RecordDeps;
type Call<Body> = Asked & { readonly at: Instant; readonly body: Body };
type Answered = Promise<Result<Json, Failure>>;

export async function answerEvaluation(deps: AnswerDeps, call: Call<Evaluation>): Answered {
  const question = questionFrom(call.body, deps.settings);
  if (!question.ok) return err(malformed(question.failure));
  const [evaluated] = await evaluateAll(deps, call, [question.value]);
  if (!evaluated) throw new Error('an evaluation was asked and none came');
  await record(deps, call, [evaluated]);
  return ok(describeAnswer(evaluated, { caller: call.caller, settings: deps.settings }));
}

/** Without evaluations it is a single one, and so is the answer (E1). */
export async function answerEvaluations(deps: AnswerDeps, call: Call<Evaluations>): Answered {
  const { evaluations = [], options, ...defaults } = call.body;
  if (evaluations.length === 0) {
    const single = evaluationRequest.safeParse(defaults);
    if (!single.success) return err(malformed(faultIn(single.error)));
    return await answerEvaluation(deps, { ...call, body: fromJson(single.data) });
  }
  const items = await evaluateItems(
    deps,
    call,
    evaluations.map((item) => itemFrom(defaults, item, deps)),
  );
  const answered = items.slice(0, lastOf(items, options?.evaluations_semantic ?? 'execute_all') + 1);
  await record(
    deps,
    call,
    answered.flatMap((item) => (item.ok ? [item.value] : [])),
  );
  const telling = { caller: call.caller, settings: deps.settings };
  // E6: no decision on top.
  return ok({
    evaluations: answered.map((item) =>
      item.ok ? describeAnswer(item.value, telling) : describeFault(item.failure),
    ),
  });
}

type Defaults = Omit<Evaluations, 'evaluations' | 'options'>;
type Item<Value> = Result<Value, string>;

/** A member of an item takes the place of the whole default (E2). */
function itemFrom(defaults: Defaults, item: unknown, { settings }: AnswerDeps): Item<Question> {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    return err('an evaluation must be an object');
  const evaluation = evaluationRequest.safeParse({ ...defaults, ...item });
  return evaluation.success
    ? questionFrom(fromJson(evaluation.data), settings)
    : err(faultIn(evaluation.error));
}

async function evaluateItems(
  deps: AnswerDeps,
  call: Call<Evaluations>,
  items: readonly Item<Question>[],
): Promise<readonly Item<Evaluated>[]> {
  const questions = items.flatMap((item) => (item.ok ? [item.value] : []));
  const waiting = (await evaluateAll(deps, call, questions)).values();
  return items.map((item) => {
    if (!item.ok) return item;
    const { value } = waiting.next();
    if (!value) throw new Error('fewer evaluations came than were asked');
    return ok(value);
  });
}

type Semantic = NonNullable<NonNullable<Evaluations['options']>['evaluations_semantic']>;

/** Where the answer ends: with the item that decides (E5), of which a faulty one is a deny (E8). */
function lastOf(items: readonly Item<Evaluated>[], semantic: Semantic): number {
  const decisions = items.map((item) => item.ok && isPermitted(item.value));
  const deciding = {
    execute_all: -1,
    deny_on_first_deny: decisions.indexOf(false),
    permit_on_first_permit: decisions.indexOf(true),
  }[semantic];
  return deciding < 0 ? items.length - 1 : deciding;
}
