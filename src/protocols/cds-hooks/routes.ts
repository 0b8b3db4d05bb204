/** The consent-consult hook: what is served, and one question with one card for an answer (consent-decisioning.md §4). */
import type { RequireScope } from '../../access/caller.ts';
import { anyone, type Endpoint, endpoint, jsonBody } from '../../base/endpoint.ts';
import { ok } from '../../base/result.ts';
import { answerConsult, type ConsultDeps } from './answer-consult.ts';
import { consultAnswer, consultRequest, discoveryAnswer, hook } from './wire.ts';

const services = [
  {
    hook,
    id: hook,
    title: 'Patient consent consult',
    description:
      'Tells whether the consents of a patient let an actor use data for a purpose, and what to redact',
  },
];

export const cdsHooksEndpoints = (
  deps: ConsultDeps & { readonly requireScope: RequireScope },
): readonly Endpoint[] => [
  endpoint({
    name: 'cdsServices',
    method: 'get',
    path: '/cds-services',
    summary: 'The CDS services there are; public, as CDS Hooks has it',
    guard: anyone,
    replies: { 200: { description: 'the services', schema: discoveryAnswer } },
    handle: async () => ok({ status: 200, body: { services } }),
  }),
  endpoint({
    name: 'patientConsentConsult',
    method: 'post',
    path: `/cds-services/${hook}`,
    summary: 'Do the consents of this patient let these actors, for these purposes, have this data?',
    guard: deps.requireScope('decision'),
    body: jsonBody(consultRequest),
    replies: { 200: { description: 'one card; a deny is an answer too', schema: consultAnswer } },
    handle: async (call) => {
      const card = await answerConsult(deps, call);
      if (!card.ok) return card;
      return ok({ status: 200, headers: { 'cache-control': 'no-store' }, body: { cards: [card.value] } });
    },
  }),
];
