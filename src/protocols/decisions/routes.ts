/** The native decision API: the engine's answer in the words of the decision cases. */
import type { RequireScope } from '../../access/caller.ts';
import { type Endpoint, endpoint, jsonBody } from '../../base/endpoint.ts';
import { ok } from '../../base/result.ts';
import { answerDecision, type DecisionsDeps } from './answer-decision.ts';
import { decisionAnswer, decisionRequest } from './wire.ts';

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
    handle: async ({ body, caller, at, requestId }) =>
      ok({
        status: 200,
        headers: { 'cache-control': 'no-store' },
        body: await answerDecision(deps, { body, caller, at, requestId }),
      }),
  }),
];
