/** The one endpoint of B2B authorization that serves today: it emits the extension object. */
import type { RequireScope } from '../../access/caller.ts';
import { type Endpoint, endpoint, jsonBody } from '../../base/endpoint.ts';
import { err, ok } from '../../base/result.ts';
import { type B2bDeps, emitExtension } from './emit-extension.ts';
import { b2bFailures } from './failures.ts';
import { extensionRequest, extensionResponse } from './wire.ts';

export const b2bEndpoints = (
  deps: B2bDeps & { readonly requireScope: RequireScope },
): readonly Endpoint[] => [
  endpoint({
    name: 'emitAuthorizationExtension',
    method: 'post',
    path: '/b2b/authorization-extension',
    summary: 'An `hl7-b2b` object that asserts what the patient consents to',
    guard: deps.requireScope('b2b'),
    body: jsonBody(extensionRequest),
    replies: { 200: { description: 'the extension object', schema: extensionResponse } },
    async handle({ body, caller, at, requestId }) {
      const emitted = await emitExtension(deps, { body, caller, at, requestId });
      if (!emitted.ok) return err(b2bFailures[emitted.failure]);
      return ok({
        status: 200,
        headers: { 'cache-control': 'no-store' },
        body: { 'hl7-b2b': emitted.value },
      });
    },
  }),
];
