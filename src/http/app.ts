/** The whole application as one fetch handler: every protocol at its path, limits before and a last resort behind them. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { RandomBytes } from '../base/clock.ts';
import type { Endpoint } from '../base/endpoint.ts';
import type { Failure } from '../base/failure.ts';
import { randomId } from '../base/ids.ts';
import type { Face } from './face.ts';
import type { HttpEnv } from './http-env.ts';
import type { Log } from './log.ts';
import { type App, type MountDeps, mount } from './mount.ts';
import { problemFace } from './problem-face.ts';
import { hasObsText, requestIdsOf } from './request-id.ts';
import { isUnreachable } from './unreachable.ts';

export type { Log } from './log.ts';

export type Group = { readonly endpoints: readonly Endpoint[]; readonly face: Face };

export type HttpDeps = MountDeps & { readonly random: RandomBytes };

export function createApp(groups: readonly Group[], deps: HttpDeps): App {
  const app: App = new OpenAPIHono<HttpEnv>();
  app.use(async (c, next) => {
    const ids = requestIdsOf(c.req.header('x-request-id'), () => randomId(deps.random));
    c.set('requestId', ids.kept);
    await next();
    if (hasObsText(ids.answered)) c.res = new Response(c.res.body, c.res);
    c.res.headers.set('x-request-id', ids.answered);
    c.res.headers.set('x-content-type-options', 'nosniff');
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'at+jwt (RFC 9068)',
  });
  for (const { endpoints, face } of groups) mount(app, endpoints, face, deps);
  answerTheRest(app, groups, deps.log);
  return app;
}

/** What no endpoint answers: unknown paths, and errors nobody expected. Of those the log has the cause, the caller nothing. */
function answerTheRest(app: App, groups: readonly Group[], log: Log): void {
  const faceAt = facesByPath(groups);
  app.notFound((c) => faceAt(c.req.path).render(nothingHere));
  app.onError((error, c) => {
    log('request.failed', { requestId: c.get('requestId'), method: c.req.method, error });
    const face = faceAt(c.req.path);
    return isUnreachable(error) ? face.render(unreachable) : face.renderFault();
  });
}

/** A path belongs to the group of its endpoint, else to the one below whose common path it lies, else to the one that serves others with its first segment. */
function facesByPath(groups: readonly Group[]): (path: string) => Face {
  const based = groups
    .map(({ endpoints, face }) => ({ base: commonPath(endpoints.map(({ path }) => path)), face }))
    .filter(({ base }) => base !== '')
    .toSorted((a, b) => b.base.length - a.base.length);
  const exact = new Map(
    groups.flatMap(({ endpoints, face }) => endpoints.map(({ path }) => [path, face] as const)),
  );
  const segmentOf = (path: string): string | undefined => path.split('/', 2)[1];
  const bySegment = new Map(
    groups.flatMap(({ endpoints, face }) => endpoints.map(({ path }) => [segmentOf(path), face] as const)),
  );
  return (path) =>
    exact.get(path) ??
    based.find(({ base }) => path === base || path.startsWith(`${base}/`))?.face ??
    bySegment.get(segmentOf(path)) ??
    problemFace;
}

/** The segments with which all of them begin. */
function commonPath(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/'));
  const end = first.findIndex((segment, at) => others.some((other) => other[at] !== segment));
  return first.slice(0, end < 0 ? first.length : end).join('/');
}

const nothingHere: Failure = {
  kind: 'not-found',
  code: 'not-supported',
  detail: 'nothing is served at this path',
};

/** The code is that of RFC 6749 §4.1.2.1; other faces tell it by its kind. */
const unreachable: Failure = {
  kind: 'unavailable',
  code: 'temporarily_unavailable',
  detail: 'the service cannot answer for the moment',
};
