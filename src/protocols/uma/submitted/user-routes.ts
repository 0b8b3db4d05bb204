/** Requests that wait for a patient, for the application that acts for that patient. */
import type { Caller, RequireScope } from '../../../access/caller.ts';
import { type Endpoint, endpoint, forScripts, jsonBody, type Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import type { Json } from '../../../base/json.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { type AnswerDeps, answerRequest, noSuchRequest } from './answer-request.ts';
import { describeRequest } from './describe-request.ts';
import { liveAt } from './submitted-request.ts';
import type { SubmittedRequestStore } from './submitted-request-store.ts';
import * as wire from './user-wire.ts';

export type UserDeps = AnswerDeps & {
  readonly submittedRequests: Pick<SubmittedRequestStore, 'waiting' | 'find'>;
  readonly requireScope: RequireScope;
};

export const userEndpoints = (deps: UserDeps): readonly Endpoint[] =>
  [list(deps), read(deps), answer(deps)].map(forScripts);

/** What may change the consents of a patient may answer for the patient. */
const scopes = ['user/Consent.u', 'patient/Consent.u'] as const;

const list = (deps: UserDeps): Endpoint =>
  endpoint({
    name: 'listRequests',
    method: 'get',
    path: '/user/requests',
    summary: 'Requests that wait for the answer of this patient, oldest first',
    guard: deps.requireScope(...scopes),
    query: wire.listQuery,
    replies: { 200: { description: 'one page of them', schema: wire.waitingRequests } },
    async handle({ caller, query, at }) {
      const patient = patientOf(caller);
      if (!patient.ok) return patient;
      const page = wire.listQuery.safeParse(Object.fromEntries(query));
      if (!page.success) return err(noSuchPage);
      const { count, after } = page.data;
      const found = await deps.submittedRequests.waiting(patient.value, liveAt(at), {
        count: count + 1,
        ...(after === undefined ? {} : { after }),
      });
      const shown = found.slice(0, count);
      const next = found.length > count ? shown.at(-1)?.id : undefined;
      return ok(
        fresh({ requests: shown.map(describeRequest), ...(next === undefined ? {} : { next }) } as Json),
      );
    },
  });

const read = (deps: UserDeps): Endpoint =>
  endpoint({
    name: 'readRequest',
    method: 'get',
    path: '/user/requests/{id}',
    summary: 'One request to this patient, answered or not',
    guard: deps.requireScope(...scopes),
    params: wire.requestId,
    replies: { 200: { description: 'the request', schema: wire.waitingRequest } },
    async handle({ caller, params }) {
      const patient = patientOf(caller);
      if (!patient.ok) return patient;
      const request = await deps.submittedRequests.find(patient.value, params.id);
      return request ? ok(fresh(describeRequest(request) as Json)) : err(noSuchRequest);
    },
  });

const answer = (deps: UserDeps): Endpoint =>
  endpoint({
    name: 'answerRequest',
    method: 'post',
    path: '/user/requests/{id}',
    summary: 'Approve a request, which files a consent for it, or refuse it',
    guard: deps.requireScope(...scopes),
    params: wire.requestId,
    body: jsonBody(wire.requestAnswer),
    replies: { 200: { description: 'the answer counts', schema: wire.answeredRequest } },
    async handle({ body, params, ...filing }) {
      const patient = patientOf(filing.caller);
      if (!patient.ok) return patient;
      const said = body.answer === 'approve' ? 'approved' : 'refused';
      const answered = await answerRequest(deps, params.id, said, filing);
      return answered.ok ? ok(fresh(answered.value as Json)) : answered;
    },
  });

/** Nobody answers for several. */
function patientOf({ patient }: Caller): Result<string, Failure> {
  if (patient !== undefined) return ok(patient);
  return err({ kind: 'forbidden', code: 'forbidden', detail: 'the access token must be about one patient' });
}

const noSuchPage: Failure = {
  kind: 'malformed',
  code: 'invalid-request',
  detail: '`count` must be a number from 1 to 50, `after` the `next` of a page',
};

const fresh = (body: Json): Reply => ({ status: 200, body, headers: { 'cache-control': 'no-store' } });
