/** What the contract says of one endpoint: its parameters, bodies, replies and who may call. */
import type { RouteConfig } from '@hono/zod-openapi';
import type { Endpoint, ReplySpec } from '../base/endpoint.ts';
import type { Face } from './face.ts';

export function contractOf(endpoint: Endpoint, face: Face): RouteConfig {
  return {
    method: endpoint.method,
    path: endpoint.path.replaceAll(/\{(\w+):[^}]+\}/g, '{$1}'),
    operationId: endpoint.name,
    summary: endpoint.summary,
    ...(endpoint.guard.security
      ? { security: [{ bearer: [...endpoint.guard.security.scopes] }] }
      : { security: [] }),
    request: requestOf(endpoint),
    responses: responsesOf(endpoint, face),
  };
}

function requestOf({ params, query, body }: Endpoint): NonNullable<RouteConfig['request']> {
  return {
    ...(params ? { params } : {}),
    ...(query ? { query } : {}),
    ...(body
      ? {
          body: {
            required: true,
            content: Object.fromEntries(
              body.mediaTypes.map((mediaType) => [mediaType, { schema: body.shown ?? body.schema }]),
            ),
          },
        }
      : {}),
  };
}

function responsesOf({ replies }: Endpoint, face: Face): RouteConfig['responses'] {
  const declared = Object.entries(replies).map(([status, reply]) => [status, responseOf(reply)] as const);
  const failure = {
    description: 'refused; the body says why as far as the caller may know',
    content: { [face.mediaType]: { schema: face.schema } },
  };
  return { ...Object.fromEntries(declared), '4XX': failure, '5XX': failure };
}

function responseOf({ description, schema, mediaType = 'application/json', example }: ReplySpec) {
  if (!schema) return { description };
  return { description, content: { [mediaType]: { schema, ...(example === undefined ? {} : { example }) } } };
}
