/** The native decision API: the engine's answer in the words of the decision cases. */
import type { RequireScope } from '../../access/caller.ts';
import { type Endpoint, endpoint, jsonBody } from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import type { Json } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import { answerDecision, answerExplanation, answerFilter, type DecisionsDeps } from './answer-decision.ts';
import { decisionAnswer, decisionRequest, explanationAnswer, filterAnswer, filterRequest } from './wire.ts';

export const decisionEndpoints = (
  deps: DecisionsDeps & { readonly requireScope: RequireScope },
): readonly Endpoint[] => [
  endpoint({
    name: 'decide',
    method: 'post',
    path: '/decisions',
    summary: 'May this requester, for these purposes, do this with the data of this patient?',
    guard: deps.requireScope('decision'),
    body: jsonBody(decisionRequest),
    replies: { 200: { description: 'the decision; a deny is an answer too', schema: decisionAnswer } },
    handle: async (call) => notStored(await answerDecision(deps, call)),
  }),
  endpoint({
    name: 'filter',
    method: 'post',
    path: '/decisions/filter',
    summary: 'Which of the data of this patient may this requester see?',
    guard: deps.requireScope('decision'),
    body: jsonBody(filterRequest),
    replies: {
      200: {
        description: 'the decision, with a condition for each type that was asked',
        schema: filterAnswer,
      },
    },
    handle: async (call) => notStored(await answerFilter(deps, call)),
  }),
  endpoint({
    name: 'explain',
    method: 'post',
    path: '/decisions/explain',
    summary: 'Why is the decision what it is? Consent by consent, in plain words',
    guard: deps.requireScope('decision.explain'),
    body: jsonBody(decisionRequest),
    replies: { 200: { description: 'the decision, and why', schema: explanationAnswer } },
    handle: async (call) => notStored(await answerExplanation(deps, call)),
  }),
];

function notStored(answer: Result<Json, Failure>) {
  if (!answer.ok) return answer;
  return ok({ status: 200, headers: { 'cache-control': 'no-store' }, body: answer.value });
}
