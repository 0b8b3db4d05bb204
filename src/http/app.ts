/** The whole application as one fetch handler: every protocol at its path, limits before and a last resort behind them. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Clock, RandomBytes } from '../base/clock.ts';
import type { Endpoint } from '../base/endpoint.ts';
import { randomId } from '../base/ids.ts';
import type { Face } from './face.ts';
import { type App, type HttpEnv, mount } from './mount.ts';
import { problemFace } from './problem-face.ts';

export type Group = { readonly endpoints: readonly Endpoint[]; readonly face: Face };

export type Log = (event: string, facts: Readonly<Record<string, unknown>>) => void;

export type HttpDeps = {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
};

export function createApp(groups: readonly Group[], deps: HttpDeps): App {
  const app: App = new OpenAPIHono<HttpEnv>();
  app.use(async (c, next) => {
    const requestId = acceptableRequestId(c.req.header('x-request-id')) ?? randomId(deps.random);
    c.set('requestId', requestId);
    await next();
    c.res.headers.set('x-request-id', requestId);
    c.res.headers.set('x-content-type-options', 'nosniff');
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'at+jwt (RFC 9068)',
  });
  for (const { endpoints, face } of groups) mount(app, endpoints, face, deps.clock);
  app.notFound(() =>
    problemFace.render({ kind: 'not-found', code: 'not_found', detail: 'nothing is served at this path' }),
  );
  app.onError((error, c) => {
    deps.log('request.failed', { requestId: c.get('requestId'), method: c.req.method, error });
    return internalError();
  });
  return app;
}

/** Says nothing from inside: the log has the cause. */
const internalError = (): Response =>
  new Response(JSON.stringify({ type: 'about:blank', title: 'internal error', status: 500 }), {
    status: 500,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });

/** Echoed and audited, so only what can stand in a header and a log line. */
const acceptableRequestId = (sent: string | undefined): string | undefined =>
  sent !== undefined && /^[\w.:-]{1,128}$/.test(sent) ? sent : undefined;
