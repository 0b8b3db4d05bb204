/** Claims gathered at a browser (UMA Grant §3.3.2, §3.3.3). */
import { z } from 'zod';
import { anyone, type Endpoint, endpoint, formBody } from '../../../base/endpoint.ts';
import { type GatherDeps, gatherClaims } from './gather-claims.ts';
import { claimsPath } from './present-at-browser.ts';
import { takeClaims } from './take-claims.ts';

export const claimsEndpoints = (deps: GatherDeps): readonly Endpoint[] => [gather(deps), take(deps)];

const page = { description: 'a page that asks, or to sign in', schema: z.string(), mediaType: 'text/html' };
const back = { description: 'back to the client, with a new ticket or an error, and `state`' };

/** For the contract, since what comes is read as it comes. */
const request = z.object({
  client_id: z.string(),
  ticket: z.string(),
  claims_redirect_uri: z.string().optional(),
  state: z.string().optional(),
});

const gather = (deps: GatherDeps): Endpoint =>
  endpoint({
    name: 'gatherClaims',
    method: 'get',
    path: claimsPath,
    summary: 'Ask whoever is at the browser about themselves, for a ticket',
    limit: 'visits',
    guard: anyone,
    query: request,
    replies: { 200: page, 303: back },
    handle: async ({ query, ...call }) => await gatherClaims(deps, query, call),
  });

const said = z.object({
  answer: z.enum(['self', 'nothing']),
  form_token: z.string().optional(),
  request: z.string().max(8192),
});

const take = (deps: GatherDeps): Endpoint =>
  endpoint({
    name: 'takeClaims',
    method: 'post',
    path: claimsPath,
    summary: 'What the person said, from the form of the page alone',
    limit: 'visits',
    guard: anyone,
    body: formBody(said),
    replies: { 200: page, 303: back },
    async handle({ body, ...call }) {
      const query = new URLSearchParams(body.request);
      return await takeClaims(deps, { answer: body.answer, formToken: body.form_token, query }, call);
    },
  });
