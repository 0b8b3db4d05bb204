/** The authorization endpoint (RFC 6749 §3.1) and the answer of whoever was asked there. */
import { z } from 'zod';
import { anyone, type BodySpec, type Endpoint, endpoint, formBody } from '../../../base/endpoint.ts';
import { err, ok } from '../../../base/result.ts';
import { longestQuery, nextTo } from '../browser/next.ts';
import { type SignOutDeps, signOutEndpoint } from '../browser/sign-out.ts';
import { type AskDeps, askPatient, decisionPath } from './ask-patient.ts';
import { senderFailure } from './failures.ts';
import { authorizePath } from './question.ts';
import { type DecisionDeps, takeDecision } from './take-decision.ts';

export type AuthorizeDeps = AskDeps & DecisionDeps & SignOutDeps;

export const authorizeEndpoints = (deps: AuthorizeDeps): readonly Endpoint[] => [
  ask(deps),
  askByForm(deps),
  decide(deps),
  signOutEndpoint(deps),
];

const page = {
  description: 'a page that asks, for permission or to sign in',
  schema: z.string(),
  mediaType: 'text/html',
};
const back = { description: 'back to the client, with a code or an error, `state` and `iss`' };

/** RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2; for the contract, since what comes is read as it comes. */
const request = z.object({
  response_type: z.literal('code'),
  client_id: z.string(),
  redirect_uri: z.string().optional(),
  scope: z.string(),
  state: z.string().optional(),
  code_challenge: z.string(),
  code_challenge_method: z.literal('S256'),
  resource: z.string().optional(),
  prompt: z.string().optional(),
});

const ask = (deps: AuthorizeDeps): Endpoint =>
  endpoint({
    name: 'authorize',
    method: 'get',
    path: authorizePath,
    summary: 'Ask a patient, with a browser, to authorize a client',
    limit: 'visits',
    guard: anyone,
    query: request,
    replies: { 200: page, 303: back },
    handle: async ({ query, ...call }) => await askPatient(deps, query, call),
  });

const parameters: BodySpec = {
  as: 'parameters',
  mediaTypes: ['application/x-www-form-urlencoded'],
  schema: z.array(z.tuple([z.string(), z.string()])),
  shown: request,
};

/** Asked again by GET, since a browser does not send its cookie along with a form of another site. */
const askByForm = ({ issuer }: AuthorizeDeps): Endpoint =>
  endpoint({
    name: 'authorizeByForm',
    method: 'post',
    path: authorizePath,
    summary: 'The same, the request sent as a form',
    guard: anyone,
    body: parameters,
    replies: { 200: page, 303: { description: 'the same request by GET, which has the page' } },
    async handle({ body }) {
      const query = new URLSearchParams(body as [string, string][]);
      if (query.toString().length > longestQuery) return err(senderFailure('too-long'));
      return ok({ status: 303, location: `${issuer}${nextTo(authorizePath, query)}` });
    },
  });

const decision = z.object({
  decision: z.enum(['allow', 'deny']),
  form_token: z.string().optional(),
  request: z.string(),
});

const decide = (deps: AuthorizeDeps): Endpoint =>
  endpoint({
    name: 'decideAuthorization',
    method: 'post',
    path: decisionPath,
    summary: 'What the patient said, from the form of the page alone',
    limit: 'visits',
    guard: anyone,
    body: formBody(decision),
    replies: { 200: page, 303: back },
    async handle({ body, ...call }) {
      const query = new URLSearchParams(body.request);
      const said = { decision: body.decision, formToken: body.form_token, query };
      return await takeDecision(deps, said, call);
    },
  });
