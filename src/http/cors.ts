/** Lets scripts of other origins read what an endpoint answers, and nothing else (Fetch Standard §3.3). */
import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './http-env.ts';

/** Never with credentials: a browser then sends no cookie of ours along, so that whoever asks has to bring what opens the door. */
const anyOrigin = '*';
/** What OAuth and FHIR clients send and read (FHIR R4 §3.1.0). */
const sendable =
  'accept, authorization, content-type, dpop, if-match, if-modified-since, if-none-exist, if-none-match, prefer';
const readable =
  'content-location, dpop-nonce, etag, last-modified, location, retry-after, www-authenticate, x-request-id';
/** A day; browsers shorten it. */
const rememberedSeconds = '86400';

/** Of all methods under one path those that are for scripts. */
export function answeringScripts(methods: readonly string[]): MiddlewareHandler<HttpEnv> {
  const permission = new Headers({
    'access-control-allow-origin': anyOrigin,
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': sendable,
    'access-control-max-age': rememberedSeconds,
  });
  return async (c, next) => {
    if (isPreflight(c.req.raw)) return new Response(null, { status: 204, headers: permission });
    await next();
    if (methods.includes(c.req.method === 'HEAD' ? 'GET' : c.req.method)) {
      c.res.headers.set('access-control-allow-origin', anyOrigin);
      c.res.headers.set('access-control-expose-headers', readable);
    }
    return undefined;
  };
}

const isPreflight = ({ method, headers }: Request): boolean =>
  method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method');
