/** Serves a table of endpoints: each request is admitted, read, checked, handled and answered here, in that order. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { etag } from 'hono/etag';
import type { ZodType } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { Asked, Endpoint, Reply } from '../base/endpoint.ts';
import type { Failure } from '../base/failure.ts';
import { err, ok, type Result } from '../base/result.ts';
import { contractOf } from './contract-of.ts';
import { answeringScripts } from './cors.ts';
import type { Face } from './face.ts';
import type { HttpEnv } from './http-env.ts';
import { admitWithinLimits, handleWithinLimits, type Limiting, refuseByNetwork } from './limited.ts';
import type { Log } from './log.ts';
import { pageResponse, seeOther } from './page-response.ts';
import { checked, cutShort, type ReadBody, readBody } from './read-request.ts';

export type App = OpenAPIHono<HttpEnv>;

export type MountDeps = {
  readonly clock: Clock;
  readonly log: Log;
  /** Who is on the other end of the connection, as the runtime tells it. */
  readonly addressOf?: (request: Request, bindings: object) => string | undefined;
  /** Absent where nobody knows who came from where. */
  readonly limiting?: Limiting;
};

export function mount(app: App, endpoints: readonly Endpoint[], face: Face, deps: MountDeps): void {
  for (const [path, methods] of methodsByPath(endpoints.filter(({ cors }) => cors === 'anyone'))) {
    app.use(honoPath(path), answeringScripts(methods));
  }
  for (const { path } of endpoints.filter(({ revalidated }) => revalidated)) app.use(honoPath(path), etag());
  for (const endpoint of endpoints) {
    app.openAPIRegistry.registerPath(createRoute(contractOf(endpoint, face)));
    app.on(endpoint.method.toUpperCase(), honoPath(endpoint.path), async (c) => {
      const reply = await answer(endpoint, c, deps);
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
  deps: MountDeps,
): Promise<Result<Reply, Failure>> {
  const asked = askedIn(c, deps);
  const refused = await refuseByNetwork(deps.limiting, endpoint, asked);
  const caller = refused ? err(refused) : await admitWithinLimits(deps.limiting, endpoint, asked);
  const body = caller.ok && endpoint.body ? await readBody(endpoint.body, c.req.raw) : nothingRead;
  const read = { ...asked, ...(body.ok ? { text: body.value.text } : {}) };
  const reply = await handled(deps, endpoint, c, read, caller, body);
  if (reply.ok || !endpoint.onRefusal) return reply;
  const admitted = caller.ok ? caller.value : undefined;
  await endpoint.onRefusal({ ...read, failure: reply.failure, caller: admitted, params: c.req.param() });
  return reply;
}

const nothingRead: Result<ReadBody, Failure> = ok({ text: '', value: {} });

function askedIn(c: Context<HttpEnv>, { clock, addressOf }: MountDeps): Asked {
  const { url } = c.req;
  const address = addressOf?.(c.req.raw, c.env);
  return {
    headers: c.req.raw.headers,
    at: clock(),
    requestId: c.get('requestId'),
    // Sliced and not parsed: parsing would mend what was sent, and the record keeps it as it came.
    target: url.slice(url.indexOf('/', 'https://'.length)),
    text: '',
    ...(address === undefined ? {} : { address }),
  };
}

async function handled(
  { limiting }: MountDeps,
  endpoint: Endpoint,
  c: Context<HttpEnv>,
  asked: Asked,
  caller: Result<unknown, Failure>,
  body: Result<ReadBody, Failure>,
): Promise<Result<Reply, Failure>> {
  if (!caller.ok) return caller;
  const params = readParams(endpoint, c);
  if (!params.ok) return params;
  if (!body.ok) return body;
  return await handleWithinLimits(limiting, endpoint, {
    ...asked,
    params: params.value as never,
    query: new URL(c.req.url).searchParams,
    body: body.value.value,
    caller: caller.value,
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
  if (reply.location !== undefined) return seeOther(reply.location, reply.headers);
  if (reply.page) return pageResponse(reply.status, reply.page, reply.headers);
  const headers = new Headers(reply.headers);
  if (reply.body === undefined) return new Response(null, { status: reply.status, headers });
  if (!headers.has('content-type')) headers.set('content-type', 'application/json');
  const text = JSON.stringify(reply.body, undefined, reply.pretty ? 2 : undefined);
  return new Response(text, { status: reply.status, headers });
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
