/** Serves a table of endpoints: each request is admitted, read, checked, handled and answered here, in that order. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ZodType } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { Endpoint, Reply } from '../base/endpoint.ts';
import type { Failure } from '../base/failure.ts';
import { ok, type Result } from '../base/result.ts';
import { contractOf } from './contract-of.ts';
import type { Face } from './face.ts';
import type { Log } from './log.ts';
import { checked, cutShort, readBody } from './read-request.ts';

export type HttpEnv = { Variables: { requestId: string } };
export type App = OpenAPIHono<HttpEnv>;

export type MountDeps = { readonly clock: Clock; readonly log: Log };

export function mount(app: App, endpoints: readonly Endpoint[], face: Face, deps: MountDeps): void {
  for (const endpoint of endpoints) {
    app.openAPIRegistry.registerPath(createRoute(contractOf(endpoint, face)));
    app.on(endpoint.method.toUpperCase(), honoPath(endpoint.path), async (c) => {
      const reply = await answer(endpoint, c, deps.clock);
      if (reply.ok) return render(reply.value);
      const response = face.render(reply.failure);
      logRefusal(deps.log, reply.failure, {
        requestId: c.get('requestId'),
        endpoint: endpoint.name,
        response,
      });
      return response;
    });
  }
  for (const [path, methods] of methodsByPath(endpoints)) {
    app.all(honoPath(path), () => face.render(methodNotAllowed(methods)));
  }
}

async function answer(
  endpoint: Endpoint,
  c: Context<HttpEnv>,
  clock: Clock,
): Promise<Result<Reply, Failure>> {
  const at = clock();
  const { headers } = c.req.raw;
  const caller = await endpoint.guard.admit(headers, at);
  if (!caller.ok) return caller;
  const params = readParams(endpoint, c);
  if (!params.ok) return params;
  const body = endpoint.body ? await readBody(endpoint.body, c.req.raw) : ok({});
  if (!body.ok) return body;
  const url = new URL(c.req.url);
  return endpoint.handle({
    params: params.value as never,
    query: url.searchParams,
    body: body.value,
    headers,
    caller: caller.value,
    at,
    requestId: c.get('requestId'),
    target: url.pathname + url.search,
  });
}

type Refused = { readonly requestId: string; readonly endpoint: string; readonly response: Response };

/** The one place where the reason shows that the wire keeps to itself. Of a cause only a word of ours: no value, no token. */
function logRefusal(log: Log, failure: Failure, { requestId, endpoint, response }: Refused): void {
  const { code, cause } = failure;
  const reason = typeof cause === 'string' && /^[a-z-]{1,64}$/.test(cause) ? { cause } : {};
  const event = failure === cutShort ? 'request.aborted' : 'request.refused';
  log(event, { requestId, endpoint, status: response.status, code, ...reason });
}

function readParams(endpoint: Endpoint, c: Context<HttpEnv>): Result<unknown, Failure> {
  const schema: ZodType | undefined = endpoint.params;
  return schema ? checked(schema, c.req.param()) : ok({});
}

function render(reply: Reply): Response {
  const headers = new Headers(reply.headers);
  if (reply.body === undefined) return new Response(null, { status: reply.status, headers });
  if (!headers.has('content-type')) headers.set('content-type', 'application/json');
  return new Response(JSON.stringify(reply.body), { status: reply.status, headers });
}

function methodsByPath(endpoints: readonly Endpoint[]): ReadonlyMap<string, readonly string[]> {
  const paths = Map.groupBy(endpoints, ({ path }) => path);
  return new Map([...paths].map(([path, group]) => [path, group.map(({ method }) => method.toUpperCase())]));
}

const methodNotAllowed = (allowed: readonly string[]): Failure => ({
  kind: 'method-not-allowed',
  code: 'unsupported_method_type',
  detail: 'this method is not served here',
  headers: { allow: allowed.join(', ') },
});

/** `{id}` and `{type:A|B}` of an endpoint as hono spells them: `:id`, `:type{A|B}`. */
const honoPath = (path: string): string =>
  path.replaceAll(/\{(\w+)(?::([^}]+))?\}/g, (_, name: string, pattern?: string) =>
    pattern ? `:${name}{${pattern}}` : `:${name}`,
  );
