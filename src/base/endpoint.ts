/** One endpoint as data: what it accepts, whom it answers, what it does. `http/` serves a table of them. */
import type { ZodObject, ZodType, z } from 'zod';
import type { Failure } from './failure.ts';
import type { Instant } from './instant.ts';
import type { Json } from './json.ts';
import type { Page } from './page.ts';
import type { Result } from './result.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export type Endpoint<
  Params extends ZodObject = ZodObject,
  Body extends ZodType = ZodType,
  Caller = unknown,
> = {
  /** The operationId of the contract. */
  readonly name: string;
  readonly method: Method;
  /** `/uma/resources/{id}`; a parameter may carry a pattern, as in `{type:Patient|Group}`. */
  readonly path: string;
  readonly summary: string;
  readonly guard: Guard<Caller>;
  readonly params?: Params;
  /** Query parameters, for the contract alone: handlers read `call.query`, where repeats survive. */
  readonly query?: ZodObject;
  readonly body?: BodySpec<Body>;
  readonly replies: Readonly<Record<number, ReplySpec>>;
  /** How often somebody may come: `attempts` to prove who they are, `visits` with a browser by whoever that is. */
  readonly limit?: 'attempts' | 'visits';
  /** Scripts of any origin may read the answers; absent: none may. */
  readonly cors?: 'anyone';
  /** Answers carry an ETag, and whoever has one asks whether it still holds (RFC 9110 §13.1.2). */
  readonly revalidated?: true;
  readonly handle: (call: Call<z.output<Params>, z.output<Body>, Caller>) => Promise<Result<Reply, Failure>>;
  /** Told of every refusal before it is answered, for whoever must keep a record of those. */
  readonly onRefusal?: (refusal: Refusal<Caller>) => Promise<void>;
};

/** What is known of a request whatever becomes of it. */
export type Asked = {
  readonly headers: Headers;
  readonly at: Instant;
  readonly requestId: string;
  /** Path and query as received, for the audit record. */
  readonly target: string;
  /** Network address of whoever sent it, where the runtime tells. */
  readonly address?: string;
  /** The body as it came; empty when there was none, or when it was not read. */
  readonly text: string;
};

/** What a handler is given: everything of the request that was read and checked, and the time. */
export type Call<Params = unknown, Body = unknown, Caller = unknown> = Asked & {
  readonly params: Params;
  readonly query: URLSearchParams;
  readonly body: Body;
  readonly caller: Caller;
};

/** `caller` is there once it was admitted; `params` are unchecked. */
export type Refusal<Caller = unknown> = Asked & {
  readonly failure: Failure;
  readonly caller: Caller | undefined;
  readonly params: Readonly<Record<string, string>>;
};

export type Reply = {
  readonly status: number;
  readonly body?: Json;
  /** For a browser, in place of a body. */
  readonly page?: Page;
  /** Where a browser goes on to, by GET (303). */
  readonly location?: string;
  /** Indented, for people. */
  readonly pretty?: boolean;
  /** `Content-Type` here replaces the default `application/json`. */
  readonly headers?: Readonly<Record<string, string>>;
};

export type BodySpec<Body extends ZodType = ZodType> = {
  /** `parameters`: a form in which names may repeat, as pairs. */
  readonly as: 'json' | 'form' | 'parameters';
  readonly mediaTypes: readonly string[];
  readonly schema: Body;
  /** What the contract shows, where that is not what is checked. */
  readonly shown?: ZodType;
};

export type ReplySpec = {
  readonly description: string;
  readonly schema?: ZodType;
  readonly mediaType?: string;
  readonly example?: Json;
};

/** Decides who is calling before anything else of the request is looked at. */
export type Guard<Caller> = {
  /** For the contract: the security scheme, with the scopes of which one is needed; absent for an open endpoint. */
  readonly security?: { readonly scheme: 'bearer'; readonly scopes: readonly string[] };
  /** `target`: path and query as received. */
  readonly admit: (headers: Headers, at: Instant, target: string) => Promise<Result<Caller, Failure>>;
};

/** What `revalidated` answers to whoever has it already (RFC 9110 §15.4.5). */
export const unchanged = { description: 'it is as the ETag of `If-None-Match` says' };

export const anyone: Guard<undefined> = { admit: async () => ({ ok: true, value: undefined }) };

/** Keeps the types of one endpoint together while it joins a table of unlike ones. */
export function endpoint<Caller, Params extends ZodObject = ZodObject, Body extends ZodType = ZodType>(
  definition: Endpoint<Params, Body, Caller>,
): Endpoint {
  // A table holds endpoints of many types; mount hands each handler exactly what its own schemas and guard produced.
  return definition as unknown as Endpoint;
}

/** Nothing but a bearer token opens it, so that an app may call from a browser. */
export const forScripts = (served: Endpoint): Endpoint => ({ ...served, cors: 'anyone' });

export const jsonBody = <Body extends ZodType>(schema: Body): BodySpec<Body> => ({
  as: 'json',
  mediaTypes: ['application/json'],
  schema,
});

export const formBody = <Body extends ZodType>(schema: Body): BodySpec<Body> => ({
  as: 'form',
  mediaTypes: ['application/x-www-form-urlencoded'],
  schema,
});
