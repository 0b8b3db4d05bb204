/** OpenID AuthZEN Authorization API 1.0: evaluation, batch evaluation, search and discovery. */
import type { RequireScope } from '../../access/caller.ts';
import { anyone, type Endpoint, endpoint, jsonBody } from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import type { Json } from '../../base/json.ts';
import { fromJson } from '../../base/present.ts';
import { ok, type Result } from '../../base/result.ts';
import { answerEvaluation, answerEvaluations } from './answer-evaluation.ts';
import type { SearchDeps } from './answer-search.ts';
import { configurationOf, paths } from './metadata.ts';
import type { PartiesDeps } from './named-parties.ts';
import { searchActions } from './search-actions.ts';
import { searchResources } from './search-resources.ts';
import { searchSubjects } from './search-subjects.ts';
import * as wire from './wire.ts';

export type AuthzenDeps = SearchDeps & PartiesDeps & { readonly requireScope: RequireScope };

export const authzenEndpoints = (deps: AuthzenDeps): readonly Endpoint[] => [
  discover(deps),
  evaluate(deps),
  evaluateMany(deps),
  ...searches(deps),
];

const discover = ({ issuer }: AuthzenDeps): Endpoint =>
  endpoint({
    name: 'readAuthzenConfiguration',
    method: 'get',
    path: paths.configuration,
    summary: 'AuthZEN discovery',
    guard: anyone,
    replies: { 200: { description: 'the metadata', schema: wire.configuration } },
    handle: async () =>
      ok({
        status: 200,
        body: configurationOf(issuer),
        headers: { 'cache-control': 'public, max-age=300' },
      }),
  });

const evaluate = (deps: AuthzenDeps): Endpoint =>
  endpoint({
    name: 'evaluateAccess',
    method: 'post',
    path: paths.evaluation,
    summary: 'May this subject do this with that resource? (AuthZEN 1.0 §6)',
    guard: deps.requireScope('decision'),
    body: jsonBody(wire.evaluationRequest),
    replies: {
      200: { description: 'the decision; a deny is an answer too', schema: wire.decisionAnswer },
    },
    handle: async (call) => notStored(await answerEvaluation(deps, { ...call, body: fromJson(call.body) })),
  });

const evaluateMany = (deps: AuthzenDeps): Endpoint =>
  endpoint({
    name: 'evaluateAccessBatch',
    method: 'post',
    path: paths.evaluations,
    summary: 'Many evaluations over one reading of the consents (AuthZEN 1.0 §7)',
    guard: deps.requireScope('decision'),
    body: { ...jsonBody(wire.evaluationsRequest), shown: wire.evaluationsShown },
    replies: {
      200: {
        description: 'the decisions in the order of the request, as far as the semantic goes',
        schema: wire.evaluationsAnswer,
      },
    },
    handle: async (call) => notStored(await answerEvaluations(deps, { ...call, body: fromJson(call.body) })),
  });

const searches = (deps: AuthzenDeps): readonly Endpoint[] => [
  endpoint({
    name: 'searchSubjects',
    method: 'post',
    path: paths.subjects,
    summary: 'Who may do this with that resource? (AuthZEN 1.0 §8.4)',
    guard: deps.requireScope('decision'),
    body: jsonBody(wire.subjectSearchRequest),
    replies: { 200: { description: 'those who may', schema: wire.subjectsFound } },
    handle: async (call) => notStored(await searchSubjects(deps, { ...call, body: fromJson(call.body) })),
  }),
  endpoint({
    name: 'searchResources',
    method: 'post',
    path: paths.resources,
    summary: 'Which types of data, or which of these resources, may this subject have? (AuthZEN 1.0 §8.5)',
    guard: deps.requireScope('decision'),
    body: jsonBody(wire.resourceSearchRequest),
    replies: { 200: { description: 'those it may', schema: wire.resourcesFound } },
    handle: async (call) => notStored(await searchResources(deps, { ...call, body: fromJson(call.body) })),
  }),
  endpoint({
    name: 'searchActions',
    method: 'post',
    path: paths.actions,
    summary: 'Which interactions may this subject have with that resource? (AuthZEN 1.0 §8.6)',
    guard: deps.requireScope('decision'),
    body: jsonBody(wire.actionSearchRequest),
    replies: { 200: { description: 'those it may', schema: wire.actionsFound } },
    handle: async (call) => notStored(await searchActions(deps, { ...call, body: fromJson(call.body) })),
  }),
];

function notStored(answer: Result<Json, Failure>) {
  if (!answer.ok) return answer;
  return ok({ status: 200, headers: { 'cache-control': 'no-store' }, body: answer.value });
}
